import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import PricesPanel from './PricesPanel.svelte'

it('writes prices as money is written everywhere, with all their digits', () => {
  const price = { unit: 'CPU hour', price: '-0.0125', original: '0.05', discount: null, validity: 'in_force' as const, valid_from: null, valid_until: null, created_by: null, reason: null }
  render(PricesPanel, { prices: [price] })
  expect(screen.getByText('−$0.0125')).toBeInTheDocument()
  expect(screen.getByText('instead of $0.05')).toBeInTheDocument()
})
