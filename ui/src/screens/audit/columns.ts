// The columns of the Audit list, and its rows as a list wants them.

import type { Column } from '../../controls/list/columns'
import type { AuditEntry } from '../../ipc/generated/AuditEntry'
import { toCluster, toUser } from '../../state/routes'

/** Lists know their rows by text. */
export type AuditRow = Omit<AuditEntry, 'id'> & { id: string; entry: number }

export const asRow = (entry: AuditEntry): AuditRow => ({ ...entry, id: String(entry.id), entry: entry.id })

export const columns: readonly Column<AuditRow, 'at'>[] = [
  { key: 'action', title: 'Action', width: 170, grows: 1 },
  { key: 'subject', title: 'Of', width: 190, grows: 2 },
  { key: 'staff', title: 'By', width: 150, grows: 1 },
  { key: 'reason', title: 'Reason', width: 230, grows: 4, muted: true },
  { key: 'state', title: 'State', width: 112, grows: 0 },
  { key: 'at', title: 'When', width: 104, grows: 0, end: true, muted: true },
]

/** The page of what an entry is about; null where there is none. */
export function toSubject({ kind, subject }: Pick<AuditEntry, 'kind' | 'subject'>): string | null {
  if (!subject) return null
  if (kind === 'user' || kind === 'account') return toUser(subject)
  return kind === 'cluster' ? toCluster(subject) : null
}
