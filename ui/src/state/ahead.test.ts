import { beforeEach, describe, expect, it, vi } from 'vitest'

import { pending } from '../test.answers'
import { ahead, askAhead, forgetAhead } from './ahead'

describe('what is asked ahead', () => {
  beforeEach(forgetAhead)

  it('is the first answer, and the first one only', async () => {
    let count = 0
    const read = () => Promise.resolve((count += 1))
    await askAhead('figures', read)
    const figures = ahead('figures', read)
    expect(await figures()).toBe(1)
    expect(count).toBe(1)
    expect(await figures()).toBe(2)
  })

  it('is waited for where it is still on its way', async () => {
    let answer = (_: string) => {}
    void askAhead('figures', () => new Promise<string>((resolve) => (answer = resolve)))
    const asked = ahead('figures', () => Promise.resolve('another'))()
    answer('the one')
    expect(await asked).toBe('the one')
  })

  it('is asked anew where it failed, was forgotten, or is another question', async () => {
    const read = vi.fn(() => Promise.resolve('anew'))
    await askAhead('failed', () => Promise.reject(new Error('away')))
    expect(await ahead('failed', read)()).toBe('anew')
    await askAhead('old', () => Promise.resolve('old'))
    forgetAhead()
    expect(await ahead('old', read)()).toBe('anew')
    expect(await ahead('never', read)()).toBe('anew')
    expect(read).toHaveBeenCalledTimes(3)
  })

  it('is asked once however often, and once more where it came too early', async () => {
    const read = vi.fn(() => Promise.resolve('here'))
    await Promise.all([askAhead('early', read), askAhead('early', read)])
    expect(read).toHaveBeenCalledTimes(1)
    read.mockRejectedValueOnce(new Error('not open yet'))
    await Promise.all([askAhead('too early', read), askAhead('too early', read)])
    expect(await ahead('too early', () => Promise.resolve('anew'))()).toBe('here')
  })

  it('is not asked once more after it was forgotten', async () => {
    const first = pending<string>()
    const read = vi.fn(() => Promise.resolve('late'))
    const before = askAhead('late', () => first.promise)
    const again = askAhead('late', read)
    forgetAhead()
    first.refuse(new Error('not open yet'))
    await Promise.all([before, again])
    expect(read).not.toHaveBeenCalled()
    expect(await ahead('late', () => Promise.resolve('anew'))()).toBe('anew')
  })

  it('is known at once where it is here, to the first who looks', async () => {
    const figures = ahead('known', () => Promise.resolve('anew'))
    expect(figures.known?.()).toBeUndefined()
    const answer = askAhead('known', () => Promise.resolve('here'))
    expect(figures.known?.(), 'still on its way').toBeUndefined()
    await answer
    expect([figures.known?.(), figures.known?.()]).toEqual(['here', undefined])
    expect(await figures()).toBe('anew')
  })
})
