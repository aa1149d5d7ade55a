// Invented credits and invoices.

import type { CreditRow } from '../src/ipc/generated/CreditRow'
import type { InvoiceRow } from '../src/ipc/generated/InvoiceRow'
import type { LedgerRow } from '../src/ipc/generated/LedgerRow'
import { usd } from './people'

const day = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()

export const creditRows: CreditRow[] = Array.from({ length: 40 }, (_, n) => ({
  id: `auth0|${n}`,
  name: `Person ${n}`,
  company: n % 3 ? null : `Company ${n}`,
  email: `person${n}@acme.example`,
  status: 'active',
  plan: 'prepaid',
  paid_left: usd(n * 12.5 - 20),
  free_left: usd(n % 4 ? 0 : 5),
  balance: usd(n * 12.5 - (n % 4 ? 20 : 15)),
  spent: usd(n % 9 ? 140 : 0),
  per_day: usd(n % 9 ? 10 : 0),
  runs_out: n % 9 ? day(n).slice(0, 10) : null,
  runs_out_shown: n < 2 ? 'already out' : n % 9 ? 'in some days' : 'no usage in 14 days',
  severity: n < 6 ? 'bad' : n % 9 ? 'ok' : 'muted',
  last_purchase_at: day(-n * 3),
}))

export const invoiceRows: InvoiceRow[] = Array.from({ length: 60 }, (_, n) => ({
  id: `invoices/${n}`,
  origin: n % 7 ? 'invoices' : 'billing_history',
  record_id: String(n),
  number: n % 11 ? `HD000${n}-0001` : null,
  account: { id: `auth0|${n % 9}`, title: `Company ${n % 9}`, email: 'pay@acme.example', known: true },
  amount: n % 13 ? { ...usd(n * 40.5), currency: n % 10 ? 'USD' : '' } : null,
  standing: n % 5 ? 'Paid' : 'Overdue',
  severity: n % 5 ? 'ok' : 'bad',
  status: n % 5 ? 'paid' : 'open',
  disagreement: n % 17 ? null : 'The two records differ: invoices says paid; billing_history says pending.',
  period: 'Oct 2026',
  due_at: day(20 - n),
  past_due: n % 5 ? null : '3 days past due',
  paid_at: n % 5 ? day(-n) : null,
  created_at: day(-n),
  description: 'Usage',
}))

export const ledgerRows: LedgerRow[] = Array.from({ length: 30 }, (_, n) => ({
  id: String(n),
  at: day(-n),
  kind: n % 6 ? 'Usage' : 'Purchase',
  amount: usd(n % 6 ? -4.2 : 100),
  balance: usd(200 - n),
  breaks: n === 7 ? ['Off by −$5.00: the line before ended at $20.00, this one begins at $15.00.'] : [],
  description: n % 6 ? 'Daily usage' : 'Credits bought',
  payment_id: null,
}))
