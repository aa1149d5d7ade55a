import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { live, type Live } from './live.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('live data of a component', () => {
  it('reads nothing and shows nothing while there is no question', async () => {
    let open = $state(true)
    const read = vi.fn(() => Promise.resolve('x'))
    let data!: Live<string>
    const end = $effect.root(() => {
      data = live(() => (open ? read : null), { every: 4000, aside: true })
    })
    flushSync()
    await settled()
    expect(data.data).toBe('x')
    open = false
    flushSync()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([data.data, data.readAt]).toEqual([undefined, null])
    expect(read).toHaveBeenCalledTimes(1)
    open = true
    flushSync()
    await settled()
    expect(data.data).toBe('x')
    end()
  })
})
