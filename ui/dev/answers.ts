// The core, pretended: believable answers to every command, with a little delay.

import type { Commands } from '../src/ipc/commands'
import type { Failure } from '../src/ipc/generated/Failure'
import type { FailureCode } from '../src/ipc/generated/FailureCode'
import type { Panel } from '../src/ipc/generated/Panel'
import type { UserRow } from '../src/ipc/generated/UserRow'
import type { Workspace } from '../src/ipc/generated/Workspace'
import type { Transport } from '../src/ipc/transport'
import { anyone } from '../src/state/routes/users'
import { draw } from './drawing'
import { creditRows, invoiceRows, ledgerRows } from './money'
import { clusters, people, usd } from './people'
import { credits, profile, team } from './person'
import { places } from './places'
import { trust } from './trust'
import * as schema from './schema'

const parameters = new URLSearchParams(location.search)
const scene = parameters.get('scene') ?? 'ready'
const kind = parameters.get('kind') ?? 'sandbox'

const began = Date.now()
const all = people(scene === 'empty' ? 0 : scene === 'large' ? 100_000 : 1900)

const list: Workspace[] = [
  { id: 'sandbox', name: 'Acme ML', kind: kind as Workspace['kind'], colour: null, address: 'localhost:54329/postgres', login: 'console_reader', open: true },
  { id: '7d1f', name: 'Hopsworks Cloud, Europe', kind: 'production', colour: null, address: 'aws-0-eu-west-1.pooler.supabase.com:6543/postgres', login: 'ingrid.support', open: false },
  { id: '9a2c', name: 'Staging', kind: 'staging', colour: null, address: 'aws-0-eu-north-1.pooler.supabase.com:6543/postgres', login: 'ingrid.support', open: false },
]

export function fail(code: FailureCode, message: string): Failure {
  return { code, message, reference: code === 'unexpected' ? '01JCZ8K2' : null, argument: null }
}

const panel = <T>(source: string, data: T): Panel<T> => ({ source, read_at: new Date().toISOString(), as_of: null, data, lacking: null })
const lacking = <T>(source: string, sentence: string): Panel<T> => ({ source, read_at: new Date().toISOString(), as_of: null, data: null, lacking: sentence })

type Answers = { [K in keyof Commands]?: (args: Commands[K]['args']) => Commands[K]['answer'] }

const sortKey: Record<string, (row: UserRow) => string | number> = {
  created: (row) => row.created_at ?? '',
  name: (row) => row.name ?? '',
  email: (row) => row.email,
  month_cost: (row) => Number(row.month_cost?.amount ?? -1),
  last_login: (row) => row.last_login_at ?? '',
}

const answers: Answers = {
  session() {
    const workspace = list.find((each) => each.open)!
    const passed = Date.now() - began
    if (scene === 'failed') {
      return { workspace: { ...workspace, id: '7d1f', name: 'Hopsworks Cloud, Europe', kind: 'production' }, version: '0.1.0', state: { state: 'failed', failure: fail('unreachable', 'The database at aws-0-eu-west-1.pooler.supabase.com did not answer within 10 seconds.') } }
    }
    if (scene === 'starting') {
      return { workspace, version: '0.1.0', state: { state: 'starting', step: 'Filling the sandbox with a year of usage', percent: Math.min(99, Math.floor(passed / 100)) } }
    }
    return { workspace, version: '0.1.0', state: { state: 'ready', product: 'managed Hopsworks', login: workspace.login, lacks: ['This database has no table webhook_events.'], signed_in: null } }
  },
  export_list: () => ({ id: 1, title: 'Users', file: 'hopsdesk-users-2026-11-21-1403.csv', folder: '/home/ingrid/Downloads', state: { state: 'running', rows: 0, expected: null } }),
  exports: () => [],
  dismiss_export: () => null,
  open_export: () => null,
  save_chart: () => ({ id: 2, title: 'Usage cost per day', file: 'hopsdesk-usage-cost-per-day-2026-11-21-1403.png', folder: '/home/ingrid/Downloads', state: { state: 'done', rows: null, bytes: 68_000 } }),
  reopen: () => null,
  overview_figures: () =>
    panel('users, usage_daily', {
      month: 'November 2026',
      days: 'Nov 1–20',
      days_before: 'Oct 1–20',
      accounts: all.length ? 1284 : 0,
      accounts_new: all.length ? 37 : 0,
      active: all.length ? 912 : 0,
      active_share: all.length ? '71 % of 1,284 users' : null,
      cost: usd(all.length ? 48210.77 : 0),
      cost_change: { shown: all.length ? '+12.4 %' : null, direction: all.length ? 'up' : 'unknown' },
      cpu: null,
      cpu_change: { shown: null, direction: 'unknown' },
      gpu: null,
      gpu_change: { shown: null, direction: 'unknown' },
      credits: scene === 'lacking' ? null : { balance: usd(all.length ? 19402.5 : 0), running_out: all.length ? 12 : 0 },
      invoices: scene === 'lacking' ? null : { amount: usd(all.length ? 6118.2 : 0), overdue: all.length ? 4 : 0, oldest_days: all.length ? 23 : null },
    }),
  overview_usage: ({ request }) =>
    scene === 'lacking' ? lacking('usage_daily', 'This database has no table usage_daily.') : panel('usage_daily', draw(request, 520, !all.length)),
  overview_attention: () => {
    const none = anyone
    return panel(
      'checks',
      all.length
        ? [
            { severity: 'bad', sentence: 'eu-west-1 has 3 seats left', leads_to: { screen: 'users', filter: { ...none, cluster: 'c-eu-west-1' } } },
            { severity: 'bad', sentence: '4 invoices overdue, $2,310.00 in all', leads_to: { screen: 'users', filter: { ...none, concern: 'invoice_overdue' } } },
            { severity: 'warn', sentence: '12 prepaid accounts run out of credits within 7 days', leads_to: { screen: 'users', filter: { ...none, concern: 'credits_low' } } },
            { severity: 'warn', sentence: 'us-east-1 records 96 users, 91 are assigned', leads_to: { screen: 'users', filter: { ...none, cluster: 'c-eu-west-1' } } },
            { severity: 'warn', sentence: '5 invites expired without an answer', leads_to: { screen: 'users', filter: { ...none, concern: 'invite_expired' } } },
          ]
        : [],
    )
  },
  overview_clusters: () =>
    panel(
      'hopsworks_clusters, assignments counted',
      all.length
        ? [
            { id: 'c1', name: 'eu-west-1', region: 'Ireland', status: 'active', seats_limit: 100, seats_assigned: 97, seats_recorded: 97, filled_percent: 97, severity: 'bad' },
            { id: 'c2', name: 'us-east-1', region: 'Virginia', status: 'active', seats_limit: 120, seats_assigned: 91, seats_recorded: 96, filled_percent: 76, severity: 'warn' },
            { id: 'c3', name: 'ap-south-1', region: 'Mumbai', status: 'active', seats_limit: 100, seats_assigned: 38, seats_recorded: 38, filled_percent: 38, severity: 'ok' },
            { id: 'c4', name: 'eu-north-1', region: 'Stockholm', status: 'maintenance', seats_limit: 80, seats_assigned: 0, seats_recorded: null, filled_percent: 0, severity: 'muted' },
          ]
        : [],
    ),
  schema_attachment: () => panel('the catalogue', schema.attachment),
  schema_tables: () => panel('the catalogue', schema.tables),
  schema_indexes: () => panel('the catalogue', schema.indexes),
  schema_rollups: () => panel('console.rollup_state', schema.rollups),
  make_index: () => null,
  cancel_index: () => null,
  users_page({ query }) {
    const { filter, sort, descending, after, limit } = query
    const arrived = scene === 'ready' ? Math.floor((Date.now() - began) / 15_000) : 0
    const wanted = (filter.text ?? '').toLowerCase()
    const newcomers = people(arrived).map((row, n) => ({ ...row, id: `auth0|new${n}`, name: `Newcomer ${n + 1}`, created_at: new Date(began + (n + 1) * 15_000).toISOString() }))
    const found = [...newcomers, ...all].filter(
      (row) =>
        (!wanted || row.id === filter.text || `${row.name} ${row.email}`.toLowerCase().includes(wanted)) &&
        (!filter.statuses.length || filter.statuses.includes(row.status)) &&
        (!filter.plans.length || filter.plans.includes(row.plan)) &&
        (!filter.role || (filter.role === 'member') === (row.team !== null && !row.team.is_owner)) &&
        (!filter.cluster || row.cluster?.id === filter.cluster) &&
        (filter.concern !== 'no_seat' || row.standing.code === 'no_seat') &&
        (filter.concern !== 'credits_low' || row.standing.code === 'credits_low'),
    )
    const key = sortKey[sort]!
    const sign = descending ? -1 : 1
    found.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0))
    const start = after ? found.findIndex((row) => row.id === after) + 1 : 0
    const rows = found.slice(start, start + limit)
    const plain = !wanted && !filter.statuses.length && !filter.plans.length
    return {
      rows: scene === 'lacking' ? rows.map((row) => ({ ...row, team: null, month_cost: null })) : rows,
      next: start + limit < found.length ? rows.at(-1)!.id : null,
      count: after ? null : plain && found.length > 1000 ? `about ${found.length.toLocaleString('en-US')}` : found.length.toLocaleString('en-US'),
      clusters: filter.cluster ? [filter.cluster] : [],
      cost_title: 'Cost, Nov',
      lacking: scene === 'lacking' ? ['month_cost', 'team'] : [],
      source: 'users, usage_daily',
      read_at: new Date().toISOString(),
    }
  },
  users_facets: () => ({ clusters }),
  user_profile({ id }) {
    const row = all.find((each) => each.id === id)
    if (!row) throw fail('not_found', 'There is no such user.')
    return panel('users', profile(row, scene === 'lacking' ? lacking('user_credits', 'This database has no table user_credits.') : panel('user_credits', credits(all, id))))
  },
  user_credits: ({ id }) => panel('user_credits', credits(all, id)),
  user_team: ({ id }) => (scene === 'lacking' ? lacking('team_members', 'This database has no table team_members.') : panel('team_members, team_invites', team(all, id))),
  user_usage: ({ request, scope }) => panel('usage_daily', draw(request, scope === 'team' ? 64 : 14)),
  credits_page: () => ({ rows: creditRows, next: null, count: String(creditRows.length), absent: null, lacking: [], source: 'user_credits, usage_daily', read_at: new Date().toISOString(), as_of: new Date().toISOString() }),
  credits_totals: () =>
    panel('user_credits', { over: null, sums: { accounts: '40', paid_left: usd(9000), free_left: usd(120), balance: usd(9120), overdrawn: '2', debt: usd(-22) } }),
  credit_account: ({ id }) =>
    panel('user_credits', { person: { id, name: 'Ingrid Solberg', email: 'ingrid@nordlys.example', status: 'active' }, payer: null, has_credits: true, paid_bought: usd(250), paid_used: usd(231.6), paid_left: usd(18.4), free_granted: usd(25), free_used: usd(25), free_left: usd(0), balance: usd(18.4) }),
  ledger_head: () =>
    panel('credit_transactions, user_credits', { entries: '30', opening: usd(0), opening_recorded: true, closing: usd(18.4), on_record: usd(13.4), difference: usd(-5), broken: '1', without_amount: null, unsigned: null, kinds: [{ key: 'usage', word: 'Usage', entries: '25', effect: usd(-231.6) }], first_at: null, last_at: null }),
  ledger_page: () => ({ rows: ledgerRows, next: null, count: null, source: 'credit_transactions', read_at: new Date().toISOString() }),
  invoices_page: () => ({ rows: invoiceRows, next: null, count: String(invoiceRows.length), zone: 'Europe/Stockholm', absent: [], assumed_currency: null, lacking: [], source: 'invoices, billing_history, subscriptions', read_at: new Date().toISOString() }),
  invoices_totals: () =>
    panel('invoices', { over: null, entries: '60', lines: [{ title: 'Paid', severity: 'ok', entries: '48', amount: usd(12_000), remaining: null, without_amount: null }], control: [{ entries: '60', amount: usd(12_000) }], refunded: [], credited: [] }),
  invoices_facets: () => ({ zone: 'Europe/Stockholm', this_month: new Date().toISOString().slice(0, 7) }),
  invoice_detail({ id }) {
    const row = invoiceRows.find((each) => each.record_id === id)
    if (!row) throw fail('not_found', `There is no invoice ${id} in this database.`)
    return panel('invoices', { row, zone: 'Europe/Stockholm', period_start: null, period_end: null, stripe: [{ what: 'Invoice', id: 'in_1Abc', url: 'https://dashboard.stripe.com/invoices/in_1Abc' }], hosted_url: 'https://invoice.stripe.example/i/in_1Abc', refused_url: null, remaining: null, refunded: [], credited: null, twins: [], subscription: null, asked_for: null, timeline: [{ at: row.created_at!, what: 'Created', ahead: false }] })
  },
  fiscal_settings: () => ({ zone: 'Europe/Stockholm', problem: null, zones: ['Europe/Stockholm', 'UTC'] }),
  set_fiscal_zone: () => null,
  ...places,
  ...trust,
  search({ text }) {
    const wanted = text.toLowerCase()
    const found = all.filter((row) => row.id === text || `${row.name} ${row.email}`.toLowerCase().includes(wanted))
    return {
      hits: found.slice(0, 6).map(({ id, name, email, status }) => ({ kind: 'user', id, name, email, status, by: null, exact: id === text })),
      more_users: found.length > 6,
      exact: found.length === 1 && found[0]!.id === text,
      link: null,
    }
  },
  query_help: ({ list, text }) => ({ list: list ?? 'users', addressed: false, filter: text, has_operators: false, problems: [], completions: [] }),
  operators: () => [
    {
      list: 'users',
      operators: [{ name: 'status', examples: ['status:active', 'status:suspended'], about: 'Whether the service lets somebody in.' }],
      negated: ['status'],
    },
  ],
  workspaces: () => list.map((each) => ({ ...each })),
  keychain_status: () =>
    scene === 'keyless'
      ? { available: false, name: 'Secret Service', sentence: 'No keychain answers on this computer. Install and unlock gnome-keyring or KWallet.' }
      : { available: true, name: 'Secret Service', sentence: null },
  probe_workspace({ form }) {
    if (!form.password) throw fail('credentials', 'The database refused this login and password.')
    return { address: 'aws-0-eu-west-1.pooler.supabase.com:6543/postgres', login: 'ingrid.support', server: 'PostgreSQL 15.8', transport: 'TLS, certificate verified', product: 'managed Hopsworks', lacks: ['This database has no table invoices.'] }
  },
  add_workspace({ form }) {
    const added: Workspace = { id: String(Date.now()), name: form.name, kind: form.kind, colour: form.colour, address: 'db.example:5432/postgres', login: 'postgres', open: false }
    list.push(added)
    return added
  },
  open_workspace({ id }) {
    for (const each of list) each.open = each.id === id
    return null
  },
  remove_workspace({ id }) {
    list.splice(list.findIndex((each) => each.id === id), 1)
    return null
  },
  table_locks: () => [],
  open_link({ target }) {
    console.info('opens outside', target)
    return null
  },
  outside_settings: () => ({ auth0_domain: null, stripe_mode: 'test', supabase_url: null }),
  set_auth0_domain: () => null,
}

export const answer: Transport = async (command, args) => {
  await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 90))
  if (scene === 'failing' && !['session', 'workspaces', 'keychain_status'].includes(command) && Date.now() - began > 2500) {
    throw fail('unreachable', 'The database did not answer within 10 seconds.')
  }
  if (scene === 'broken' && !['session'].includes(command)) {
    throw fail('unexpected', 'Something went wrong that was not foreseen. The log has the details.')
  }
  const give = answers[command as keyof Answers] as ((args: unknown) => unknown) | undefined
  if (!give) throw fail('unexpected', `There is no command ${command}.`)
  // Across the real border everything is copied.
  return structuredClone(give(args))
}

