// The columns of the Users list, and how wide each is in the room there is.

import type { UsersSort } from '../../ipc/generated/UsersSort'

export type ColumnKey =
  | 'name'
  | 'email'
  | 'standing'
  | 'plan'
  | 'team'
  | 'cluster'
  | 'month_cost'
  | 'created_at'
  | 'last_login_at'

export interface Column {
  key: ColumnKey
  title: string
  /** In pixels, padding included. */
  width: number
  /** Its share of what is left over. */
  grows: number
  sort?: UsersSort
  end?: boolean
  /** Shown only in a table at least this wide. */
  from?: number
  /** What is said when this database has no data for it. */
  absence?: string
}

export const columns: readonly Column[] = [
  { key: 'name', title: 'Name', width: 136, grows: 2, sort: 'name' },
  { key: 'email', title: 'E-mail', width: 144, grows: 3, sort: 'email' },
  { key: 'standing', title: 'Status', width: 142, grows: 0 },
  { key: 'plan', title: 'Plan', width: 80, grows: 0, absence: 'plans' },
  { key: 'team', title: 'Team', width: 144, grows: 2, absence: 'teams' },
  { key: 'cluster', title: 'Cluster', width: 138, grows: 0.5, absence: 'cluster assignments' },
  { key: 'month_cost', title: 'Cost', width: 114, grows: 0.3, sort: 'month_cost', end: true, absence: 'usage cost' },
  { key: 'created_at', title: 'Registered', width: 116, grows: 0, sort: 'created', end: true, from: 1240, absence: 'registration dates' },
  { key: 'last_login_at', title: 'Last login', width: 92, grows: 0, sort: 'last_login', end: true, absence: 'logins' },
]

/** The columns for a table of this width, without those that this database has no data for. */
export function shownColumns(width: number, lacking: readonly string[]): Column[] {
  return columns.filter(
    (column) => !isLacking(column, lacking) && (column.from === undefined || width >= column.from),
  )
}

/** Widths in whole pixels that together are exactly the table's, however narrow that is. */
export function widths(shown: readonly Column[], total: number): number[] {
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
export function lackingSentence(lacking: readonly string[]): string | null {
  const absent = columns.filter((column) => isLacking(column, lacking)).map((column) => column.absence ?? column.title)
  if (!absent.length) return null
  const list = absent.length === 1 ? absent[0] : `${absent.slice(0, -1).join(', ')} or ${absent.at(-1)}`
  return `This database does not record ${list}; those columns are left out.`
}

function isLacking(column: Column, lacking: readonly string[]) {
  return lacking.includes(column.key)
}
