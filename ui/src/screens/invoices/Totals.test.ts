// The totals of the Invoices list.

import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { InvoiceTotals } from '../../ipc/generated/InvoiceTotals'
import { anyInvoice } from '../../state/routes'
import { coreAnswers, failure, pending } from '../../test.answers'
import Totals from './Totals.svelte'

const panel = (data: InvoiceTotals) => ({ source: 'invoices', read_at: new Date().toISOString(), data, lacking: null })
const whole: InvoiceTotals = {
  over: null,
  entries: '3',
  lines: [
    { title: 'Paid', severity: 'ok', entries: '2', amount: { amount: '12.5', currency: 'USD', shown: '12.50' }, remaining: null, without_amount: null },
    { title: 'Paid', severity: 'ok', entries: '1', amount: { amount: '7', currency: '', shown: '7' }, remaining: null, without_amount: null },
  ],
  control: [
    { entries: '2', amount: { amount: '12.5', currency: 'USD', shown: '12.50' } },
    { entries: '1', amount: { amount: '7', currency: '', shown: '7' } },
  ],
  refunded: [{ entries: '1', amount: { amount: '3.25', currency: 'USD', shown: '3.25' } }],
  credited: [{ entries: '4', amount: { amount: '0.5', currency: 'USD', shown: '0.50' } }],
}

describe('totals', () => {
  it('keep an amount without a currency apart from dollars', async () => {
    coreAnswers({ invoices_totals: () => panel(whole) as never })
    render(Totals, { filter: anyInvoice })
    await waitFor(() => expect(screen.getByText('All in USD')).toBeTruthy())
    expect(screen.getByText('All, no currency')).toBeTruthy()
    expect(screen.getAllByText('$12.50')).toHaveLength(2)
    expect(screen.queryByText('$7')).toBeNull()
  })

  it('show what was given back apart from what was billed', async () => {
    coreAnswers({ invoices_totals: () => panel(whole) as never })
    render(Totals, { filter: anyInvoice })
    const money = await screen.findByText('Given back in money')
    expect(money.nextElementSibling).toHaveTextContent('$3.25 1')
    expect(screen.getByText('Given back by credit notes').nextElementSibling).toHaveTextContent('$0.50 4')
  })

  it('say of what waits for money how much is still to be paid', async () => {
    const usd = (amount: string) => ({ amount, currency: 'USD', shown: amount })
    const open = { title: 'Open', severity: 'quiet', entries: '2', amount: usd('10.00'), remaining: usd('4.25'), without_amount: null }
    coreAnswers({ invoices_totals: () => panel({ ...whole, lines: [open as never] }) as never })
    render(Totals, { filter: anyInvoice })
    const word = (await screen.findAllByText('Open'))[0]
    expect(word?.closest('div')).toHaveTextContent(/\$4\.25 of \$10\.00/)
  })

  it('add up more than the bound only when they are asked to', async () => {
    const asked = coreAnswers({
      invoices_totals: (({ whole: all }: { whole: boolean }) =>
        panel(all ? whole : { over: '20,000', entries: '', lines: [], control: [], refunded: [], credited: [] })) as never,
    })
    render(Totals, { filter: anyInvoice })
    await waitFor(() => expect(screen.getByText(/More than 20,000 rows match/)).toBeTruthy())
    expect(screen.queryByText(/\$/)).toBeNull()
    await userEvent.click(screen.getByText('Add up all of them'))
    await waitFor(() => expect(screen.getByText('All in USD')).toBeTruthy())
    expect(asked.map(({ args }) => args.whole)).toEqual([false, true])
  })

  it('say that all is being added up, why it was not, and try again', async () => {
    let all = pending<never>()
    const over = { over: '20,000', entries: '', lines: [], control: [], refunded: [], credited: [] }
    coreAnswers({ invoices_totals: (({ whole }: { whole: boolean }) => (whole ? all.promise : panel(over))) as never })
    render(Totals, { filter: anyInvoice })
    await userEvent.click(await screen.findByText('Add up all of them'))
    expect(screen.getByText('Adding up all of them …')).toBeTruthy()
    expect(screen.queryByRole('button')).toBeNull()
    all.refuse(failure('The database took too long.', 'timeout'))
    expect(await screen.findByRole('alert')).toHaveTextContent('The database took too long.')
    all = pending<never>()
    await userEvent.click(screen.getByText('Try again'))
    expect(screen.getByText('Adding up all of them …')).toBeTruthy()
    all.give(panel(whole) as never)
    expect(await screen.findByText('All in USD')).toBeTruthy()
  })
})
