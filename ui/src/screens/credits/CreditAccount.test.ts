// The page of one account's credits.

import { render, screen, waitFor } from '@testing-library/svelte'
import { afterEach, expect, it, vi } from 'vitest'

import { coreAnswers } from '../../test.answers'
import CreditAccount from './CreditAccount.svelte'

afterEach(() => vi.useRealTimers())

it('says that its transactions are waited for, with the age of those that are shown', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const page = () => ({ rows: [], next: null, count: '0', source: 'credit_transactions', read_at: new Date().toISOString(), as_of: null })
  let answers = true
  coreAnswers({
    // Only the transactions are waited for: whatever else is on the page has no answer at all.
    ledger_page: () => (answers ? page() : new Promise(() => {})) as never,
  })
  render(CreditAccount, { id: 'auth0|1', workspace: 'one' })
  expect(await screen.findByText('No transactions')).toBeVisible()
  const panel = screen.getByRole('region', { name: 'Transactions' })
  answers = false
  await vi.advanceTimersByTimeAsync(8_500)
  expect(panel).not.toHaveTextContent('waiting')
  await vi.advanceTimersByTimeAsync(9_000)
  await waitFor(() => expect(panel).toHaveTextContent(/waiting for the database · \d\d s/))
})
