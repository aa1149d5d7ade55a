// The words of the Invoices screens.

import { describe, expect, it } from 'vitest'

import { monthsTo, monthWord } from './words'

describe('months', () => {
  it('go back over the year', () => {
    expect(monthsTo('2026-02', 4)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
  })

  it('are named short', () => {
    expect(monthWord('2026-11')).toBe('Nov 2026')
  })
})
