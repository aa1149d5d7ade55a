// A certified OpenID provider on Auth0's paths. Says its port on the first line, and ends with its input.
//
// Auth0 says 403 where the standard says 400: so does this.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'

import Provider from 'oidc-provider'

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

const make = (kid) => {
  const provider = new Provider(issuer, {
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
    ttl: { DeviceCode: 120, Interaction: 600, Session: 600, Grant: 600 },
    cookies: { keys: ['not a secret'] },
  })
  provider.callbackHandler = provider.callback()
  return provider
}

const first = make('first')
let answers = first.callbackHandler
let down = false

function handle(request, response) {
  if (request.url === '/test/down' || request.url === '/test/up') {
    down = request.url === '/test/down'
    return response.end()
  }
  if (down) return response.writeHead(503).end('down')
  if (request.url === '/oauth/token') {
    const head = response.writeHead
    response.writeHead = function (status, ...rest) {
      return head.call(this, status === 400 ? 403 : status, ...rest)
    }
  }
  return answers(request, response)
}

console.log(server.address().port)
