import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { freshness, type Aged } from './freshness.svelte'
import { mayRenew, watchRest } from './rest'
import { router } from './router.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched({ mayRenew = true } = {}) {
  const state = { arrivals: 3, mayRenew }
  const [collect, renew] = [vi.fn(), vi.fn()]
  const stop = watchRest(() => state.arrivals, { collect, renew, mayRenew: () => state.mayRenew })
  return { state, collect, renew, stop }
}

describe('while nobody is at the window', () => {
  it('collects once when screens were left', () => {
    const { state, collect, renew, stop } = watched()
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
    expect(renew, 'nor are these').not.toHaveBeenCalled()
    stop()
  })

  it('begins anew once, after many screens and five minutes, as soon as nothing is under way', () => {
    const { state, renew, stop } = watched({ mayRenew: false })
    state.arrivals += 200
    vi.advanceTimersByTime(900_000)
    expect(renew).not.toHaveBeenCalled()
    state.mayRenew = true
    vi.advanceTimersByTime(10_000)
    expect(renew).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(900_000)
    expect(renew, 'nobody did it: it is not asked for again').toHaveBeenCalledTimes(1)
    state.arrivals += 200
    vi.advanceTimersByTime(290_000)
    expect(renew).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(20_000)
    expect(renew).toHaveBeenCalledTimes(2)
    stop()
  })

  it('leaves whoever is there alone, and stops when told to', () => {
    const { state, collect, renew, stop } = watched()
    state.arrivals += 500
    for (let n = 0; n < 60; n += 1) {
      vi.advanceTimersByTime(9_000)
      window.dispatchEvent(new Event('pointermove'))
    }
    expect(collect).not.toHaveBeenCalled()
    stop()
    vi.advanceTimersByTime(600_000)
    expect([collect, renew].map((each) => each.mock.calls.length)).toEqual([0, 0])
  })
})

describe('a page may begin anew', () => {
  const aged = (failure: Aged['failure'] = null): Aged => ({ readAt: 1, failure, refresh: () => Promise.resolve() })
  const failed = { code: 'unreachable', message: '', hint: null } as unknown as Aged['failure']
  let ends: (() => void)[] = []

  beforeEach(() => {
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('Linux x86_64')
    document.body.innerHTML = '<main><input value="typed into a filter"></main>'
    router.go('#/users')
    ends = [freshness.follow(aged())]
  })
  afterEach(() => {
    for (const end of ends) end()
    document.body.innerHTML = ''
    vi.restoreAllMocks()
  })

  it('where all there is can be read again', () => {
    expect(mayRenew()).toBe(true)
  })

  it('not where it shows what cannot be read at the moment', () => {
    ends.push(freshness.follow(aged(failed), { leading: false }))
    expect(mayRenew()).toBe(false)
    ends[1]!()
    expect(mayRenew()).toBe(true)
    ends[0]!()
    expect(mayRenew(), 'nothing was read yet').toBe(false)
  })

  it.each([
    ['a dialog is open', '<dialog open></dialog>'],
    ['rows are ticked', '<main><input type="checkbox" checked></main>'],
    ['a reason may be typed', '<textarea></textarea>'],
    ['a password may be typed', '<input type="password">'],
  ])('not where %s', (_, html) => {
    document.body.innerHTML = html
    expect(mayRenew()).toBe(false)
  })

  it('not in the settings, nor where the engine keeps house by itself', () => {
    router.go('#/settings')
    expect(mayRenew()).toBe(false)
    router.go('#/users')
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('MacIntel')
    expect(mayRenew()).toBe(false)
  })
})
