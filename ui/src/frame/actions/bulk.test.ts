import { describe, expect, it, vi } from 'vitest'

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
    await vi.waitFor(() => expect(bulk.phase).toBe('tried'))
    const orders = asked.map(({ args }) => args.order as ManyOrder)
    expect(orders.map(({ subjects, run }) => [subjects.length, run])).toEqual([[slice, null], [20, null]])
    expect(bulk.rows[3]).toMatchObject({ state: 'refused', words: 'Already suspended.' })
    expect(bulk.rows[0]).toMatchObject({ state: 'would', words: 'status: active → suspended, and 2 others' })
  })

  it('leaves out whom the dry run refused, and goes on after a failure under the same key', async () => {
    let broken = true
    const asked = coreAnswers({
      who_is_there: () => support(600),
      perform_on_many: ({ order }) => {
        if (order.run && order.subjects.includes('u150') && broken) return Promise.reject(failure('The database did not answer.'))
        return answered(order, (subject) => (subject === 'u3' ? 'Already suspended.' : null))
      },
    })
    await staff.look()
    const bulk = new Bulk(suspend(200), 'run-of-the-test')
    await vi.waitFor(() => expect(bulk.phase).toBe('tried'))
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
  })
})
