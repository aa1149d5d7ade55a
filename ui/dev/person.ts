// Invented details of one customer.

import type { Credits } from '../src/ipc/generated/Credits'
import type { PersonRef } from '../src/ipc/generated/PersonRef'
import type { Team } from '../src/ipc/generated/Team'
import type { TeamMember } from '../src/ipc/generated/TeamMember'
import type { UserProfile } from '../src/ipc/generated/UserProfile'
import type { UserRow } from '../src/ipc/generated/UserRow'
import { usd } from './people'

const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()
const reference = ({ id, name, email, status }: UserRow): PersonRef => ({ id, name, email, status })

function isMember(row: UserRow) {
  return row.team !== null && !row.team.is_owner
}

export function profile(row: UserRow, credits: UserProfile['credits']): UserProfile {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    company: row.team?.name ?? null,
    status: row.status,
    standing: row.standing,
    plan: row.plan,
    role: isMember(row) ? 'member' : 'owner',
    owner: isMember(row) ? { id: row.team!.owner_id, name: 'Ingrid Solberg', email: 'ingrid@nordlys.example', status: 'active' } : null,
    team_name: row.team?.name ?? null,
    members: row.team?.is_owner ? 4 : 0,
    is_admin: false,
    registered_at: row.created_at,
    registration_source: 'website',
    registration_ip: '203.0.113.24',
    registration_ip_hidden: false,
    last_login_at: row.last_login_at,
    login_count: 212,
    stripe_customer_id: 'cus_PxR4tQ2mLw8s',
    stripe_test_customer_id: null,
    hopsworks_username: row.cluster && row.standing.code !== 'no_hopsworks_user' ? 'olu10023' : null,
    hopsworks_user_id: row.cluster ? '10042' : null,
    stripe_subscription_status: row.plan === 'postpaid' ? 'past_due' : null,
    terms: {
      spending_cap: row.plan === 'postpaid' ? usd(2500) : null,
      auto_refill: null,
      downgrade_deadline: null,
      stripe_subscription_id: null,
      terms_accepted_at: row.created_at,
      marketing_consent: true,
      promo_code: 'HOPS-2026',
      deleted_at: null,
      deletion_reason: null,
      flags: [
        { name: 'beta', kind: 'on', shown: 'on' },
        { name: 'limits', kind: 'nested', shown: '{\n  "jobs": 4\n}' },
      ],
    },
    credits,
    cluster: row.cluster && {
      cluster_id: row.cluster.id,
      cluster_name: row.cluster.name,
      cluster_status: 'active',
      hopsworks_username: row.standing.code === 'no_hopsworks_user' ? null : 'olu10023',
      assigned_at: row.created_at,
      assigned_by: 'system',
    },
    instance: { name: null, url: 'https://finsight-research-and-development.hopsworks.example', status: 'active', activated_at: row.created_at },
    lacking: [],
  }
}

export function credits(all: UserRow[], id: string): Credits {
  const row = all.find((each) => each.id === id)
  const low = row?.standing.code === 'credits_low'
  return {
    payer: row && isMember(row) ? { id: row.team!.owner_id, name: 'Ingrid Solberg', email: 'ingrid@nordlys.example', status: 'active' } : null,
    balance: usd(low ? 18.4 : 412.75),
    paid_left: usd(low ? 18.4 : 400),
    paid_total: usd(1250),
    free_left: usd(low ? 0 : 12.75),
    free_total: usd(25),
    pace: usd(9.1),
    runs_out: null,
    runs_out_shown: low ? 'about 22 Nov' : 'not at the present pace',
    severity: low ? 'bad' : 'ok',
    last_purchase_at: days(-34),
  }
}

const member = (each: UserRow): TeamMember => ({
  person: reference(each),
  joined_at: each.created_at,
  last_login_at: each.last_login_at,
  month_cost: each.month_cost,
})

export function team(all: UserRow[], id: string): Team {
  const row = all.find((each) => each.id === id)
  const owner = row ?? all[0]!
  if (!row?.team) return { owner: member(owner), members: [], invites: [], invites_unlisted: 0, month_cost: null }
  return {
    owner: member(owner),
    members: all.slice(10, 14).map(member),
    invites: [
      { id: 'i1', email: 'noura@finsight.example', role: 'member', state: 'pending', expires_at: days(5), created_at: days(-2) },
      { id: 'i2', email: 'a-very-long-address-of-somebody@a-very-long-domain-of-some-company.example', role: 'admin', state: 'expired', expires_at: days(-9), created_at: days(-16) },
    ],
    invites_unlisted: 0,
    month_cost: usd(1204.9),
  }
}
