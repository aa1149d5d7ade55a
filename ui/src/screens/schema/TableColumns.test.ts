// Where columns come from, and what an expression among them means.
import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { SchemaTable } from '../../ipc/generated/SchemaTable'
import TableColumns from './TableColumns.svelte'

function from(source: string): SchemaTable {
  const column = { name: 'total_cost', kind: 'numeric', source, reason: null }
  return { name: 'usage_daily', kind: 'table', fit: 'present', sentence: null, view: 'console.usage_daily', row_security: true, rows: null, size: null, columns: [column], others: [] }
}

it('says where a zero gives way to another column, and only there', async () => {
  const { rerender } = render(TableColumns, { table: from('coalesce(total_cost, opencost_total_cost)') })
  expect(screen.queryByText(/counts as not filled in/)).toBeNull()
  await rerender({ table: from('coalesce(nullif(total_cost, 0), opencost_total_cost)') })
  expect(screen.getByText(/counts as not filled in/)).toBeTruthy()
})
