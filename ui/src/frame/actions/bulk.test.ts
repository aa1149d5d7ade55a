import { describe, expect, it, vi } from 'vitest'

import type { BulkOpening } from '../../ipc/generated/BulkOpening'
import type { ManyOrder } from '../../ipc/generated/ManyOrder'
import { staff } from '../../state/staff.svelte'
import { support, suspended } from '../../test.actions'
import { coreAnswers, failure } from '../../test.answers'
import { Bulk, slice } from './bulk.svelte'

const people = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `u${n}`, name: `Person ${n}` }))
const suspend = (count: number) => ({ what: 'many' as const, action: 'suspend_account', title: 'Suspend', subjects: people(count) })

function answered({ subjects }: ManyOrder, refused: (subject: string) => string | null = () => null) {
  const results = subjects.map((subject) => ({ subject, done: refused(subject) ? null : suspended(), failure: refused(subject) }))
  return { done: results.length, failed: 0, already: 0, results }
}

describe('an action on many', () => {
  it('is tried dry, a slice at a time, and says of each what would happen', async () => {
    const asked = coreAnswers({ perform_on_many: ({ order }) => answered(order, (subject) => (subject === 'u3' ? 'Already suspended.' : null)) })
    const bulk = new Bulk(suspend(slice + 20))
    await vi.waitFor(() => expect(bulk.phase).toBe('tried'), { timeout: 15_000 })
    const orders = asked.map(({ args }) => args.order as ManyOrder)
    expect(orders.map(({ subjects, run }) => [subjects.length, run])).toEqual([[slice, null], [20, null]])
    expect(bulk.rows[3]).toMatchObject({ state: 'refused', words: 'Already suspended.' })
    expect(bulk.rows[0]).toMatchObject({ state: 'would', words: 'status: active → suspended, and 2 others' })
  })

  it('leaves out whom the dry run refused, and goes on after a failure under the same key', async () => {
    let broken = true
    const asked = coreAnswers({
      who_is_there: () => support(600),
      open_bulk: () => null,
      end_bulk: () => null,
      perform_on_many: ({ order }) => {
        if (order.run && order.subjects.includes('u150') && broken) return Promise.reject(failure('The database did not answer.'))
        return answered(order, (subject) => (subject === 'u3' ? 'Already suspended.' : null))
      },
    })
    await staff.look()
    const bulk = new Bulk(suspend(200), 'run-of-the-test')
    await vi.waitFor(() => expect(bulk.phase).toBe('tried'), { timeout: 15_000 })
    expect(await bulk.perform(), 'without a reason nothing is done').toBe(false)
    bulk.reason = 'fraud ring'
    expect(await bulk.perform()).toBe(false)
    expect(bulk.phase).toBe('interrupted')
    expect(bulk.count('done')).toBe(slice)
    broken = false
    expect(await bulk.perform()).toBe(true)
    expect(bulk.count('done')).toBe(199)
    const runs = asked.map(({ args }) => args.order as ManyOrder | undefined).filter((order) => order?.run)
    expect(new Set(runs.map((order) => order!.run))).toEqual(new Set(['run-of-the-test']))
    expect(runs.flatMap((order) => order!.subjects)).not.toContain('u3')
    const opened = asked.filter(({ command }) => command === 'open_bulk').map(({ args }) => args.opening as BulkOpening)
    expect(opened.map(({ run, subjects, reason }) => [run, subjects.length, reason]), 'kept once, before its first row').toEqual([['run-of-the-test', 199, 'fraud ring']])
    expect(asked.findIndex(({ command }) => command === 'open_bulk')).toBeLessThan(asked.findIndex(({ args }) => (args.order as ManyOrder | undefined)?.run))
    expect(asked.filter(({ command }) => command === 'end_bulk')).toHaveLength(1)
  })

  it('goes on where a console that was killed had stopped, with its key, reason and arguments', async () => {
    const asked = coreAnswers({ who_is_there: () => support(600), end_bulk: () => null, perform_on_many: ({ order }) => answered(order) })
    await staff.look()
    const kept = { run: 'cut-off-run', reason: 'fraud ring', arguments: {}, done: new Set(['u0', 'u1']) }
    const bulk = new Bulk({ ...suspend(5), kept })
    expect(bulk.phase).toBe('interrupted')
    expect(await bulk.perform()).toBe(true)
    const [order, ...others] = asked.map(({ args }) => args.order as ManyOrder | undefined).filter(Boolean)
    expect(others).toEqual([])
    expect(order).toEqual({ action: 'suspend_account', subjects: ['u2', 'u3', 'u4'], arguments: {}, reason: 'fraud ring', run: 'cut-off-run' })
    expect(bulk.rows.map(({ state }) => state)).toEqual(['already', 'already', 'done', 'done', 'done'])
  })

  it('takes entries back by their numbers, and says which have moved on', async () => {
    const results = (entries: number[]) =>
      entries.map((id) => ({ subject: String(id), done: id === 8 ? null : suspended(), failure: id === 8 ? 'The world has moved on.' : null }))
    const asked = coreAnswers({
      who_is_there: () => support(600),
      open_bulk: () => null,
      end_bulk: () => null,
      undo_many: ({ entries }) => ({ done: 0, failed: 0, already: 0, results: results(entries) }),
    })
    await staff.look()
    const bulk = new Bulk({ what: 'many', action: 'undo', title: 'Undo', subjects: [7, 8].map((id) => ({ id: String(id), name: `Person ${id}` })) }, 'undo-of-the-test')
    await vi.waitFor(() => expect(bulk.phase).toBe('tried'), { timeout: 15_000 })
    expect(bulk.rows[1]).toMatchObject({ state: 'refused', words: 'The world has moved on.' })
    bulk.reason = 'it was a mistake'
    expect(await bulk.perform()).toBe(true)
    expect(asked.filter(({ command }) => command === 'undo_many').map(({ args }) => args)).toEqual([
      { entries: [7, 8], reason: null, run: null },
      { entries: [7], reason: 'it was a mistake', run: 'undo-of-the-test' },
    ])
  })
})
