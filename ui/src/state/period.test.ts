import { describe, expect, it } from 'vitest'

import { before, daysOf, lastMonths, lengthOf, parseDay, parsePeriod, presets, writePeriod, type Period } from './period'

const month: Period = { preset: 'this_month' }
const today = '2026-03-02'

describe('periods', () => {
  it.each([
    ['this_month', '2026-03-01', '2026-03-02'],
    ['last_month', '2026-02-01', '2026-02-28'],
    ['7d', '2026-02-24', '2026-03-02'],
    ['30d', '2026-02-01', '2026-03-02'],
    ['365d', '2025-03-03', '2026-03-02'],
  ] as const)('%s is from %s to %s', (preset, from, to) => {
    expect(daysOf({ preset }, today)).toEqual({ from, to })
  })

  it('know the month before January, and the days of a leap February', () => {
    expect(daysOf({ preset: 'last_month' }, '2027-01-15')).toEqual({ from: '2026-12-01', to: '2026-12-31' })
    expect(daysOf({ preset: 'last_month' }, '2028-03-31')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
  })

  it('of whole months begin with a month, and end today', () => {
    expect(lastMonths(1, today)).toEqual({ from: '2026-03-01', to: today })
    expect(lastMonths(12, today)).toEqual({ from: '2025-04-01', to: today })
    expect(lengthOf(lastMonths(24, '2026-01-31')), 'a leap day is one of them').toBe(731)
  })

  it('are compared with as many days right before', () => {
    const days = { from: '2026-03-01', to: '2026-03-31' }
    expect(lengthOf(days)).toBe(31)
    expect(before(days)).toEqual({ from: '2026-01-29', to: '2026-02-28' })
    expect(lengthOf(before(days))).toBe(31)
  })

  it.each([...presets.map((preset) => ({ preset })), { from: '2026-02-01', to: '2026-02-01' }] as Period[])(
    'come back from an address: %j',
    (period) => {
      const params = new URLSearchParams()
      writePeriod(params, period, month)
      expect(parsePeriod(params, month)).toEqual(period)
      if ('preset' in period && period.preset === 'this_month') expect(params.toString()).toBe('')
    },
  )

  it.each(['period=1y', 'from=2026-02-30&to=2026-03-01', 'from=2026-03-02&to=2026-03-01', 'from=2026-03-01', 'from=x&to=y'])(
    'are the usual one where an address makes no sense: %s',
    (query) => expect(parsePeriod(new URLSearchParams(query), month)).toEqual(month),
  )

  it('are made of days that exist', () => {
    expect(parseDay('2028-02-29')).toBe('2028-02-29')
    for (const text of ['2026-02-29', '2026-2-1', '20260201', '', null]) expect(parseDay(text)).toBeNull()
  })
})
