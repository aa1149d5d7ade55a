// The columns of the Credits list and of an account's ledger.

import type { Column } from '../../controls/list/columns'
import type { CreditRow } from '../../ipc/generated/CreditRow'
import type { CreditsSort } from '../../ipc/generated/CreditsSort'
import type { LedgerRow } from '../../ipc/generated/LedgerRow'

export const columns: readonly Column<CreditRow, CreditsSort>[] = [
  { key: 'name', title: 'Account', width: 150, grows: 3, sort: 'name' },
  { key: 'plan', title: 'Plan', width: 84, grows: 0, muted: true, absence: 'plans' },
  { key: 'runs_out', title: 'Runs out', width: 156, grows: 1, sort: 'runs_out', hint: 'At the pace of the last 14 whole days', absence: 'usage cost' },
  { key: 'balance', title: 'Balance', width: 116, grows: 0.5, sort: 'balance', end: true, money: (row) => row.balance, hint: 'Paid and free together' },
  { key: 'paid_left', title: 'Paid left', width: 116, grows: 0.5, end: true, money: (row) => row.paid_left },
  { key: 'free_left', title: 'Free left', width: 108, grows: 0.5, end: true, money: (row) => row.free_left, absence: 'free credits' },
  { key: 'spent', title: 'Spent, 14 days', width: 122, grows: 0.5, end: true, money: (row) => row.spent, absence: 'usage cost' },
  { key: 'per_day', title: 'A day', width: 96, grows: 0.3, end: true, money: (row) => row.per_day, from: 1000, hint: 'Mean of the last 14 whole days' },
  { key: 'last_purchase', title: 'Last purchase', width: 124, grows: 0, sort: 'last_purchase', end: true, muted: true, absence: 'purchases' },
]

/** The same in the order of owners' names: these lead, each with the company, which stands for it otherwise, under it. */
export const columnsByOwner: typeof columns = columns.map((column) =>
  column.key === 'name'
    ? { ...column, title: 'Account, by owner', hint: "Sorted by the owner's name", under: (row) => (row.name ? row.company : null) }
    : column,
)

export const ledgerColumns: readonly Column<LedgerRow, 'at'>[] = [
  { key: 'at', title: 'When', width: 112, grows: 0 },
  { key: 'kind', title: 'Type', width: 104, grows: 0 },
  { key: 'description', title: 'For', width: 160, grows: 3, muted: true },
  { key: 'amount', title: 'Amount', width: 116, grows: 0.3, end: true, money: (row) => row.amount },
  { key: 'balance', title: 'Balance after', width: 124, grows: 0.3, end: true, money: (row) => row.balance, hint: 'Opening balance and every line up to here' },
]
