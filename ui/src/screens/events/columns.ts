// The columns of the Events list.

import type { Column } from '../../controls/list/columns'
import type { EventRow } from '../../ipc/generated/EventRow'
import { toCluster, toUser } from '../../state/routes'

export const columns: readonly Column<EventRow, 'at'>[] = [
  { key: 'kind', title: 'What', width: 200, grows: 2 },
  { key: 'system', title: 'System', width: 130, grows: 1 },
  { key: 'subject', title: 'About', width: 190, grows: 2 },
  { key: 'state', title: 'State', width: 112, grows: 0 },
  { key: 'attempts', title: 'Tries', width: 56, grows: 0, end: true },
  { key: 'error', title: 'Last error', width: 210, grows: 3, muted: true },
  { key: 'at', title: 'When', width: 104, grows: 0, end: true, muted: true },
]

/** The page of whom an event is about; null where there is none of ours. */
export function toAbout({ way, system, subject, person, cluster_id: cluster }: EventRow): string | null {
  if (subject && (person !== null || (way === 'out' && system === 'hopsworks'))) return toUser(subject)
  return cluster ? toCluster(cluster) : null
}
