// The lists that operators filter: what each is called where it is offered, and its address with a text.

import type { QueryList } from '../ipc/generated/QueryList'
import {
  toClustersWith,
  toCreditsWith,
  toEventsWith,
  toInvoicesWith,
  toTeamsWith,
  toUsageWith,
  toUsersWith,
} from '../state/routes'

interface Listed {
  list: QueryList
  /** Its screen. */
  title: string
  /** What its rows are. */
  rows: string
  /** The list filtered by this text, operators and all. */
  to: (text: string) => string
}

export const lists: readonly Listed[] = [
  { list: 'users', title: 'Users', rows: 'users', to: (text) => toUsersWith({ text }) },
  { list: 'teams', title: 'Teams', rows: 'teams', to: (text) => toTeamsWith({ text }) },
  { list: 'usage', title: 'Usage', rows: 'accounts', to: (text) => toUsageWith({ text }) },
  { list: 'credits', title: 'Credits', rows: 'accounts with credits', to: (text) => toCreditsWith({ text }) },
  { list: 'invoices', title: 'Invoices', rows: 'invoices', to: (text) => toInvoicesWith({ text }) },
  { list: 'clusters', title: 'Clusters', rows: 'clusters', to: (text) => toClustersWith({ text }) },
  { list: 'events', title: 'Events', rows: 'events', to: (text) => toEventsWith({ text }) },
]
