import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import Broken from './Broken.svelte'

it('reads everything anew where the screen breaks a second time', async () => {
  const [reset, anew] = [vi.fn(), vi.fn()]
  const first = render(Broken, { reset, anew })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect([reset.mock.calls.length, anew.mock.calls.length]).toEqual([1, 0])
  first.unmount()
  render(Broken, { reset, anew })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect([reset.mock.calls.length, anew.mock.calls.length]).toEqual([1, 1])
})
