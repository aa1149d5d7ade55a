// The addresses of the audit trail and of one entry in it.

import type { AuditChain } from '../../ipc/generated/AuditChain'
import type { AuditQuery } from '../../ipc/generated/AuditQuery'
import { parseDay } from '../period'
import { isPath, one, query, type Place } from './place'

/** What the Audit list shows: always the newest first. */
export interface AuditView {
  filter: AuditQuery
  sort: 'at'
  descending: true
}

export interface AuditRoute {
  screen: 'audit'
  view: AuditView
}

export interface AuditEntryRoute {
  screen: 'audit_entry'
  id: number
}

const chains: AuditChain[] = ['staff', 'system']

export const anyEntry: AuditQuery = { chain: 'staff', login: null, action: null, subject: null, run: null, from: null, to: null, text: null }

/** A day, as `2026-11-21`; anything else is none. */
const dayIn = (text: string | null) => (text && parseDay(text) !== null ? text : null)

export const audit: Place<AuditRoute> = {
  parse(path, params) {
    if (!isPath(path, 'audit')) return null
    const filter = {
      chain: one(params.get('chain'), chains) ?? anyEntry.chain,
      login: params.get('login') || null,
      action: params.get('action') || null,
      subject: params.get('subject') || null,
      run: params.get('run') || null,
      from: dayIn(params.get('from')),
      to: dayIn(params.get('to')),
      text: params.get('q') || null,
    }
    return { screen: 'audit', view: { filter, sort: 'at', descending: true } }
  },
  format({ view: { filter } }) {
    const params = new URLSearchParams()
    if (filter.chain !== anyEntry.chain) params.set('chain', filter.chain)
    if (filter.text) params.set('q', filter.text)
    for (const name of ['login', 'action', 'subject', 'run', 'from', 'to'] as const) {
      const value = filter[name]
      if (value) params.set(name, value)
    }
    return `#/audit${query(params)}`
  },
}

export const toAuditWith = (filter: Partial<AuditQuery>) =>
  audit.format({ screen: 'audit', view: { filter: { ...anyEntry, ...filter }, sort: 'at', descending: true } })

export const toAudit = toAuditWith({})

export const toAuditEntry = (id: number) => `#/audit/${id}`

export const auditEntry: Place<AuditEntryRoute> = {
  parse: ([folder, id, ...rest]) =>
    folder === 'audit' && id && /^\d{1,15}$/.test(id) && !rest.length ? { screen: 'audit_entry', id: Number(id) } : null,
  format: ({ id }) => toAuditEntry(id),
}
