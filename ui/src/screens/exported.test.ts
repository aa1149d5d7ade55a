// Lists of panels that are saved as files, as they are shown.

import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import type { ExportList } from '../ipc/generated/ExportList'
import AlertsSheet from '../frame/AlertsSheet.svelte'
import { alerts } from '../state/alerts.svelte'
import { coreAnswers, failure, type Asked } from '../test.answers'
import InvoicePage from './invoices/InvoicePage.svelte'
import Overview from './overview/Overview.svelte'
import Schema from './schema/Schema.svelte'
import SignIns from './user/SignIns.svelte'

const at = '2026-11-01T08:00:00Z'
const panel = (data: unknown) => ({ source: 'users', read_at: at, as_of: null, data, lacking: null }) as never
const refused = () => Promise.reject(failure('no folder'))

/** Saves what the button of that name is for, and says what was ordered. */
async function ordered(asked: Asked[], name: string): Promise<ExportList> {
  await userEvent.click(await screen.findByRole('button', { name: `Export ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: /CSV/ }))
  return (asked.findLast(({ command }) => command === 'export_list')!.args as { order: { list: ExportList } }).order.list
}

it('what needs attention, and clusters by how full they are', async () => {
  const cluster = { id: 'c', name: 'eu-1', region: null, status: 'active', seats_limit: 4, seats_assigned: 1, seats_recorded: 1, filled_percent: 25, severity: 'ok' }
  const asked = coreAnswers({
    export_list: refused,
    overview_attention: () => panel([{ severity: 'bad', sentence: 'eu-1 is full', leads_to: { screen: 'cluster', id: 'c' } }]),
    overview_clusters: () => panel([cluster]),
  })
  render(Overview)
  expect(await ordered(asked, 'what needs attention')).toEqual({ list: 'overview_attention' })
  expect(await ordered(asked, 'clusters')).toEqual({ list: 'overview_clusters' })
})

it('nothing, where nothing is shown', async () => {
  coreAnswers({ overview_attention: () => panel([]), overview_clusters: () => panel([]) })
  render(Overview)
  expect(await screen.findByText('Nothing needs attention')).toBeVisible()
  expect(screen.queryByRole('button', { name: /^Export/ })).toBeNull()
})

it('tables, as many as are shown; sums; indexes, those that are proposed or all', async () => {
  const table = (name: string, fit: string) => ({ name, kind: 'table', fit, sentence: null, view: null, row_security: null, rows: null, size: null, columns: [], others: [] })
  const index = (name: string, fit: string, worthwhile: boolean) => ({ name, table: 'users', reason: 'Users, the newest first.', script: 'create index', fit, note: null, rows: null, size: null, worthwhile })
  const asked = coreAnswers({
    export_list: refused,
    schema_tables: () => panel([table('users', 'missing')]),
    schema_rollups: () => panel([{ name: 'usage_by_user_month', refreshed_at: null, refreshed: null, checked_at: null, checked: null, differences: null, note: null }]),
    schema_indexes: () => panel({ proposals: [index('one', 'missing', true), index('two', 'present', true)], builds: [], cannot: null }),
  })
  const { rerender } = render(Schema, { shown: 'attention' })
  expect(await ordered(asked, 'tables')).toEqual({ list: 'schema_tables', shown: 'attention' })
  expect(await ordered(asked, 'sums')).toEqual({ list: 'schema_rollups' })
  expect(await ordered(asked, 'indexes')).toEqual({ list: 'schema_indexes', everything: false })
  await userEvent.click(screen.getByRole('checkbox', { name: 'Show all 2' }))
  expect(await ordered(asked, 'indexes')).toEqual({ list: 'schema_indexes', everything: true })
  await rerender({ shown: 'theirs' })
  expect(screen.queryByRole('button', { name: 'Export tables' }), 'none of them stands like that').toBeNull()
})

it('what the billing history says of an invoice, by the invoice it stands for', async () => {
  const row = { id: 'i', origin: 'invoices', record_id: '1', number: 'A-1', account: null, amount: null, standing: 'Paid', severity: 'ok', status: null, disagreement: null, period: null, due_at: null, past_due: null, paid_at: null, created_at: null, description: null }
  const twin = { id: 'h1', number: 'A-1', status: 'paid', amount: null, paid_at: null, created_at: at, description: null }
  const asked = coreAnswers({
    export_list: refused,
    invoice_detail: () => panel({ row, zone: 'UTC', period_start: null, period_end: null, stripe: [], hosted_url: null, refused_url: null, remaining: null, refunded: [], credited: null, twins: [twin], subscription: null, asked_for: 'h1', timeline: [] }),
  })
  render(InvoicePage, { origin: 'billing_history', id: 'h1', workspace: 'one' })
  expect(await ordered(asked, 'the same charge')).toEqual({ list: 'invoice_twins', invoice: '1' })
})

it('tries to sign in', async () => {
  const tries = [{ at, outcome: 'signed_in', place: 'Stockholm', connection: null, client: null, ip: null }]
  const person = { blocked: false, email: null, email_verified: null, logins: null, last_login: null, last_ip: null, registered_at: null, identities: [], multifactor: [], tries, tries_missing: null, addresses_hidden: false }
  const asked = coreAnswers({ export_list: refused, user_sign_ins: () => panel({ state: 'known', person }) })
  render(SignIns, { id: 'auth0|1', ready: true, offer: () => null, onact() {} })
  expect(await ordered(asked, 'tries to sign in')).toEqual({ list: 'user_sign_ins', user: 'auth0|1' })
})

it('alerts, also those that are over', async () => {
  const over = { id: 1, severity: 'bad', sentence: 'gone', place: { address: '#/events', word: 'Events' }, since: at, opened_at: at, resolved_at: at, acknowledged: null, told: [] }
  const asked = coreAnswers({ export_list: refused, alerts: () => ({ read_at: at, looked_at: at, open: [], resolved: [over] }) as never })
  await alerts.look()
  render(AlertsSheet, { close() {} })
  expect(await ordered(asked, 'alerts')).toEqual({ list: 'alerts' })
})
