import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { LedgerHead } from '../../ipc/generated/LedgerHead'
import LedgerSummary from './LedgerSummary.svelte'

it('says of amounts that may be either way that no balance is known', () => {
  const money = { amount: '0', shown: '0.00', exact: '$0.00', currency: 'USD', negative: false } as unknown as LedgerHead['opening']
  const head: LedgerHead = {
    entries: '3',
    opening: money,
    opening_recorded: false,
    closing: null,
    on_record: money,
    difference: null,
    broken: null,
    without_amount: null,
    unsigned: '1',
    kinds: [],
    first_at: null,
    last_at: null,
  }
  render(LedgerSummary, { head })
  expect(screen.getByTestId('findings')).toHaveTextContent('1 line has an amount of usage without the balances beside it')
  expect(screen.queryByTestId('agrees')).toBeNull()
})
