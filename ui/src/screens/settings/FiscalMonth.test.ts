import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import { coreAnswers, failure } from '../../test.answers'
import FiscalMonth from './FiscalMonth.svelte'

it('goes back to the zone on file when another one is refused', async () => {
  coreAnswers({
    fiscal_settings: () => ({ zone: 'UTC', problem: null, zones: ['UTC', 'Europe/Berlin'] }),
    set_fiscal_zone: () => {
      throw failure('The database did not answer.')
    },
  })
  render(FiscalMonth)
  const select = await screen.findByRole('combobox', { name: 'Time zone' })
  await userEvent.selectOptions(select, 'Europe/Berlin')
  expect(await screen.findByRole('alert')).toHaveTextContent('The database did not answer.')
  expect(select).toHaveValue('UTC')
})
