// The columns of a list as data, and how wide each is in the room there is.
//
// A screen writes an array of them, left to right; the first leads to the row's page. A column the database
// has no data for (its key is in the page's `lacking`) is left out and named in a sentence by its `absence`.

import type { Money } from '../../ipc/generated/Money'

export interface Column<Row, Sort extends string = string> {
  key: string
  title: string
  /** In pixels, padding included. */
  width: number
  /** Its share of what is left over. */
  grows: number
  sort?: Sort
  /** Right-aligned: numbers, money, dates. */
  end?: boolean
  /** Of less weight than the others. */
  muted?: boolean
  /** Shown only in a table at least this wide. */
  from?: number
  /** What stands small under the row's name while there is no room for the column; of the name's own column, always. */
  under?: (row: Row) => string | null
  /** What is said when this database has no data for it. */
  absence?: string
  /** The cell is this amount; a currency that all rows in sight share is named in the head. */
  money?: (row: Row) => Money | null
  /** Explains the title on hover. */
  hint?: string
}

/** What a button at a row's end copies. */
export interface Copied {
  value: string
  /** What it is, e.g. `"number"`. */
  what: string
}

/** The columns for a table of this width, without those that this database has no data for. */
export function shownColumns<C extends Column<never>>(columns: readonly C[], width: number, lacking: readonly string[]): C[] {
  return columns.filter(
    (column) => !lacking.includes(column.key) && (column.from === undefined || width >= column.from),
  )
}

/** The columns of which each row says under its name what it has: its own, and those there is no room for. */
export function columnsUnder<C extends Column<never>>(columns: readonly C[], width: number, lacking: readonly string[]): C[] {
  const shown = shownColumns(columns, width, lacking)
  return columns.filter((column, at) => column.under && !lacking.includes(column.key) && (at === 0 || !shown.includes(column)))
}

/** Widths in whole pixels that together are exactly the table's, however narrow that is. */
export function widths(shown: readonly Pick<Column<never>, 'width' | 'grows'>[], total: number): number[] {
  const fixed = shown.reduce((sum, column) => sum + column.width, 0)
  const growing = shown.reduce((sum, column) => sum + column.grows, 0)
  const left = total - fixed
  const result = shown.map(({ width, grows }) =>
    Math.floor(left >= 0 ? width + (left * grows) / (growing || 1) : (width * total) / fixed),
  )
  const rest = total - result.reduce((sum, width) => sum + width, 0)
  if (result.length) result[0]! += rest
  return result
}

/** One sentence about the columns that are not shown; null when all are. */
export function lackingSentence(columns: readonly Column<never>[], lacking: readonly string[]): string | null {
  const absent = columns.filter(({ key }) => lacking.includes(key)).map((column) => column.absence ?? column.title)
  if (!absent.length) return null
  const list = absent.length === 1 ? absent[0] : `${absent.slice(0, -1).join(', ')} or ${absent.at(-1)}`
  return `This database does not record ${list}; those columns are left out.`
}
