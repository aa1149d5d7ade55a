import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { failure, pending } from '../test.answers'
import { Live } from './live.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('live data', () => {
  it('keeps what is shown when a later read fails, and says why', async () => {
    const read = vi.fn<() => Promise<string>>().mockResolvedValueOnce('first').mockRejectedValue(failure('gone'))
    const live = new Live<string>(4000)
    live.ask(read)
    await settled()
    const readAt = live.readAt
    await vi.advanceTimersByTimeAsync(4000)
    expect(live.data, 'a failed read must not blank the panel').toBe('first')
    expect(live.failure?.message).toBe('gone')
    expect(live.readAt, 'the age is that of the data, not of the attempt').toBe(readAt)
    live.stop()
  })

  it('reads more slowly while reads fail, and at its pace again afterwards', async () => {
    let works = false
    const read = vi.fn(() => (works ? Promise.resolve('ok') : Promise.reject(failure('gone'))))
    const live = new Live<string>(4000)
    live.ask(read)
    await settled()
    await vi.advanceTimersByTimeAsync(4000)
    await vi.advanceTimersByTimeAsync(4000)
    expect(read, 'after two failures the pause is eight seconds').toHaveBeenCalledTimes(2)
    works = true
    await vi.advanceTimersByTimeAsync(4000)
    expect(read).toHaveBeenCalledTimes(3)
    expect(live.failure).toBeNull()
    await vi.advanceTimersByTimeAsync(4000)
    expect(read).toHaveBeenCalledTimes(4)
    live.stop()
  })

  it('tries again every half minute at the latest, however long it has failed', async () => {
    const read = vi.fn(() => Promise.reject(failure('gone')))
    const live = new Live<string>(4000)
    live.ask(read)
    await vi.advanceTimersByTimeAsync(600_000)
    const tried = read.mock.calls.length
    await vi.advanceTimersByTimeAsync(30_000)
    expect(read).toHaveBeenCalledTimes(tried + 1)
    live.stop()
  })

  it('spares a database that answers slowly', async () => {
    const slowly = () => new Promise<string>((answer) => setTimeout(() => answer('late'), 1000))
    const read = vi.fn(slowly)
    const live = new Live<string>(4000)
    live.ask(read)
    await vi.advanceTimersByTimeAsync(1000)
    expect(live.data).toBe('late')
    await vi.advanceTimersByTimeAsync(19_000)
    expect(read, 'a second of reading is worth twenty of rest').toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(read).toHaveBeenCalledTimes(2)
    live.stop()
  })

  it('never has two reads of the same thing under way', async () => {
    const answer = pending<string>()
    const read = vi.fn(() => answer.promise)
    const live = new Live<string>(4000)
    live.ask(read)
    void live.refresh()
    live.wake()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(read).toHaveBeenCalledTimes(1)
    live.stop()
  })

  it('drops the answer to a question that has changed', async () => {
    const slow = pending<string>()
    const live = new Live<string>(4000)
    live.ask(() => slow.promise)
    live.ask(() => Promise.resolve('new'))
    await settled()
    slow.give('old')
    await settled()
    expect(live.data).toBe('new')
    live.stop()
  })

  it('shows the old answer, marked as changing, until the new one is here', async () => {
    const next = pending<string>()
    const live = new Live<string>(4000)
    live.ask(() => Promise.resolve('old'))
    await settled()
    live.ask(() => next.promise)
    expect([live.data, live.changing]).toEqual(['old', true])
    next.give('new')
    await settled()
    expect([live.data, live.changing]).toEqual(['new', false])
    live.stop()
  })

  it('asks nothing while the window is hidden, and at once when it is shown', async () => {
    const read = vi.fn(() => Promise.resolve('x'))
    const live = new Live<string>(4000)
    live.ask(read)
    await settled()
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(1)
    visibility.mockReturnValue('visible')
    live.wake()
    expect(read).toHaveBeenCalledTimes(2)
    visibility.mockRestore()
    live.stop()
  })

  it('takes its age from when the core read, not from when the answer came', async () => {
    const live = new Live<{ read_at: string }>(4000)
    live.ask(() => Promise.resolve({ read_at: '2026-11-20T12:00:00Z' }))
    await settled()
    expect(live.readAt).toBe(Date.parse('2026-11-20T12:00:00Z'))
    live.stop()
  })

  it('does not show the answer to one question under another that fails', async () => {
    const live = new Live<string>(4000)
    live.ask(() => Promise.resolve('old'))
    await settled()
    const next = pending<string>()
    live.ask(() => next.promise)
    next.refuse(failure('gone'))
    await settled()
    expect([live.data, live.readAt, live.failure?.message]).toEqual([undefined, null, 'gone'])
    live.stop()
  })

  it('keeps the answer to what is asked in another way when that fails', async () => {
    const live = new Live<string>(4000)
    live.ask(() => Promise.resolve('cost'), 'cost')
    await settled()
    live.ask(() => Promise.reject(failure('gone')), 'cost')
    await settled()
    expect([live.data, live.failure?.message]).toEqual(['cost', 'gone'])
    live.ask(() => Promise.reject(failure('gone')), 'hours')
    await settled()
    expect(live.data).toBeUndefined()
    live.stop()
  })

  it('does not give the reason of one question for another that is on its way', async () => {
    const live = new Live<string>(4000)
    live.ask(() => Promise.reject(failure('gone')))
    await settled()
    live.ask(() => pending<string>().promise)
    expect([live.failure, live.loading]).toEqual([null, true])
    live.stop()
  })
})
