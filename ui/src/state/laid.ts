// Pages of a list laid end to end, and laid anew when some of them were read again.
//
// A page is asked for by the cursor it follows, so two pages belong together where the one ends at the cursor
// that the other follows, and nowhere else. What was read again is the truth about its part of the list: rows
// that are not in it have left, and a row that is in it is nowhere else.

export interface Laid<Row> {
  /** The cursor after which it was asked for; null for the first. */
  after: string | null
  rows: readonly Row[]
}

interface Read<Row> {
  rows: readonly Row[]
  next: string | null
}

export interface Relaid<Row> {
  pages: Laid<Row>[]
  /** The cursor after the last row. */
  next: string | null
}

/**
 * Puts pages that were read one after another, the first of them in the place of page `at`, among those that
 * are there. Pages behind stay where they follow without a gap; else the list goes on from the last one read.
 * `first` is a first page read again beside them, put in where it still ends as the old one did.
 */
export function relay<Row extends { id: string }>(
  pages: readonly Laid<Row>[],
  next: string | null,
  at: number,
  read: readonly Read<Row>[],
  first: Read<Row> | null,
): Relaid<Row> {
  const taken = new Set<string>()
  const once = (rows: readonly Row[]) => rows.filter(({ id }) => !taken.has(id) && taken.add(id))
  let after = pages[at]?.after ?? null
  const renewed = read.map((page) => {
    const laid = { after, rows: once(page.rows) }
    after = page.next
    return laid
  })
  const top = first && at > 0 ? [{ after: null, rows: once(first.rows) }] : []

  const follows = after === null ? -1 : pages.findIndex((page, index) => index > at && page.after === after)
  const behind = follows < 0 ? [] : pages.slice(follows)
  const left = ({ after, rows }: Laid<Row>) => ({ after, rows: rows.filter(({ id }) => !taken.has(id)) })
  return {
    pages: [...top, ...pages.slice(top.length, at).map(left), ...renewed, ...behind.map(left)],
    next: follows < 0 ? after : next,
  }
}

/**
 * By how many rows the place that is being looked at has moved: what most of the rows there say, since
 * one of them may have gone elsewhere on its own.
 */
export function shiftAt(looking: number, before: readonly { id: string }[], after: readonly { id: string }[]): number {
  const places = new Map(after.map((row, index) => [row.id, index]))
  const votes = new Map<number, number>()
  before.slice(looking, looking + 9).forEach((row, n) => {
    const place = places.get(row.id)
    if (place === undefined) return
    const shift = place - (looking + n)
    votes.set(shift, (votes.get(shift) ?? 0) + 1)
  })
  const [most] = [...votes].sort(([, a], [, b]) => b - a)
  return most?.[0] ?? 0
}
