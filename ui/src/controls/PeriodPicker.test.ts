import { fireEvent, render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import type { Period } from '../state/period'
import PeriodPicker from './PeriodPicker.svelte'

async function opened(period: Period) {
  const onchoose = vi.fn<(period: Period) => void>()
  const view = render(PeriodPicker, { period, onchoose })
  await userEvent.click(screen.getByRole('button', { name: /^Period: / }))
  return { onchoose, ...view }
}

describe('the choice of a period', () => {
  it('says which days it means, also where it is a preset', () => {
    render(PeriodPicker, { period: { from: '2026-10-01', to: '2026-10-31' }, onchoose: () => {} })
    expect(screen.getByRole('button', { name: /1 Oct – 31 Oct 2026/ })).toBeInTheDocument()
  })

  it('chooses a preset at once', async () => {
    const { onchoose } = await opened({ preset: '30d' })
    expect(await screen.findByRole('radio', { name: 'Last 30 days' })).toBeChecked()
    await userEvent.click(screen.getByRole('radio', { name: 'Last month' }))
    expect(onchoose).toHaveBeenCalledWith({ preset: 'last_month' })
  })

  it('takes any two days, and not the last before the first', async () => {
    const { onchoose } = await opened({ from: '2026-10-01', to: '2026-10-31' })
    const show = await screen.findByRole('button', { name: 'Show these days' })
    await fireEvent.input(screen.getByLabelText('To'), { target: { value: '2026-09-30' } })
    expect(screen.getByText('The first day is after the last.')).toBeVisible()
    expect(show).toBeDisabled()
    await fireEvent.input(screen.getByLabelText('From'), { target: { value: '2026-09-01' } })
    await userEvent.click(show)
    expect(onchoose).toHaveBeenCalledWith({ from: '2026-09-01', to: '2026-09-30' })
  })
})
