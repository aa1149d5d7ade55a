// The columns of the people on a cluster, and what their list shows.

import type { Column } from '../../controls/list/columns'
import type { Seated } from '../../ipc/generated/Seated'
import type { SeatedSort } from '../../ipc/generated/SeatedSort'
import type { SeatFinding } from '../../ipc/generated/SeatFinding'

/** What the list of people shows. */
export interface SeatedView {
  filter: { text: string | null; finding: SeatFinding | null }
  sort: SeatedSort
  descending: boolean
}

export const everybody: SeatedView['filter'] = { text: null, finding: null }

export const lastSeatedFirst: SeatedView = { filter: everybody, sort: 'assigned', descending: true }

export const columns: readonly Column<Seated, SeatedSort>[] = [
  { key: 'name', title: 'Name', width: 132, grows: 2, sort: 'name' },
  { key: 'status', title: 'Status', width: 146, grows: 0.5 },
  { key: 'team', title: 'Team', width: 96, grows: 1.5, muted: true, absence: 'teams' },
  { key: 'assigned_at', title: 'Assigned', width: 108, grows: 0.6, sort: 'assigned', absence: 'when seats were given' },
  { key: 'hopsworks_username', title: 'Hopsworks user', width: 118, grows: 0.6, absence: 'Hopsworks user names' },
  { key: 'month_cost', title: 'Cost', width: 104, grows: 0.2, sort: 'month_cost', end: true, absence: 'usage cost', money: (row) => row.month_cost },
]
