import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { watchRest } from './rest'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched() {
  const state = { arrivals: 3 }
  const collect = vi.fn()
  return { state, collect, stop: watchRest(() => state.arrivals, collect) }
}

it('collects once when nobody has been there for a while, and screens were left', () => {
  const { state, collect, stop } = watched()
  vi.advanceTimersByTime(120_000)
  expect(collect).not.toHaveBeenCalled()
  state.arrivals += 20
  vi.advanceTimersByTime(30_000)
  expect(collect).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10_000)
  expect(collect).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(600_000)
  expect(collect).toHaveBeenCalledTimes(1)
  state.arrivals += 19
  vi.advanceTimersByTime(600_000)
  expect(collect, 'a few are not worth it').toHaveBeenCalledTimes(1)
  stop()
})

it('leaves whoever is there alone, and stops when told to', () => {
  const { state, collect, stop } = watched()
  state.arrivals += 50
  for (let n = 0; n < 20; n += 1) {
    vi.advanceTimersByTime(9_000)
    window.dispatchEvent(new Event('pointermove'))
  }
  expect(collect).not.toHaveBeenCalled()
  stop()
  vi.advanceTimersByTime(600_000)
  expect(collect).not.toHaveBeenCalled()
})
