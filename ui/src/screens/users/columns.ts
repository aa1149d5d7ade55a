// The columns of the Users list.

import type { Column } from '../../controls/list/columns'
import type { UserRow } from '../../ipc/generated/UserRow'
import type { UsersSort } from '../../ipc/generated/UsersSort'

export const columns: readonly Column<UserRow, UsersSort>[] = [
  { key: 'name', title: 'Name', width: 136, grows: 2, sort: 'name' },
  { key: 'email', title: 'E-mail', width: 162, grows: 3, sort: 'email', muted: true },
  { key: 'standing', title: 'Status', width: 142, grows: 0 },
  { key: 'plan', title: 'Plan', width: 80, grows: 0, absence: 'plans' },
  { key: 'team', title: 'Team', width: 144, grows: 2, absence: 'teams' },
  { key: 'cluster', title: 'Cluster', width: 124, grows: 0.5, muted: true, absence: 'cluster assignments' },
  { key: 'month_cost', title: 'Cost', width: 108, grows: 0.3, sort: 'month_cost', end: true, absence: 'usage cost', money: (row) => row.month_cost },
  { key: 'created_at', title: 'Registered', width: 116, grows: 0, sort: 'created', end: true, muted: true, from: 1240, absence: 'registration dates' },
  { key: 'last_login_at', title: 'Last login', width: 92, grows: 0, sort: 'last_login', end: true, muted: true, absence: 'logins' },
]
