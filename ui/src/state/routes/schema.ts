// The address of Schema, with which tables it shows.

import { isPath, one, type Place } from './place'

/** Which tables: those that want a look, all, or one standing. */
export type TablesShown = 'attention' | 'read' | 'theirs' | 'all'

export interface SchemaRoute {
  screen: 'schema'
  tables: TablesShown
}

const shown: TablesShown[] = ['attention', 'read', 'theirs', 'all']

export const toSchema = '#/schema'

export const schema: Place<SchemaRoute> = {
  parse: (path, params) =>
    isPath(path, 'schema') ? { screen: 'schema', tables: one(params.get('tables'), shown) ?? 'all' } : null,
  format: ({ tables }) => (tables === 'all' ? toSchema : `${toSchema}?tables=${tables}`),
}
