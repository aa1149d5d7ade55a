// What a button of the frame opens, where its script could not be read at first.

import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import { staff } from '../state/staff.svelte'
import { support } from '../test.actions'
import { coreAnswers } from '../test.answers'
import StaffBadge from './StaffBadge.svelte'

vi.mock('./sheets', async () => {
  const { Part } = await import('../state/part.svelte')
  let reads = 0
  const read = async () => {
    reads += 1
    if (reads === 1) throw new Error('The script is not there.')
    return { StaffSheet: (await import('./StaffSheet.svelte')).default }
  }
  return { sheets: new Part(read) }
})

it('keeps the keyboard where it was opened when it is read after all, though nothing in it has a heading', async () => {
  coreAnswers({ who_is_there: () => support() })
  await staff.look()
  render(StaffBadge)
  await userEvent.click(screen.getByTestId('staff'))
  const again = await screen.findByRole('button', { name: 'Try again' })
  await waitFor(() => expect(again).toHaveFocus())
  await userEvent.keyboard('{Enter}')
  expect(await screen.findByRole('textbox', { name: 'Reason' })).toBeInTheDocument()
  const box = document.querySelector('[popover]')
  expect(box).toHaveFocus()
  await userEvent.tab()
  expect(box, 'and goes on inside').toContainElement(document.activeElement as HTMLElement)
})
