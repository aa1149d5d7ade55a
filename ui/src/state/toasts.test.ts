import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { toasts } from './toasts.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  toasts.all = []
})

it('go by themselves, and wait where perhaps nobody was there', () => {
  toasts.say('Saved.')
  toasts.leave('The page stopped working.', 'bad')
  vi.advanceTimersByTime(60_000)
  expect(toasts.all.map(({ text }) => text)).toEqual(['The page stopped working.'])
  window.dispatchEvent(new Event('pointermove'))
  vi.advanceTimersByTime(5_000)
  expect(toasts.all).toHaveLength(1)
  vi.advanceTimersByTime(1_001)
  expect(toasts.all).toHaveLength(0)
})
