// Which rows of a list are ticked, by their ids: kept while more rows come, forgotten when the list shows others.

export class Selection<Row extends { id: string }> {
  #rows = $state.raw<ReadonlyMap<string, Row>>(new Map())
  /** Where a range begins: the row ticked last. */
  #anchor: string | null = null

  get size(): number {
    return this.#rows.size
  }

  get rows(): Row[] {
    return [...this.#rows.values()]
  }

  has(id: string): boolean {
    return this.#rows.has(id)
  }

  /** Ticks a row, or the other way round; with `range` all rows from the one ticked last to this one, alike. */
  toggle(rows: readonly Row[], index: number, range = false) {
    const row = rows[index]
    if (!row) return
    const on = !this.has(row.id)
    const from = range && this.#anchor !== null ? rows.findIndex(({ id }) => id === this.#anchor) : -1
    const touched = from < 0 ? [row] : rows.slice(Math.min(from, index), Math.max(from, index) + 1)
    // A range is as its first row is.
    this.#set(touched, from < 0 ? on : this.has(rows[from]!.id))
    this.#anchor = row.id
  }

  /** Ticks a row and, coming from another, that one too: what Shift with an arrow key does. */
  extend(rows: readonly Row[], from: number, to: number) {
    this.#set([rows[from], rows[to]].filter((row) => row !== undefined), true)
    this.#anchor = rows[to]?.id ?? this.#anchor
  }

  /** All of these, or none when all are ticked already. */
  all(rows: readonly Row[]) {
    this.#set(rows, !rows.every(({ id }) => this.has(id)))
  }

  clear() {
    this.#rows = new Map()
    this.#anchor = null
  }

  #set(rows: readonly Row[], on: boolean) {
    const next = new Map(this.#rows)
    for (const row of rows) {
      if (on) next.set(row.id, row)
      else next.delete(row.id)
    }
    this.#rows = next
  }
}
