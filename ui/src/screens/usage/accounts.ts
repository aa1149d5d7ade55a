// The columns of the accounts on the Usage screen.

import type { Column } from '../../controls/list/columns'
import type { AccountUsage } from '../../ipc/generated/AccountUsage'
import type { Metric } from '../../ipc/generated/Metric'

/** The columns; `before` names the days that the last amount is of. */
export function columns(before: string, comparable: boolean): Column<AccountUsage, Metric>[] {
  return [
    { key: 'name', title: 'Account', width: 150, grows: 3 },
    { key: 'members', title: 'Members', width: 78, grows: 0, end: true, muted: true, absence: 'members of teams', from: 1000 },
    { key: 'cost', title: 'Cost', width: 104, grows: 0, sort: 'cost', end: true, absence: 'usage cost', money: (row) => row.used.cost },
    { key: 'share', title: 'Share', width: 96, grows: 0, end: true, hint: 'Of the cost of all accounts on these days' },
    comparable
      ? { key: 'cost_before', title: 'Change', width: 92, grows: 0, end: true, muted: true, hint: `Of the cost, beside ${before}` }
      : { key: 'cost_before', title: before, width: 118, grows: 0, end: true, muted: true, money: (row) => row.cost_before, hint: `What the account cost in all of ${before}` },
    { key: 'cpu_hours', title: 'CPU h', width: 92, grows: 0, sort: 'cpu_hours', end: true, absence: 'CPU hours' },
    { key: 'gpu_hours', title: 'GPU h', width: 84, grows: 0, sort: 'gpu_hours', end: true, absence: 'GPU hours' },
    { key: 'storage_gb', title: 'GB-months', width: 104, grows: 0, sort: 'storage_gb', end: true, absence: 'storage', hint: 'Storage: thirty days of a GB are one GB-month' },
    { key: 'feature_store_calls', title: 'API calls', width: 92, grows: 0, sort: 'feature_store_calls', end: true, absence: 'feature store API calls' },
    { key: 'inference_calls', title: 'Inference', width: 92, grows: 0, sort: 'inference_calls', end: true, absence: 'model inference calls' },
  ]
}
