import { describe, expect, it } from 'vitest'

import { lackingSentence, shownColumns, widths } from '../../controls/list/columns'
import { columns } from './columns'

describe('columns', () => {
  it.each([700, 940, 1036, 1241, 1676])('fill a table of %d pixels exactly', (width) => {
    const all = widths(shownColumns(columns, width, []), width)
    expect(all.reduce((sum, each) => sum + each, 0)).toBe(width)
  })

  it('show the day of registration only where there is room', () => {
    const keys = (width: number) => shownColumns(columns, width, []).map((column) => column.key)
    expect(keys(1036)).not.toContain('created_at')
    expect(keys(1600)).toContain('created_at')
  })

  it('without data are left out, and a sentence says so', () => {
    expect(shownColumns(columns, 1036, ['team', 'month_cost']).map(({ key }) => key)).not.toContain('team')
    expect(lackingSentence(columns, ['team', 'month_cost'])).toBe(
      'This database does not record teams or usage cost; those columns are left out.',
    )
    expect(lackingSentence(columns, [])).toBeNull()
    expect(lackingSentence(columns, ['something_unknown'])).toBeNull()
  })

  it('that are sorted by name a sort the core knows', () => {
    expect(columns.filter((column) => column.sort).map((column) => column.sort)).toEqual([
      'name',
      'email',
      'month_cost',
      'created',
      'last_login',
    ])
  })
})
