// Which rows of a long list are drawn, and how much room stands for the others: arithmetic of ListTable.
// Every row is 36 pixels high, so a scroll position is a row number; `slots` says what to draw, `reveal`
// where to scroll to, `rowStep` where a key leads.

export const rowHeight = 36
export const headHeight = 33
const overscan = 8

/** Rows `start` to `end` (not included). */
export interface RowWindow {
  start: number
  end: number
}

export type Slot = { gap: number; key: string } | { row: number }

/** The rows to draw for a scroll position: those that are seen and a few on either side. */
export function rowWindow(scrollTop: number, viewHeight: number, count: number): RowWindow {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const seen = Math.ceil(viewHeight / rowHeight) + 1
  const start = Math.min(Math.max(0, first - overscan), Math.max(0, count - 1))
  return { start, end: Math.min(count, first + seen + overscan) }
}

/**
 * The rows and gaps to draw, top to bottom. The chosen row is drawn wherever it is: it may hold the
 * focus, and a row that leaves the page takes the focus with it.
 */
export function slots({ start, end }: RowWindow, count: number, chosen: number | null): Slot[] {
  const rows: number[] = []
  for (let row = start; row < end; row += 1) rows.push(row)
  if (chosen !== null && chosen >= 0 && chosen < count) {
    if (chosen < start) rows.unshift(chosen)
    else if (chosen >= end) rows.push(chosen)
  }
  const all: Slot[] = []
  let next = 0
  const fill = (until: number) => {
    if (until > next) all.push({ gap: (until - next) * rowHeight, key: `gap-${all.length === 0 ? 'top' : until}` })
  }
  for (const row of rows) {
    fill(row)
    all.push({ row })
    next = row + 1
  }
  fill(count)
  return all
}

/** The scroll position at which a row is wholly seen, changed as little as possible. */
export function reveal(row: number, scrollTop: number, viewHeight: number): number {
  const top = row * rowHeight
  const bottom = top + rowHeight
  if (top < scrollTop) return top
  if (bottom > scrollTop + viewHeight) return bottom - viewHeight
  return scrollTop
}

/** Where a key leads from the chosen row; null for keys that lead nowhere. */
export function rowStep(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to))
}
