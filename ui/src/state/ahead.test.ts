import { beforeEach, describe, expect, it, vi } from 'vitest'

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
})
