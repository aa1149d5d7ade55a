import { expect, it } from 'vitest'

import type { Money } from '../../ipc/generated/Money'
import type { OverviewFigures } from '../../ipc/generated/OverviewFigures'
import { rows } from './figures'

const unchanged = { shown: null, direction: 'unknown' } as const
const bare: OverviewFigures = {
  ...{ month: 'November 2026', days: 'Nov 1–20', days_before: 'Oct 1–20' },
  ...{ accounts: 1200, accounts_new: 0, active: 7, active_share: null },
  ...{ cost: null, cost_change: unchanged, cpu: null, cpu_change: unchanged, gpu: null, gpu_change: unchanged },
  ...{ credits: null, invoices: null },
}
const usd = (amount: string, shown = amount): Money => ({ amount, shown, currency: 'USD' })

it('says of each figure what it means, with every digit at hand', () => {
  const whole = rows({
    ...bare,
    accounts_new: 3,
    active_share: '71 % of 1,200 users',
    cost: usd('1234.5678', '1,234.57'),
    cost_change: { shown: '−3.0 %', direction: 'down' },
    credits: { balance: usd('10.5', '10.50'), running_out: 2 },
    invoices: { amount: usd('99', '99.00'), overdue: 1, oldest_days: 12 },
  })
  expect(whole.map(({ name, value, title, note, tone }) => [name, value, title, note, tone])).toEqual([
    ['Accounts', '1,200', '1,200', '+3 this month', 'ok'],
    ['Active, 30 days', '7', '7', '71 % of 1,200 users', 'muted'],
    ['Usage cost, Nov 1–20', '$1,234.57', '1234.5678 USD', '−3.0 % on Oct 1–20', 'bad'],
    ['Credits outstanding', '$10.50', '10.5 USD', '2 run out within 7 days', 'bad'],
    ['Open invoices', '$99.00', '99 USD', '1 overdue, oldest 12 days', 'bad'],
  ])
})

it('says what the service does not record, and what is well', () => {
  expect(rows(bare).map(({ name, value, note }) => [name, value, note])).toEqual([
    ['Accounts', '1,200', 'none new this month'],
    ['Active, 30 days', '7', ''],
    ['Usage cost', '—', 'not recorded here'],
    ['Credits outstanding', '—', 'not recorded here'],
    ['Open invoices', '—', 'not recorded here'],
  ])
  const well = rows({
    ...bare,
    cost: usd('2'),
    credits: { balance: usd('0'), running_out: 0 },
    invoices: { amount: usd('0'), overdue: 0, oldest_days: null },
  })
  expect(well.map(({ note, tone }) => [note, tone]).slice(2)).toEqual([
    ['nothing on Oct 1–20', 'muted'],
    ['none run out within 7 days', 'muted'],
    ['none overdue', 'muted'],
  ])
})
