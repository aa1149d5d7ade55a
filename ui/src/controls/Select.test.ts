import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import Select from './Select.svelte'

const options = [30, 90, 365].map((value) => ({ value, word: `${value} days` }))

it('chooses with the keyboard and gives the focus back', async () => {
  const onchoose = vi.fn()
  render(Select, { label: 'Period', options, value: 90, onchoose })
  const button = screen.getByRole('button', { name: 'Period: 90 days' })
  await userEvent.click(button)
  expect(await screen.findByRole('menuitemradio', { name: '90 days' })).toHaveFocus()
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(onchoose).toHaveBeenCalledWith(365)
  expect(button).toHaveFocus()
})

it('does not stay open behind one who goes on with Tab', async () => {
  render(Select, { label: 'Period', options, value: 90, onchoose() {} })
  const button = screen.getByRole('button', { name: 'Period: 90 days' })
  await userEvent.click(button)
  await screen.findByRole('menuitemradio', { name: '90 days' })
  await userEvent.tab()
  expect(button).toHaveAttribute('aria-expanded', 'false')
  expect(screen.queryByRole('menu')).toBeNull()
})
