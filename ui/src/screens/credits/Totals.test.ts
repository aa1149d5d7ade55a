// The totals of the Credits list.

import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import { anyCredits } from '../../state/routes'
import { coreAnswers, failure, pending } from '../../test.answers'
import Totals from './Totals.svelte'

const panel = (data: unknown) => ({ source: 'credits', read_at: new Date().toISOString(), as_of: null, data, lacking: null }) as never

it('say that all is being added up, why it was not, and try again', async () => {
  let whole = pending<never>()
  coreAnswers({ credits_totals: ({ whole: all }) => (all ? whole.promise : panel({ over: '20,000', sums: null })) })
  render(Totals, { filter: anyCredits })
  await userEvent.click(await screen.findByRole('button', { name: 'Add up all of them' }))
  expect(screen.getByText('Adding up all of them …')).toBeInTheDocument()
  expect(screen.queryByRole('button')).toBeNull()
  expect(screen.getByTestId('totals'), 'the button is gone, the place is not').toHaveFocus()
  whole.refuse(failure('The database took too long.', 'timeout'))
  expect(await screen.findByRole('alert')).toHaveTextContent('The database took too long.')
  whole = pending<never>()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByText('Adding up all of them …')).toBeInTheDocument()
  const money = { amount: '4', currency: 'USD', shown: '4.00' }
  whole.give(panel({ over: null, sums: { balance: money, paid_left: money, free_left: money, debt: money, overdrawn: '0', accounts: '21,000' } }))
  expect(await screen.findByText('21,000')).toBeInTheDocument()
})
