import { describe, expect, it } from 'vitest'

import { PagedList, type ListView } from './list.svelte'

interface Row {
  id: string
  cost: number
}

const view: ListView = { sort: 'cost', descending: true }

/** A list of people by cost, in pages of two, as the database orders and cuts them: by the last row's key. */
function byCost(costs: Record<string, number>) {
  const state = { costs }
  const order = () =>
    Object.entries(state.costs)
      .map(([id, cost]): Row => ({ id, cost }))
      .sort((a, b) => b.cost - a.cost || (a.id < b.id ? -1 : 1))
  const list = new PagedList(async (_: ListView, after: string | null) => {
    const rows = order()
    const [cost, id] = after?.split(' ') ?? []
    const start = after === null ? 0 : rows.filter((row) => row.cost > Number(cost) || (row.cost === Number(cost) && row.id <= id!)).length
    const page = rows.slice(start, start + 2)
    const last = page.at(-1)
    const next = last && start + 2 < rows.length ? `${last.cost} ${last.id}` : null
    return { rows: page, next, count: null, source: '', read_at: '2026-11-28T09:00:00Z' }
  })
  list.show('sandbox', view)
  return { state, order, list, ids: () => list.rows.map(({ id }) => id).join('') }
}

async function all(list: ReturnType<typeof byCost>['list']) {
  await list.refresh(0)
  while (list.next) await list.more()
}

describe('a list whose rows move', () => {
  it('loses nobody who is overtaken at the end of a page', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40 })
    await all(list)
    state.costs = { ...state.costs, c: 85 }
    await list.refresh(0, 2)
    while (list.next) await list.more()
    expect(ids()).toBe('acbdef')
  })

  it('loses nobody over whom somebody climbs from far below', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40 })
    await all(list)
    state.costs = { ...state.costs, f: 85 }
    await list.refresh(0, 6)
    expect(ids()).toBe('afbcde')
  })

  it('drops who has left the page that is looked at, and goes on without a gap', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40 })
    await all(list)
    const { d: _left, ...stay } = state.costs
    state.costs = stay
    await list.refresh(2, 2)
    expect(ids()).toBe('abce')
    await list.more()
    expect(ids()).toBe('abcef')
  })

  it('shows who came in the middle once one looks there', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40 })
    await all(list)
    state.costs = { ...state.costs, x: 65 }
    await list.refresh(2, 2)
    while (list.next) await list.more()
    expect(ids()).toBe('abcxdef')
  })

  it('leaves the top as it was for somebody who reads far down, and renews it when they come back', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40, g: 30, h: 20 })
    await all(list)
    state.costs = { ...state.costs, x: 95, g: 31 }
    expect(await list.refresh(6, 2)).toBe(0)
    expect([ids(), list.rows[6]?.cost]).toEqual(['abcdefgh', 31])
    await list.refresh(0, 2)
    while (list.next) await list.more()
    expect(ids()).toBe('xabcdefgh')
  })

  it('keeps what is being read in place when its page has moved up', async () => {
    const { state, list, ids } = byCost({ a: 90, b: 80, c: 70, d: 60, e: 50, f: 40 })
    await all(list)
    state.costs = { ...state.costs, f: 95 }
    expect(await list.refresh(2, 3)).toBe(1)
    expect(ids()).toBe('fabcde')
  })

  it('shows nobody twice and what is in sight as it is, whatever happened meanwhile', async () => {
    let seed = 7
    const upTo = (n: number) => (seed = (seed * 48271) % 2147483647) % n
    const { state, order, list } = byCost(Object.fromEntries([...'abcdefghijklmnop'].map((id, n) => [id, n * 10])))
    await all(list)
    for (let step = 0; step < 400; step += 1) {
      const id = String.fromCharCode(97 + upTo(26))
      const { [id]: _gone, ...others } = state.costs
      state.costs = upTo(3) === 0 ? others : { ...others, [id]: upTo(200) }
      if (upTo(2) === 0) await list.more()
      const looking = upTo(Math.max(1, list.count))
      const at = looking + (await list.refresh(looking, 3))
      const ids = list.rows.map((row) => row.id)
      expect(new Set(ids).size, `step ${step}`).toBe(ids.length)
      const there = order().map((row) => row.id)
      const seen = ids.slice(Math.max(0, at), Math.max(0, at) + 2)
      const begins = there.indexOf(seen[0]!)
      if (seen.length > 0) expect(there.slice(begins, begins + seen.length), `step ${step}`).toEqual(seen)
      if (upTo(20) === 0) await all(list)
    }
    await list.refresh(0, 1000)
    while (list.next) await list.more()
    expect(list.rows.map((row) => row.id)).toEqual(order().map((row) => row.id))
  })
})
