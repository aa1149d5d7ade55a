// The columns of the Teams list.

import type { Column } from '../../controls/list/columns'
import type { TeamRow } from '../../ipc/generated/TeamRow'
import type { TeamsSort } from '../../ipc/generated/TeamsSort'

/** The columns, their costs named after the months they are of. */
export function columns(month: string, before: string): Column<TeamRow, TeamsSort>[] {
  return [
    { key: 'name', title: 'Owner', width: 140, grows: 2, sort: 'name' },
    { key: 'company', title: 'Team', width: 130, grows: 2 },
    { key: 'members', title: 'Owner · members', width: 214, grows: 0.5, sort: 'members', absence: 'members of teams', hint: 'Who may work: the owner, and the members beside them; ordered by the number of members' },
    { key: 'invites', title: 'Invites', width: 136, grows: 0.2, absence: 'invites' },
    { key: 'cpu_hours', title: 'CPU h', width: 84, grows: 0, end: true, absence: 'CPU hours', hint: `The whole team, ${month} so far` },
    { key: 'gpu_hours', title: 'GPU h', width: 80, grows: 0, end: true, absence: 'GPU hours', hint: `The whole team, ${month} so far` },
    { key: 'cost', title: `Cost, ${month}`, width: 108, grows: 0, sort: 'cost', end: true, absence: 'usage cost', money: (row) => row.used.cost, hint: `The whole team, ${month} so far` },
    { key: 'cost_before', title: before, width: 94, grows: 0, end: true, muted: true, money: (row) => row.cost_before, hint: `The whole team, all of ${before}` },
    { key: 'created', title: 'Registered', width: 116, grows: 0, sort: 'created', end: true, muted: true, from: 1240, absence: 'registration dates' },
  ]
}
