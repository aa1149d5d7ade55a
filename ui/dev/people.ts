// Invented customers: the same ones each time.

import type { Money } from '../src/ipc/generated/Money'
import type { Plan } from '../src/ipc/generated/Plan'
import type { Standing } from '../src/ipc/generated/Standing'
import type { UserRow } from '../src/ipc/generated/UserRow'

export function random(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const usd = (amount: number): Money => ({
  amount: amount.toFixed(7),
  currency: 'USD',
  shown: Math.abs(amount)
    .toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    .replace(/^/, amount < 0 ? '−' : ''),
})

export const clusters = [
  { id: 'c1', name: 'eu-west-1' },
  { id: 'c2', name: 'us-east-1' },
  { id: 'c3', name: 'ap-south-1' },
  { id: 'c4', name: 'eu-north-1' },
]

const first = 'Ingrid Tomás Aiko Olumide Marguerite Jonas Priya Liam Chen Sara Amir Eva Daniel Fatima Ben Noor Lucía Mateo Yuki Hana Pavel Zoë Kwame Leila Ravi Nils Chiara Tariq'.split(' ')
const last = 'Solberg,Herrera,Tanaka,Bankole,de la Rochefoucauld-Montbrisson,Weber,Raman,O’Connor,Wei,Lindqvist,Haddad,Novák,Kim,Zahra,Carter,Visser,Fernández,Sato,Okafor,Moreau,Petrov,Rossi,Mensah,Farahani,Iyer'.split(',')
const firms = ['Nordlys AI', 'Kumo Robotics', 'Finsight', 'Quantleaf', 'Harbour', 'Delta9', 'Medlens', 'Vltava Analytics', 'Hanbit', 'Atlas Data', 'Polder', 'Sierra', 'Société Générale de Modélisation']
const rightToLeft = ['נועה בן־דוד', 'محمد عبد الرحمن الهاشمي']

const working: Standing = { code: 'working', severity: 'ok', short: 'active', headline: null, reason: null }
const others: Standing[] = [
  { code: 'suspended', severity: 'bad', short: 'suspended', headline: 'Cannot work:', reason: 'suspended by an admin on 3 Nov 2026.' },
  { code: 'no_seat', severity: 'warn', short: 'no seat', headline: 'Cannot work:', reason: 'no seat on any cluster since 14 Mar 2026.' },
  { code: 'credits_low', severity: 'bad', short: 'credits low', headline: 'Will stop working in about 2 days:', reason: '$18.40 of credits left at $9.10 a day, and the last payment failed.' },
  { code: 'no_hopsworks_user', severity: 'bad', short: 'no Hopsworks user', headline: 'Cannot work:', reason: 'has a seat on eu-west-1 but no user there.' },
  { code: 'deleted', severity: 'muted', short: 'deleted', headline: 'Deleted.', reason: 'The account was removed on 2 Oct 2026.' },
]

export function people(count: number): UserRow[] {
  const next = random(7)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!
  const now = Date.now()
  const all: UserRow[] = []
  for (let n = 0; n < count; n += 1) {
    const given = pick(first)
    const family = pick(last)
    const firm = pick(firms)
    const owner = next() < 0.45
    const alone = next() < 0.3
    const standing = n === 3 ? others[2]! : next() < 0.84 ? working : pick(others)
    const cluster = standing.code === 'no_seat' ? null : pick(clusters)
    const plan: Plan = pick(['prepaid', 'postpaid', 'postpaid', 'free', 'none'])
    all.push({
      id: `auth0|${(0x66f1c0a9e2 + n * 7919).toString(16).padStart(12, '0')}`,
      name: next() < 0.04 ? null : next() < 0.02 ? pick(rightToLeft) : `${given} ${family}`,
      email: `${given}.${family.split(' ').at(-1)}@${firm.toLowerCase().replace(/\W+/g, '-')}.example`.toLowerCase(),
      status: standing.code === 'suspended' ? 'suspended' : standing.code === 'deleted' ? 'deleted' : 'active',
      standing,
      plan,
      team: alone ? null : { owner_id: 'auth0|0066f1c0e88f', name: firm, is_owner: owner, members: owner ? Math.floor(next() * 9) : 0 },
      cluster,
      month_cost: next() < 0.06 ? null : usd(next() ** 4 * 4000),
      created_at: new Date(now - n * 5.2e6 * (1 + next()) - 60_000).toISOString(),
      last_login_at: next() < 0.08 ? null : new Date(now - next() ** 3 * 4e9).toISOString(),
    })
  }
  return all
}
