// A receiver as Stripe's guide for Express has it: the body raw, one insert a request.
import express from 'express'

import { listening, store, verified } from './shared.mjs'

const app = express()
app.post('/api/webhooks/stripe', express.raw({ type: 'application/json' }), async (request, response) => {
  if (!verified(request.headers['stripe-signature'], request.body)) return response.status(401).json({ code: 'signature' })
  await store('express', request.body)
  response.json({ received: true })
})
const server = app.listen(0, '127.0.0.1', () => listening(server))
