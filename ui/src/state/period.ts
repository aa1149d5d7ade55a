// Periods that screens ask for: chosen, written in addresses, and turned into days. Days are UTC, both ends
// included, as the service counts usage.
//   parse:  period: parsePeriod(params, lastDays30)      address:  writePeriod(params, view.period, lastDays30)
//   ask:    usagePage({ ...daysOf(view.period, utcDay(Date.now())) })      compare:  before(days)

export const presets = ['this_month', 'last_month', '7d', '30d', '90d', '365d'] as const
export type Preset = (typeof presets)[number]

/** `2026-11-20`, both days included. */
export interface Days {
  from: string
  to: string
}

/** A preset moves with the day it is looked at; two days stay what they are. */
export type Period = { preset: Preset } | Days

export const presetWord: Record<Preset, string> = {
  this_month: 'This month',
  last_month: 'Last month',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last 365 days',
}

const day = 86_400_000

/** The UTC day of a moment. */
export function utcDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** A day that the calendar has; null for anything else that an address may hold. */
export function parseDay(text: string | null): string | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && utcDay(time) === text ? text : null
}

function moved(from: string, days: number): string {
  return utcDay(Date.parse(`${from}T00:00:00Z`) + days * day)
}

/** The first day of the month that lies `months` after this day's. */
function monthStart(of: string, months: number): string {
  const [year = 0, month = 1] = of.split('-').map(Number)
  return utcDay(Date.UTC(year, month - 1 + months, 1))
}

/** The days of a period as seen on a day. */
export function daysOf(period: Period, today: string): Days {
  if (!('preset' in period)) return period
  switch (period.preset) {
    case 'this_month':
      return { from: monthStart(today, 0), to: today }
    case 'last_month':
      return { from: monthStart(today, -1), to: moved(monthStart(today, 0), -1) }
    default:
      return { from: moved(today, 1 - Number.parseInt(period.preset, 10)), to: today }
  }
}

/** This month so far, and the whole months before it: so many in all. */
export function lastMonths(count: number, today: string): Days {
  return { from: monthStart(today, 1 - count), to: today }
}

/** How many days. */
export function lengthOf({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / day) + 1
}

/** As many days, right before these. */
export function before(days: Days): Days {
  return { from: moved(days.from, -lengthOf(days)), to: moved(days.from, -1) }
}

/** `?period=90d` or `?from=2026-10-01&to=2026-10-31`. */
export function parsePeriod(params: URLSearchParams, otherwise: Period): Period {
  const preset = presets.find((known) => known === params.get('period'))
  if (preset) return { preset }
  const [from, to] = [parseDay(params.get('from')), parseDay(params.get('to'))]
  return from && to && from <= to ? { from, to } : otherwise
}

export function writePeriod(params: URLSearchParams, period: Period, otherwise: Period) {
  if (samePeriod(period, otherwise)) return
  if ('preset' in period) {
    params.set('period', period.preset)
  } else {
    params.set('from', period.from)
    params.set('to', period.to)
  }
}

export function samePeriod(a: Period, b: Period): boolean {
  if ('preset' in a) return 'preset' in b && a.preset === b.preset
  return !('preset' in b) && a.from === b.from && a.to === b.to
}
