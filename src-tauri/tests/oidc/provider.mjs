// A certified OpenID provider on Auth0's paths. Says its port on the first line, and ends with its input.
//
// Auth0 says 403 where the standard says 400: so does this.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'

import Provider from 'oidc-provider'
// Not among what the package offers to import by name.
import { createMemoryAdapter } from './node_modules/oidc-provider/lib/adapters/memory_adapter.js'

process.stdin.on('end', () => process.exit(0)).resume()

const jwk = (kid) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'RS256',
})

const server = createServer((request, response) => handle(request, response))
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `http://127.0.0.1:${server.address().port}/`

// Kept beside the provider: one with another key knows all that was granted before.
const adapter = createMemoryAdapter()
let deviceCodeLasts = 120

const make = (kid) => {
  const provider = new Provider(issuer, {
    adapter,
    clients: [
      {
        client_id: 'native-app',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [jwk(kid)] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      devInteractions: { enabled: true },
    },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: 'Ada Example', email: 'ada@firm.example', email_verified: true }),
    }),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    routes: {
      authorization: '/authorize',
      code_verification: '/activate',
      device_authorization: '/oauth/device/code',
      jwks: '/.well-known/jwks.json',
      revocation: '/oauth/revoke',
      token: '/oauth/token',
      userinfo: '/userinfo',
    },
    ttl: { DeviceCode: () => deviceCodeLasts, Interaction: 600, Session: 600, Grant: 600 },
    cookies: { keys: ['not a secret'] },
  })
  provider.callbackHandler = provider.callback()
  return provider
}

let keys = 1
let answers = make('key-1').callbackHandler
let down = false
let slowDowns = 0

const manners = {
  down: () => (down = true),
  up: () => (down = false),
  rotate: () => (answers = make(`key-${(keys += 1)}`).callbackHandler),
  slow: () => (slowDowns += 1),
  brief: () => (deviceCodeLasts = 2),
  long: () => (deviceCodeLasts = 120),
}

// What it answers, changed on the way.
function amend(response, change) {
  const [head, end] = [response.writeHead, response.end]
  response.writeHead = function (status, ...rest) {
    return head.call(this, status === 400 ? 403 : status, ...rest)
  }
  response.end = function (body, ...rest) {
    if (!change || !body || this.statusCode !== 200) return end.call(this, body, ...rest)
    const changed = JSON.stringify(change(JSON.parse(body)))
    this.setHeader('content-length', Buffer.byteLength(changed))
    return end.call(this, changed, ...rest)
  }
}

function handle(request, response) {
  const manner = manners[request.url.match(/^\/test\/(\w+)$/)?.[1]]
  if (manner) {
    manner()
    return response.end()
  }
  if (down) return response.writeHead(503).end('down')
  if (request.url === '/oauth/device/code') amend(response, (answer) => ({ ...answer, interval: 1 }))
  if (request.url === '/oauth/token') {
    if (slowDowns > 0) {
      slowDowns -= 1
      return response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":"slow_down"}')
    }
    amend(response)
  }
  return answers(request, response)
}

console.log(server.address().port)
