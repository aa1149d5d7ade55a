// What both receivers do: verify Stripe's signature over the body as it came, insert one row, answer.
import { createHmac, timingSafeEqual } from 'node:crypto'

import pg from 'pg'

const secret = process.env.STRIPE_WEBHOOK_SECRET
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 32 })

export function verified(signature, body) {
  const parts = Object.fromEntries((signature ?? '').split(',').map((part) => part.split('=')))
  if (!parts.t || !parts.v1 || Math.abs(Date.now() / 1000 - Number(parts.t)) > 300) return false
  const expected = createHmac('sha256', secret).update(`${parts.t}.`).update(body).digest()
  const given = Buffer.from(parts.v1, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export async function store(provider, body) {
  const text = body.toString('utf8')
  const { id } = JSON.parse(text)
  const insert = {
    name: 'insert',
    text: 'insert into bench.events (provider, event_id, body) values ($1, $2, $3) on conflict do nothing',
    values: [provider, id, text],
  }
  await pool.query(insert)
}

export const listening = (server) => {
  const { address, port } = server.address()
  console.log(`${address}:${port}`)
}
