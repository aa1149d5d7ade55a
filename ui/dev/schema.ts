// An invented database for the Schema screen.

import type { SchemaAttachment } from '../src/ipc/generated/SchemaAttachment'
import type { SchemaIndexes } from '../src/ipc/generated/SchemaIndexes'
import type { SchemaRollup } from '../src/ipc/generated/SchemaRollup'
import type { SchemaTable } from '../src/ipc/generated/SchemaTable'

export const attachment: SchemaAttachment = {
  product: 'Managed Hopsworks',
  generation: 'third generation',
  marks: ['First generation: instances_backup, billing_history', 'Third generation: usage_daily.opencost_cpu_hours'],
  since: '2026-11-02T08:00:00Z',
  made_by: '0.1.0',
  version: '0.1.0',
  current: true,
  changes: [],
  script: 'create view console.users as\nselect\n  t.id as id\nfrom public.users as t;\n',
  statements: 38,
  functions: [{ name: 'upsert_registered_user', reason: null }],
  elsewhere: [],
}

export const tables: SchemaTable[] = [
  {
    name: 'users',
    kind: 'table',
    fit: 'different',
    sentence: null,
    view: 'console.users',
    row_security: false,
    rows: 'about 12,000',
    size: '8.2 MB',
    columns: [
      { name: 'id', kind: 'text', source: 'id', reason: null },
      { name: 'spending_cap', kind: 'numeric', source: null, reason: 'The table users has no column spending_cap.' },
    ],
    others: ['api_token text'],
  },
  {
    name: 'instances_backup',
    kind: 'table',
    fit: 'legacy',
    sentence: 'A copy of the instances of the first generation.',
    view: null,
    row_security: true,
    rows: null,
    size: '16 kB',
    columns: [],
    others: ['id uuid'],
  },
]

export const indexes: SchemaIndexes = {
  proposals: [
    {
      name: 'hopsdesk_users_created_idx',
      table: 'users',
      reason: 'Users, the newest first.',
      script: 'create index concurrently hopsdesk_users_created_idx on public.users using btree (created_at, id);',
      fit: 'missing',
      note: null,
      rows: 'about 12,000',
      size: 'about 600 kB',
      worthwhile: true,
    },
  ],
  builds: [],
  cannot: null,
}

export const rollups: SchemaRollup[] = [
  {
    name: 'usage_by_user_month',
    refreshed_at: new Date().toISOString(),
    refreshed: '120 ms, 14 changed',
    checked_at: null,
    checked: null,
    differences: null,
    note: null,
  },
]
