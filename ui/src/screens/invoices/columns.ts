// The columns of the Invoices list.

import type { Column } from '../../controls/list/columns'
import type { InvoiceRow } from '../../ipc/generated/InvoiceRow'
import type { InvoicesSort } from '../../ipc/generated/InvoicesSort'

export const columns: readonly Column<InvoiceRow, InvoicesSort>[] = [
  { key: 'number', title: 'Number', width: 144, grows: 2, absence: 'invoice numbers' },
  { key: 'account', title: 'Account', width: 150, grows: 3 },
  { key: 'standing', title: 'Status', width: 124, grows: 0.5, absence: 'the status of invoices' },
  { key: 'period', title: 'Period', width: 96, grows: 1, muted: true, absence: 'billed periods' },
  { key: 'amount', title: 'Amount', width: 116, grows: 0.5, sort: 'amount', end: true, hint: 'As recorded; sorted by the number, whatever the currency' },
  { key: 'due', title: 'Due', width: 104, grows: 0, sort: 'due', end: true, absence: 'due dates' },
  { key: 'paid', title: 'Paid', width: 104, grows: 0, end: true, muted: true, absence: 'when invoices were paid' },
  { key: 'date', title: 'Date', width: 108, grows: 0, sort: 'date', end: true, muted: true, absence: 'when invoices were made' },
  { key: 'origin', title: 'From', width: 112, grows: 0, muted: true, from: 1160 },
]

/** The columns inside the page of one account's invoice: the account is known there. */
export const fewColumns = columns
  .filter(({ key }) => key !== 'account' && key !== 'origin')
  .map((column) => (column.key === 'period' || column.key === 'paid' ? { ...column, from: 800 } : column))
