import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { freshness, type Aged } from './freshness.svelte'
import { renewPage } from '../ipc/commands'
import { mayRenew, renew, watchRest } from './rest'
import { diedBefore } from './inherited'
import { router } from './router.svelte'

vi.mock('../ipc/commands', () => ({ renewPage: vi.fn() }))

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
  const aged = (failure: Aged['failure'] = null): Aged => ({ readAt: Date.now(), failure, refresh: () => Promise.resolve() })
  const failed = { code: 'unreachable', message: '', hint: null } as unknown as Aged['failure']
  let ends: (() => void)[] = []

  beforeEach(() => {
    vi.spyOn(navigator, 'platform', 'get').mockReturnValue('Linux x86_64')
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible')
    document.body.innerHTML = '<main><input><input type="radio" checked></main>'
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

  it('not where nobody looks, since then nothing is read', () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    expect(mayRenew()).toBe(false)
  })

  it('not where what is shown was read long ago', () => {
    vi.advanceTimersByTime(60_000)
    expect(mayRenew()).toBe(false)
  })

  it('where what was typed is in the address, and not before', () => {
    const field = document.querySelector('input')!
    field.value = 'ann & co'
    expect(mayRenew()).toBe(false)
    router.go(`#/users?q=${encodeURIComponent('ann & co')}`)
    expect(mayRenew()).toBe(true)
  })

  it('not where a list is scrolled', () => {
    document.querySelector('main')!.innerHTML = '<div></div>'
    document.querySelector('div')!.scrollTop = 40
    expect(mayRenew()).toBe(false)
  })

  it('not where some rows are ticked that are out of sight', () => {
    document.querySelector('main')!.innerHTML = '<input type="checkbox">'
    document.querySelector('input')!.indeterminate = true
    expect(mayRenew()).toBe(false)
  })

  it.each([
    ['a dialog is open', '<dialog open></dialog>'],
    ['rows are ticked', '<main><input type="checkbox" checked></main>'],
    ['details are open', '<main><details open></details></main>'],
    ['something is being found out', '<main><p aria-busy="true"></p></main>'],
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

describe('a page that begins anew', () => {
  it('leaves its steps and goes without a word, and goes on where nobody gives it a new process', async () => {
    const steps = vi.spyOn(router, 'leaveSteps')
    vi.mocked(renewPage).mockResolvedValueOnce(null)
    diedBefore()
    renew()
    expect(steps).toHaveBeenCalled()
    expect(diedBefore(), 'it ended as it should').toBe(false)
    vi.mocked(renewPage).mockRejectedValueOnce(new Error('no'))
    renew()
    await vi.waitFor(() => expect(diedBefore(), 'should it die now').toBe(true), { timeout: 15_000 })
  })
})
