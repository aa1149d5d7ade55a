import { describe, expect, it } from 'vitest'

import { Selection } from './selection.svelte'

const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
const ids = (selection: Selection<{ id: string }>) => selection.rows.map(({ id }) => id).sort().join('')

describe('a selection of rows', () => {
  it('ticks a range as its first row is, whichever way it goes', () => {
    const selection = new Selection<{ id: string }>()
    selection.toggle(rows, 3)
    selection.toggle(rows, 1, true)
    expect(ids(selection)).toBe('bcd')
    selection.toggle(rows, 1)
    selection.toggle(rows, 2, true)
    expect(ids(selection), 'a range from an empty box empties').toBe('d')
  })

  it('ticks a single row where the one ticked last has gone', () => {
    const selection = new Selection<{ id: string }>()
    selection.toggle([{ id: 'gone' }], 0)
    selection.toggle(rows, 2, true)
    expect(ids(selection)).toBe('cgone')
  })

  it('ticks all that are shown, and none when all are', () => {
    const selection = new Selection<{ id: string }>()
    selection.toggle(rows, 0)
    selection.all(rows)
    expect(selection.size).toBe(5)
    selection.all(rows)
    expect(selection.size).toBe(0)
  })

  it('grows with Shift and the arrows', () => {
    const selection = new Selection<{ id: string }>()
    selection.extend(rows, 1, 2)
    selection.extend(rows, 2, 3)
    expect(ids(selection)).toBe('bcd')
  })
})
