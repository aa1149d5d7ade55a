// The columns of the Clusters list.

import type { Column } from '../../controls/list/columns'
import type { ClusterRow } from '../../ipc/generated/ClusterRow'
import type { ClustersSort } from '../../ipc/generated/ClustersSort'

export const columns: readonly Column<ClusterRow, ClustersSort>[] = [
  { key: 'name', title: 'Name', width: 150, grows: 2, sort: 'name' },
  { key: 'status', title: 'Status', width: 120, grows: 0, absence: 'the status of clusters' },
  { key: 'region', title: 'Region', width: 126, grows: 0.4, sort: 'region', muted: true, absence: 'regions', from: 1420, under: (row) => row.region },
  { key: 'health', title: 'Health', width: 96, grows: 0.3, hint: 'As it answered when it was looked at last' },
  { key: 'findings', title: 'Findings', width: 72, grows: 0, end: true, hint: 'What was found wrong there by comparing it with what is on record' },
  { key: 'fill', title: 'Filled', width: 180, grows: 1, sort: 'fill', absence: 'who is on which cluster' },
  { key: 'seats', title: 'Seats', width: 84, grows: 0, sort: 'assigned', end: true, absence: 'seats', hint: 'Counted from assignments, of the limit' },
  { key: 'drift', title: 'Counter', width: 72, grows: 0, sort: 'drift', end: true, hint: "The service's own counter, and by how much it is wrong" },
  { key: 'cpu', title: 'CPU', width: 60, grows: 0, end: true, hint: 'Requested, of what is allocatable' },
  { key: 'memory', title: 'Memory', width: 74, grows: 0, end: true, hint: 'Requested, of what is allocatable', from: 1100 },
  { key: 'gpu', title: 'GPU', width: 74, grows: 0, end: true, hint: 'Requested, of what is allocatable', from: 1180 },
  { key: 'runs_out', title: 'Runs out', width: 164, grows: 0.2, sort: 'runs_out', hint: 'What it runs out of first, and when, by how that grew in the last 90 days' },
  { key: 'people', title: 'In use by', width: 80, grows: 0, sort: 'people', end: true, absence: 'on which cluster usage happened', hint: 'People with usage on the last day that has any', from: 1260 },
  { key: 'month_cost', title: 'Cost', width: 94, grows: 0.3, sort: 'month_cost', end: true, absence: 'what a cluster costs', money: (row) => row.month_cost },
  { key: 'month_before_cost', title: 'Cost before', width: 96, grows: 0.3, sort: 'month_before_cost', end: true, absence: 'what a cluster cost before', money: (row) => row.month_before_cost, from: 1420 },
  { key: 'assigned_lately', title: 'Lately', width: 72, grows: 0, sort: 'assigned_lately', end: true, muted: true, absence: 'when seats were given', hint: 'Seats given in the last 30 days', from: 1560 },
]
