// What the codes of the Schema screen are called, and which of them want a look.

import type { IndexFit } from '../../ipc/generated/IndexFit'
import type { SchemaTable } from '../../ipc/generated/SchemaTable'
import type { Severity } from '../../ipc/generated/Severity'
import type { TableFit } from '../../ipc/generated/TableFit'
import type { TablesShown } from '../../state/routes/schema'

export const fitWord: Record<TableFit, string> = {
  present: 'present',
  different: 'different',
  missing: 'missing',
  legacy: 'left over',
  service_view: 'their view',
  unknown: 'unknown',
}

export const fitSeverity: Record<TableFit, Severity> = {
  present: 'ok',
  different: 'warn',
  missing: 'warn',
  legacy: 'muted',
  service_view: 'muted',
  unknown: 'muted',
}

export const indexWord: Record<IndexFit, string> = {
  present: 'there',
  missing: 'missing',
  broken: 'broken off',
  impossible: 'not possible',
}

const groups: Record<TablesShown, TableFit[]> = {
  attention: ['different', 'missing'],
  read: ['present', 'different'],
  theirs: ['legacy', 'service_view', 'unknown'],
  all: ['present', 'different', 'missing', 'legacy', 'service_view', 'unknown'],
}

export function inGroup(tables: readonly SchemaTable[], shown: TablesShown): SchemaTable[] {
  return tables.filter((table) => groups[shown].includes(table.fit))
}

/** What a table's row says in one line: about the whole of it, or how much of it is read. */
export function summary(table: SchemaTable): string {
  if (table.sentence) return table.sentence
  if (!table.columns.length) return 'Theirs; not read.'
  const missing = table.columns.filter((column) => column.source === null).length
  const partly = table.columns.filter((column) => column.source !== null && column.reason).length
  const parts = [`${table.columns.length - missing} of ${table.columns.length} columns read`]
  if (partly) parts.push(`${partly} in part`)
  return `${parts.join(', ')}.`
}
