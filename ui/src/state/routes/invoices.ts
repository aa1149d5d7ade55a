// The addresses of the Invoices list and of one invoice.

import type { InvoiceOrigin } from '../../ipc/generated/InvoiceOrigin'
import type { InvoicesFilter } from '../../ipc/generated/InvoicesFilter'
import type { InvoicesSort } from '../../ipc/generated/InvoicesSort'
import type { InvoiceState } from '../../ipc/generated/InvoiceState'
import { isPath, one, query, several, type Place } from './place'

/** What the Invoices list shows. */
export interface InvoicesView {
  filter: InvoicesFilter
  sort: InvoicesSort
  descending: boolean
}

export interface InvoicesRoute {
  screen: 'invoices'
  view: InvoicesView
}

export interface InvoiceRoute {
  screen: 'invoice'
  origin: InvoiceOrigin
  id: string
}

export const anyInvoice: InvoicesFilter = { text: null, states: [], month: null, account: null, origins: [] }

export const latestInvoices: InvoicesView = { filter: anyInvoice, sort: 'date', descending: true }

export const origins: InvoiceOrigin[] = ['invoices', 'billing_history', 'subscriptions', 'stripe_invoices']
const sorts: InvoicesSort[] = ['date', 'amount', 'due']
const states: InvoiceState[] = [
  'open',
  'overdue',
  'failed',
  'paid',
  'credited',
  'refunded',
  'draft',
  'uncollectible',
  'void',
  'unknown',
]

/** Which way a column sorts when it is chosen: what is due soonest comes first. */
export const invoicesDescendFirst = (sort: InvoicesSort) => sort !== 'due'

const monthOf = (text: string | null) => (text && /^(this|\d{4}-(0[1-9]|1[0-2]))$/.test(text) ? text : null)

export const invoices: Place<InvoicesRoute> = {
  parse(path, params) {
    if (!isPath(path, 'invoices')) return null
    const sort = one(params.get('sort'), sorts) ?? latestInvoices.sort
    return {
      screen: 'invoices',
      view: {
        filter: {
          text: params.get('q') || null,
          states: several(params.get('status'), states),
          month: monthOf(params.get('month')),
          account: params.get('account') || null,
          origins: several(params.get('origin'), origins),
        },
        sort,
        descending: params.has('dir') ? params.get('dir') === 'desc' : invoicesDescendFirst(sort),
      },
    }
  },
  format({ view: { filter, sort, descending } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    if (filter.states.length) params.set('status', filter.states.join(','))
    if (filter.month) params.set('month', filter.month)
    if (filter.account) params.set('account', filter.account)
    if (filter.origins.length) params.set('origin', filter.origins.join(','))
    if (sort !== latestInvoices.sort) params.set('sort', sort)
    if (descending !== invoicesDescendFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
    return `#/invoices${query(params)}`
  },
}

export const toInvoices = invoices.format({ screen: 'invoices', view: latestInvoices })

/** The Invoices list with some of the filter set, the rest open. */
export const toInvoicesWith = (filter: Partial<InvoicesFilter>) =>
  invoices.format({ screen: 'invoices', view: { ...latestInvoices, filter: { ...anyInvoice, ...filter } } })

export const toInvoice = (origin: InvoiceOrigin, id: string) => `#/invoices/${origin}/${encodeURIComponent(id)}`

export const invoice: Place<InvoiceRoute> = {
  parse: ([folder, table, id, ...rest]) => {
    const origin = one(table ?? null, origins)
    return folder === 'invoices' && origin && id && !rest.length ? { screen: 'invoice', origin, id } : null
  },
  format: ({ origin, id }) => toInvoice(origin, id),
}
