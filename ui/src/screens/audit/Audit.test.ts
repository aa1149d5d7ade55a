import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { AuditEntry as Entry } from '../../ipc/generated/AuditEntry'
import { acting } from '../../state/acting.svelte'
import { router } from '../../state/router.svelte'
import { parseRoute, toAudit, type AuditView } from '../../state/routes'
import { auditEntryOf, suspended } from '../../test.actions'
import { coreAnswers } from '../../test.answers'
import Audit from './Audit.svelte'
import AuditEntry from './AuditEntry.svelte'

let tests = 0
const workspace = () => `workspace-${(tests += 1)}`
const view = (parseRoute(toAudit) as { view: AuditView }).view
const pageOf = (rows: Entry[]) => ({ rows, next: null, count: null, missing: null, notes: [], source: 'console.audit', read_at: new Date().toISOString(), as_of: null })
const whole = { chain: 'staff' as const, entries: 2, compared: true, flaw: null, flawed: null }

beforeEach(() => router.go(toAudit))

describe('the Audit screen', () => {
  it('verifies once when it opens, and marks the entry that does not match', async () => {
    const asked = coreAnswers({
      audit_page: () => pageOf([auditEntryOf(8), auditEntryOf(7, { erased: true, label: null })]),
      verify_audit: () => [{ ...whole, flaw: 'What it says was changed (link 8)', flawed: 8 }, { ...whole, chain: 'system' }],
    })
    render(Audit, { view, workspace: workspace() })
    expect(await screen.findByText('does not match', {}, { timeout: 4000 })).toBeInTheDocument()
    expect(screen.getByText(/What it says was changed/)).toBeInTheDocument()
    expect(screen.getByText('erased')).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Entry 8' })).toHaveAttribute('href', '#/audit/8')
    expect(asked.filter(({ command }) => command === 'verify_audit')).toHaveLength(1)
  }, 20_000)

  it('switches to the chain of programs, in the address', async () => {
    coreAnswers({ audit_page: () => pageOf([]), verify_audit: () => [whole] })
    render(Audit, { view, workspace: workspace() })
    expect(await screen.findByText('Nothing was done yet', {}, { timeout: 4000 })).toBeInTheDocument()
    await userEvent.click(screen.getByRole('radio', { name: 'System' }))
    expect(router.here).toBe('#/audit?chain=system')
  }, 20_000)
})

describe('an entry of the trail', () => {
  it('shows before and after, leads to its subject, and begins its undo', async () => {
    const { changes, cascade } = suspended()
    coreAnswers({
      audit_entry: () => ({ entry: auditEntryOf(8), hash: 'abc', changes, cascade, warnings: [], reversible: true }),
      action_effects: () => [],
    })
    render(AuditEntry, { id: 8 })
    expect(await screen.findByRole('table', { name: 'What changed' }, { timeout: 4000 })).toHaveTextContent(/active.*suspended/)
    expect(screen.getByRole('link', { name: 'Acme' })).toHaveAttribute('href', '#/users/auth0%7C1')
    await userEvent.click(screen.getByRole('button', { name: 'Undo …' }))
    expect(acting.request).toMatchObject({ what: 'undo', auditId: 8 })
  }, 20_000)
})
