// Invented staff, actions and trail: what the core would say, with nothing done behind it.

import type { Commands } from '../src/ipc/commands'
import type { ActionDone } from '../src/ipc/generated/ActionDone'
import type { AlertRow } from '../src/ipc/generated/AlertRow'
import type { ActionOffer } from '../src/ipc/generated/ActionOffer'
import type { AuditEntry } from '../src/ipc/generated/AuditEntry'
import type { Note } from '../src/ipc/generated/Note'
import type { WhoIsThere } from '../src/ipc/generated/WhoIsThere'

type Answers = { [K in keyof Commands]: (args: Commands[K]['args']) => Commands[K]['answer'] }

const parameters = new URLSearchParams(location.search)
const who = parameters.get('who') ?? 'support'
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const refuse = (code: string, message: string) => ({ code, message, reference: null })

// `&elevated=90`: seconds left when the page opens.
let until = parameters.has('elevated') ? Date.now() + Number(parameters.get('elevated')) * 1000 : 0
let reason = 'Ticket 4711: the customer asked to be locked out'

function present(): WhoIsThere {
  const elevation = until > Date.now() ? { until: new Date(until).toISOString(), reason } : null
  const known = who === 'nobody' ? { name: null, group: null } : { name: 'Ingrid Solberg', group: who as 'support' }
  return { login: 'ingrid.support', ...known, elevation, server_time: new Date().toISOString() }
}

const titles: Record<string, string> = {
  suspend_account: 'Suspend',
  reactivate_account: 'Reactivate',
  block_user: 'Block sign-in',
  unblock_user: 'Unblock sign-in',
  resend_verification: 'Resend verification e-mail',
  delete_user: 'Delete',
  restore_user: 'Restore',
  change_plan: 'Change plan',
  set_spending_cap: 'Set spending cap',
  edit_feature_flags: 'Edit feature flags',
  set_admin: 'Make admin of the service',
  clear_admin: 'Take admin flag away',
  grant_credits: 'Grant credits',
  adjust_credits: 'Adjust credits',
  refund_credits: 'Refund credits',
  set_price_override: 'Set a price',
  end_price_override: 'End a price',
  invite_member: 'Invite a member',
  remove_member: 'Remove from the team',
  assign_cluster: 'Place on a cluster',
  unassign_cluster: 'Take the seat away',
  resend_invite: 'Renew for 7 days',
  cancel_invite: 'Cancel',
  add_cluster: 'Add a cluster',
  edit_cluster: 'Edit',
  drain_cluster: 'Take no new users',
  retire_cluster: 'Retire',
  reopen_cluster: 'Open for new users',
  add_note: 'Add a note',
}
const against: Record<string, string> = {
  reactivate_account: 'Not suspended.',
  restore_user: 'Not deleted.',
  set_admin: 'Only admin may do this.',
  clear_admin: 'Only admin may do this.',
  adjust_credits: 'Only finance and admin may do this.',
  refund_credits: 'Only finance and admin may do this.',
  set_price_override: 'Only finance and admin may do this.',
  end_price_override: 'Only finance and admin may do this.',
  reopen_cluster: 'It takes new users already.',
}
const ofKind = {
  cluster: ['edit_cluster', 'drain_cluster', 'retire_cluster', 'reopen_cluster', 'add_note'],
  invite: ['resend_invite', 'cancel_invite'],
  service: ['add_cluster'],
}

function offer(action: string): ActionOffer {
  const elevated = until > Date.now()
  const reason = against[action] ?? (elevated ? null : 'You are looking read-only: say what you are about to do first.')
  return { action, title: titles[action]!, allowed: !against[action] && elevated, may_try: !against[action], reason }
}

function effectOf(action: string, subject: string | null, args: Record<string, unknown>): ActionDone {
  const id = subject ?? 'new'
  const change = (column: string, before: string | null, after: string | null, label = 'Ingrid Solberg', table = 'users') => ({ table, id, label, column, before, after })
  const done: ActionDone = { audit_id: null, action, subject, changes: [], cascade: [], effects: [], version: 'v1', reversible: true, warnings: [] }
  if (action === 'suspend_account') {
    done.changes = [change('status', 'active', 'suspended'), ...['Amy Chen', 'Noura Haddad', 'Ben Okafor', 'Lena Vogt'].map((name) => change('status', 'active', 'suspended', name))]
    done.cascade = ['Amy Chen', 'Noura Haddad', 'Ben Okafor', 'Lena Vogt'].map((label, n) => ({ id: `auth0|m${n}`, label, change: 'suspended with the account' }))
    done.effects = [
      { system: 'hopsworks', kind: 'set_status', subject: id, state: 'pending' },
      { system: 'auth0', kind: 'set_blocked', subject: id, state: 'shadow' },
    ]
  } else if (action === 'set_spending_cap') done.changes = [change('spending_cap', '2500.00', args.cap === null ? null : String(args.cap))]
  else if (action === 'change_plan') {
    done.changes = [change('billing_mode', 'prepaid', String(args.plan))]
    done.effects = [{ system: 'stripe', kind: 'change_plan', subject: id, state: 'pending' }]
    done.warnings = ['Credits that are left stay with the account, but are not used on this plan.']
  } else if (action === 'grant_credits') {
    if (Number(args.amount) > 10_000) throw refuse('invalid', 'The amount must be at most 10,000.00.')
    done.changes = [
      change('*', null, `amount: ${String(args.amount)}, currency: USD, type: grant`, 'Ingrid Solberg', 'ledger_entries'),
      change('free_credits', '12.75', String(12.75 + Number(args.amount)), 'Ingrid Solberg', 'user_credits'),
    ]
  } else if (action === 'add_note') {
    done.changes = [change('*', null, `body: ${String(args.note)}`, 'Ingrid Solberg', 'notes')]
    done.reversible = false
  } else done.changes = [change('status', 'active', 'maintenance', 'eu-west-1', 'clusters')]
  return done
}

let last = 412
let attempts = 0
const entry = (id: number, action: string, change: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  seq: id - 3,
  at: ago((412 - id) * 47 + 3),
  login: 'ingrid.support',
  staff: 'Ingrid Solberg',
  action,
  kind: 'account',
  subject: 'auth0|1',
  label: 'Nordlys Analytics',
  reason: 'Ticket 4711: the customer asked to be locked out until the audit is over',
  undoes: null,
  undone_by: null,
  run: null,
  erased: false,
  ...change,
})
const trail: AuditEntry[] = [
  entry(412, 'reactivate_account', { undoes: 409 }),
  entry(411, 'grant_credits', { login: 'marta.finance', staff: 'Marta Ruiz', label: 'Finsight', reason: 'Goodwill for the outage of 12 November' }),
  entry(410, 'drain_cluster', { login: 'jon.admin', staff: 'Jon Berg', kind: 'cluster', subject: 'c1', label: 'eu-west-1', reason: 'Disk replacement on Sunday' }),
  entry(409, 'suspend_account', { undone_by: 412 }),
  entry(408, 'add_note', { kind: 'user', erased: true, label: null, subject: null, reason: 'Erased on demand' }),
  ...Array.from({ length: 80 }, (_, n) => entry(407 - n, ['change_plan', 'set_spending_cap', 'suspend_account'][n % 3]!, { run: n % 3 === 2 ? '7f1d2c3a-0b9e-4a51-8d1f-2f6f0c1d9e10' : null, label: `Customer ${n + 1}` })),
]
const notes: Note[] = [
  { id: 2, at: ago(95), staff: 'Marta Ruiz', body: 'Promised an invoice in SEK from December on.\nAsk Jon before changing the plan.' },
  { id: 1, at: ago(60 * 24 * 12), staff: 'Ingrid Solberg', body: 'Prefers to be called, not written to.' },
]

const alerts: AlertRow[] = [
  { id: 3, severity: 'bad', sentence: 'Nothing has come from Stripe, where 2 hours without anything would be long at this hour', place: { address: '#/events?way=in&system=stripe', word: 'Events' }, since: ago(190), opened_at: ago(70), resolved_at: null, acknowledged: null, told: [{ channel: 'e-mail', resolved: false, at: ago(69), partly: false, given_up: false, error: null }] },
  { id: 2, severity: 'warn', sentence: '3 events from Auth0 never arrived and had to be fetched', place: { address: '#/events?way=in&system=auth0', word: 'Events' }, since: ago(400), opened_at: ago(400), resolved_at: null, acknowledged: { by: 'Marta Ruiz', at: ago(300), note: 'the action was off for an hour' }, told: [] },
]

export const trust: Pick<
  Answers,
  | 'who_is_there' | 'elevate' | 'end_elevation' | 'actions_for' | 'preview_action' | 'perform_action' | 'undo_action'
  | 'perform_on_many' | 'action_effects' | 'notes' | 'audit_page' | 'audit_entry' | 'verify_audit' | 'alerts' | 'acknowledge_alert'
> = {
  who_is_there: present,
  elevate(asked) {
    until = Date.now() + asked.minutes * 60_000
    reason = asked.reason
    return present()
  },
  end_elevation() {
    until = 0
    return present()
  },
  actions_for({ kind }) {
    if (who === 'nobody') throw refuse('not_staff', 'The login ingrid.support is nobody of the staff. Ask an admin to add you.')
    const some = kind === 'user' || kind === 'account' ? Object.keys(titles).filter((action) => !/cluster$|invite$/.test(action) || /^(un)?assign/.test(action)) : ofKind[kind]
    return { version: 'v1', actions: some.map(offer) }
  },
  preview_action: ({ order }) => {
    if (parameters.has('stale')) throw refuse('stale', 'It has changed since you looked: status is suspended now (Marta Ruiz, 2 minutes ago).')
    return effectOf(order.action, order.subject, order.arguments)
  },
  perform_action({ order }) {
    if (until <= Date.now()) throw refuse('not_elevated', 'You are looking read-only: say what you are about to do first.')
    attempts = 0
    const done = effectOf(order.action, order.subject, order.arguments)
    last += 1
    trail.unshift(entry(last, order.action, { at: ago(0), reason: order.reason, label: 'Ingrid Solberg' }))
    if (order.action === 'add_note') notes.unshift({ id: last, at: ago(0), staff: 'Ingrid Solberg', body: String(order.arguments.note) })
    return { ...done, audit_id: last }
  },
  undo_action: ({ auditId, dry }) => {
    if (parameters.has('moved')) throw refuse('stale', 'The plan was changed since: taking this back would undo that too.')
    const back = effectOf('suspend_account', 'auth0|1', {})
    return { ...back, audit_id: dry ? null : auditId, changes: back.changes.map((change) => ({ ...change, before: change.after, after: change.before })), cascade: back.cascade.map((one) => ({ ...one, change: 'reactivated with the account' })) }
  },
  perform_on_many: ({ order }) => {
    const results = order.subjects.map((subject, n) =>
      n % 7 === 3 ? { subject, done: null, failure: 'Already suspended.' } : { subject, done: effectOf(order.action, subject, order.arguments), failure: null },
    )
    const failed = results.filter(({ failure }) => failure).length
    return { done: results.length - failed, failed, already: 0, results }
  },
  action_effects: () => {
    attempts += 1
    const state = attempts > 6 ? 'done' : 'pending'
    return [
      { effect: { system: 'hopsworks', kind: 'set_status', subject: 'auth0|1', state }, attempts: Math.min(3, attempts), next_attempt_at: new Date(Date.now() + 25_000).toISOString(), last_error: 'eu-west-1 did not answer within 10 seconds' },
      { effect: { system: 'auth0', kind: 'set_blocked', subject: 'auth0|1', state: 'shadow' }, attempts: 0, next_attempt_at: null, last_error: null },
    ]
  },
  notes: () => (parameters.get('scene') === 'empty' ? [] : notes),
  audit_page({ query, after, limit }) {
    const wanted = (query.text ?? '').toLowerCase()
    const all = query.chain === 'system' ? [] : trail.filter((each) => !wanted || `${each.label} ${each.reason} ${each.login}`.toLowerCase().includes(wanted))
    const from = after ? all.findIndex(({ id }) => String(id) === after) + 1 : 0
    const rows = all.slice(from, from + limit)
    return { rows, next: from + limit < all.length ? String(rows.at(-1)!.id) : null, count: null, missing: null, notes: [], source: 'console.audit', read_at: ago(0), as_of: null }
  },
  audit_entry({ id }) {
    const found = trail.find((each) => each.id === id)
    if (!found) throw refuse('not_found', `There is no entry ${id} in this database.`)
    const { changes, cascade, warnings } = effectOf(found.action, found.subject, { cap: '1800.00', plan: 'postpaid', amount: '50.00' })
    return { entry: found, hash: '9f3c6a1e0b7d4852c1a0e5f7d2b94836a7c0ffee12d48b6e5a90317fce24bd08', changes: found.erased ? [] : changes, cascade: found.erased ? [] : cascade, warnings, reversible: found.undone_by === null && found.undoes === null }
  },
  alerts: () => ({ read_at: ago(0), looked_at: ago(0), open: alerts, resolved: [] }),
  acknowledge_alert({ id, note }) {
    const found = alerts.find((each) => each.id === id)
    if (found) found.acknowledged = { by: present().name ?? 'nobody', at: ago(0), note }
    return null
  },
  verify_audit: () => [
    { chain: 'staff', entries: trail.length, compared: true, flaw: parameters.has('flaw') ? 'What this entry says is not what was sealed (link 403)' : null, flawed: parameters.has('flaw') ? 406 : null },
    { chain: 'system', entries: 18_204, compared: false, flaw: null, flawed: null },
  ],
}
