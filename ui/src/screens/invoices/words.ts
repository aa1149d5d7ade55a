// What the Invoices screens call things.

import type { InvoiceOrigin } from '../../ipc/generated/InvoiceOrigin'
import type { InvoiceState } from '../../ipc/generated/InvoiceState'

export const stateWord: Record<InvoiceState, string> = {
  open: 'Open (all unpaid)',
  overdue: 'Overdue',
  failed: 'Failed',
  paid: 'Paid',
  credited: 'Paid by credit',
  refunded: 'Refunded',
  draft: 'Draft',
  uncollectible: 'Uncollectible',
  void: 'Void',
  unknown: 'Unknown',
}

export const originWord: Record<InvoiceOrigin, string> = {
  invoices: 'invoices',
  billing_history: 'billing history',
  subscriptions: 'subscriptions',
  stripe_invoices: 'Stripe',
}

/** What one row is. */
export const kindWord: Record<InvoiceOrigin, string> = {
  invoices: 'Invoice',
  billing_history: 'Charge',
  subscriptions: 'Subscription',
  stripe_invoices: 'Invoice',
}

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Nov 2026` for `2026-11`. */
export function monthWord(month: string): string {
  const [year, number] = month.split('-')
  return `${names[Number(number) - 1] ?? number} ${year}`
}

/** The months up to this one, the latest first. */
export function monthsTo(last: string, count: number): string[] {
  const [year = 0, month = 1] = last.split('-').map(Number)
  return Array.from({ length: count }, (_, back) => {
    const index = year * 12 + month - 1 - back
    return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
  })
}
