// A receiver as Fastify's guide has it: the body raw, one insert a request.
import fastify from 'fastify'

import { listening, store, verified } from './shared.mjs'

const app = fastify()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post('/api/webhooks/stripe', async (request, reply) => {
  if (!verified(request.headers['stripe-signature'], request.body)) return reply.code(401).send({ code: 'signature' })
  await store('fastify', request.body)
  return { received: true }
})
await app.listen({ port: 0, host: '127.0.0.1' })
listening(app.server)
