import { describe, expect, it } from 'vitest'

import { reveal, rowHeight, rowStep, rowWindow, slots } from './window'

const height = (all: ReturnType<typeof slots>) =>
  all.reduce((sum, slot) => sum + ('gap' in slot ? slot.gap : rowHeight), 0)

describe('the rows that are drawn', () => {
  it('cover what is seen, with a few to spare on either side', () => {
    const { start, end } = rowWindow(1000 * rowHeight + 10, 720, 100_000)
    expect(start).toBeLessThan(1000)
    expect(end).toBeGreaterThan(1000 + 720 / rowHeight)
  })

  it.each([0, 1, 17, 999, 50_000])('stay few at a hundred thousand rows, from row %d', (row) => {
    const { start, end } = rowWindow(row * rowHeight, 720, 100_000)
    expect(end - start).toBeLessThanOrEqual(38)
  })

  it('end with the list, and are none in an empty one', () => {
    expect(rowWindow(0, 720, 3)).toEqual({ start: 0, end: 3 })
    expect(rowWindow(0, 720, 0)).toEqual({ start: 0, end: 0 })
  })

  it('are some even when the list became shorter than the scroll position', () => {
    const { start, end } = rowWindow(90_000 * rowHeight, 720, 10)
    expect(end).toBe(10)
    expect(start).toBeLessThan(end)
  })

  it.each([null, 0, 2, 480, 510, 999])('and their gaps are always as high as the whole list (chosen %s)', (chosen) => {
    const drawn = slots(rowWindow(500 * rowHeight, 720, 1000), 1000, chosen)
    expect(height(drawn)).toBe(1000 * rowHeight)
  })

  it('include the chosen row wherever it is, so that the focus is not lost with it', () => {
    const drawn = slots(rowWindow(500 * rowHeight, 720, 1000), 1000, 2)
    expect(drawn[0]).toMatchObject({ gap: 2 * rowHeight })
    expect(drawn[1]).toEqual({ row: 2 })
  })

  it('have keys of their own, each once', () => {
    for (const chosen of [null, 2, 999]) {
      const drawn = slots(rowWindow(500 * rowHeight, 720, 1000), 1000, chosen)
      const keys = drawn.map((slot) => ('gap' in slot ? slot.key : slot.row))
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})

describe('scrolling to a row', () => {
  it('moves nothing when the row is seen', () => expect(reveal(5, 0, 720)).toBe(0))
  it('brings a row above to the top', () => expect(reveal(5, 720, 720)).toBe(5 * rowHeight))
  it('brings a row below to the bottom', () => expect(reveal(30, 0, 720)).toBe(31 * rowHeight - 720))
})

describe('keys', () => {
  it.each([
    ['ArrowDown', 3, 4],
    ['ArrowUp', 0, 0],
    ['PageDown', 95, 99],
    ['PageUp', 5, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
  ])('%s leads from row %d to %d', (key, at, to) => expect(rowStep(key, at, 100, 10)).toBe(to))

  it('that mean something else, and an empty list, lead nowhere', () => {
    expect(rowStep('a', 3, 100, 10)).toBeNull()
    expect(rowStep('ArrowDown', 0, 0, 10)).toBeNull()
  })
})
