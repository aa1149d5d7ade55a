// Answers about staff and actions for tests.

import type { ActionDone } from './ipc/generated/ActionDone'
import type { AuditEntry } from './ipc/generated/AuditEntry'
import type { WhoIsThere } from './ipc/generated/WhoIsThere'

/** Somebody of support; with a number, who may write for so many seconds more. */
export function support(seconds = 0, change: Partial<WhoIsThere> = {}): WhoIsThere {
  const now = Date.now()
  return {
    login: 'ingrid.support',
    name: 'Ingrid Solberg',
    group: 'support',
    elevation: seconds > 0 ? { until: new Date(now + seconds * 1000).toISOString(), reason: 'ticket 1' } : null,
    server_time: new Date(now).toISOString(),
    ...change,
  }
}

export function suspended(change: Partial<ActionDone> = {}): ActionDone {
  return {
    audit_id: null,
    action: 'suspend_account',
    subject: 'auth0|1',
    changes: [{ table: 'users', id: 'auth0|1', label: 'Acme', column: 'status', before: 'active', after: 'suspended' }],
    cascade: [
      { id: 'auth0|2', label: 'Amy', change: 'suspended with the account' },
      { id: 'auth0|3', label: 'Ben', change: 'suspended with the account' },
    ],
    effects: [],
    version: 'seen-in-preview',
    reversible: true,
    warnings: [],
    ...change,
  }
}

export function auditEntryOf(id: number, change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    seq: id,
    at: '2026-11-20T10:00:00Z',
    login: 'ingrid.support',
    staff: 'Ingrid Solberg',
    action: 'suspend_account',
    kind: 'account',
    subject: 'auth0|1',
    label: 'Acme',
    reason: 'ticket 4711',
    undoes: null,
    undone_by: null,
    run: null,
    erased: false,
    ...change,
  }
}
