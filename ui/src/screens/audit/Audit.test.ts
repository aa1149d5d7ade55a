import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { AuditEntry as Entry } from '../../ipc/generated/AuditEntry'
import { acting } from '../../state/acting.svelte'
import { router } from '../../state/router.svelte'
import { parseRoute, toAudit, type AuditView } from '../../state/routes'
import { auditEntryOf, suspended } from '../../test.actions'
import { coreAnswers, failure, pending } from '../../test.answers'
import Audit from './Audit.svelte'
import AuditEntry from './AuditEntry.svelte'

let tests = 0
const workspace = () => `workspace-${(tests += 1)}`
const view = (parseRoute(toAudit) as { view: AuditView }).view
const pageOf = (rows: Entry[]) => ({ rows, next: null, count: null, missing: null, notes: [], source: 'console.audit', read_at: new Date().toISOString(), as_of: null })
const whole = { chain: 'staff' as const, entries: 2, compared: true, flaw: null, flawed: null }
const facets = { logins: [{ login: 'ingrid.support', name: 'Ingrid Solberg' }], actions: ['suspend_account'] }

beforeEach(() => router.go(toAudit))

describe('the Audit screen', () => {
  it('verifies once when it opens, and marks the entry that does not match', async () => {
    const asked = coreAnswers({
      audit_page: () => pageOf([auditEntryOf(8), auditEntryOf(7, { erased: true, label: null })]),
      audit_facets: () => facets,
      verify_audit: () => [{ ...whole, flaw: 'What it says was changed (link 8)', flawed: 8 }, { ...whole, chain: 'system' }],
    })
    render(Audit, { view, workspace: workspace() })
    expect(await screen.findByText('does not match')).toBeInTheDocument()
    expect(screen.getByText(/What it says was changed/)).toBeInTheDocument()
    expect(screen.getByText('erased')).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Entry 8' })).toHaveAttribute('href', '#/audit/8')
    expect(asked.filter(({ command }) => command === 'verify_audit')).toHaveLength(1)
  })

  it('switches to the chain of programs, in the address', async () => {
    coreAnswers({ audit_page: () => pageOf([]), audit_facets: () => facets, verify_audit: () => [whole] })
    render(Audit, { view, workspace: workspace() })
    expect(await screen.findByText('Nothing was done yet')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('radio', { name: 'System' }))
    expect(router.here).toBe('#/audit?chain=system')
  })

  it('filters by who, what and when, in the address, and gives away exactly what it shows', async () => {
    const asked = coreAnswers({ audit_page: () => pageOf([auditEntryOf(8)]), audit_facets: () => facets, verify_audit: () => [whole], export_list: () => Promise.reject(failure('no folder')) })
    const { rerender } = render(Audit, { view, workspace: workspace() })
    const where = () => (parseRoute(router.here) as { view: AuditView }).view
    await userEvent.click(await screen.findByRole('button', { name: /^By/ }))
    await userEvent.click(await screen.findByRole('radio', { name: /Ingrid Solberg/ }))
    await rerender({ view: where() })
    await userEvent.click(screen.getByRole('button', { name: /^Action/ }))
    await userEvent.click(await screen.findByRole('radio', { name: 'suspend account' }))
    await rerender({ view: where() })
    await userEvent.click(screen.getByRole('button', { name: /^When/ }))
    const from = await screen.findByLabelText('From')
    await fireEvent.input(from, { target: { value: '2026-11-01' } })
    await userEvent.click(screen.getByRole('button', { name: 'Show' }))
    expect(router.here).toBe('#/audit?login=ingrid.support&action=suspend_account&from=2026-11-01')
    await rerender({ view: where() })
    await userEvent.click(screen.getByRole('button', { name: 'Export Audit' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /CSV/ }))
    const order = asked.find(({ command }) => command === 'export_list')?.args.order
    expect(order).toMatchObject({ list: { list: 'audit', query: where().filter }, format: 'csv' })
  })

  it('does not say of choices that are not read that there are none', async () => {
    const choices = pending<typeof facets>()
    coreAnswers({ audit_page: () => pageOf([auditEntryOf(8)]), audit_facets: () => choices.promise, verify_audit: () => [whole] })
    render(Audit, { view, workspace: workspace() })
    for (const name of ['By', 'Action']) {
      await userEvent.click(await screen.findByRole('button', { name: new RegExp(`^${name}`) }))
      const group = within(await screen.findByRole('group', { name }))
      expect(group.getByRole('status')).toHaveTextContent('Reading the choices …')
    }
    choices.refuse(failure('The database took too long.', 'timeout'))
    await waitFor(() => expect(screen.getAllByText('The database took too long.')).toHaveLength(2))
    expect(screen.queryByText('None to choose from.')).toBeNull()
  })

  it('finds a whole bulk by its key, and no day that is none', () => {
    expect((parseRoute('#/audit?run=abc&from=2026-11-31x&to=2026-11-30') as { view: AuditView }).view.filter).toMatchObject({ run: 'abc', from: null, to: '2026-11-30' })
  })
})

describe('an entry of the trail', () => {
  it('shows before and after, leads to its subject, and begins its undo', async () => {
    const { changes, cascade } = suspended()
    coreAnswers({
      audit_entry: () => ({ entry: auditEntryOf(8), hash: 'abc', changes, cascade, warnings: [], reversible: true }),
      action_effects: () => [],
    })
    render(AuditEntry, { id: 8 })
    expect(await screen.findByRole('table', { name: 'What changed' })).toHaveTextContent(/active.*suspended/)
    expect(screen.getByRole('link', { name: 'Acme' })).toHaveAttribute('href', '#/users/auth0%7C1')
    await userEvent.click(screen.getByRole('button', { name: 'Undo …' }))
    expect(acting.request).toMatchObject({ what: 'undo', auditId: 8 })
  })

  it('of a bulk begins to take back what of the whole was not taken back yet', async () => {
    const asked = coreAnswers({
      audit_entry: () => ({ entry: auditEntryOf(8, { run: 'the-run' }), hash: 'abc', changes: [], cascade: [], warnings: [], reversible: true }),
      action_effects: () => [],
      bulk_entries: () => [{ id: 8, name: 'Acme', undone: false }, { id: 7, name: 'Beta', undone: true }],
    })
    render(AuditEntry, { id: 8 })
    await userEvent.click(await screen.findByRole('button', { name: 'Undo the whole bulk …' }))
    await waitFor(() => expect(acting.request).toMatchObject({ what: 'many', action: 'undo', subjects: [{ id: '8', name: 'Acme' }] }))
    expect(asked.find(({ command }) => command === 'bulk_entries')?.args).toEqual({ run: 'the-run', login: 'ingrid.support' })
  })
})
