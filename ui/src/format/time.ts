// Times as people read them: short and relative in the page, exact with its zone on hover.

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `2 min`, `5 h`, `31 d`, `8 mo`, `3 y`: how long ago, for a cell. */
export function age(then: number, now: number): string {
  const passed = Math.max(0, now - then)
  if (passed < minute) return 'just now'
  if (passed < hour) return `${Math.floor(passed / minute)} min`
  if (passed < day) return `${Math.floor(passed / hour)} h`
  if (passed < 60 * day) return `${Math.floor(passed / day)} d`
  if (passed < 730 * day) return `${Math.floor(passed / (30.44 * day))} mo`
  return `${Math.floor(passed / (365.25 * day))} y`
}

/** `5 h ago`; the same in a sentence. */
export function ago(then: number, now: number): string {
  const text = age(then, now)
  return text === 'just now' ? text : `${text} ago`
}

/** `4 s`, `3 min`: how old data is. Seconds matter here. */
export function dataAge(then: number, now: number): string {
  const passed = Math.max(0, now - then)
  return passed < minute ? `${Math.floor(passed / 1000)} s` : age(then, now)
}

/** `14 Mar 2026`, in the reader's own zone. */
export function date(time: number, zone?: string): string {
  return byHand(zone) ? dayOf(time, zone) : format(time, { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone })
}

/** `14 Mar 2026, 09:12:07 CET · 08:12:07 UTC`: for the hover. */
export function exactly(time: number, zone?: string): string {
  const local = format(time, { ...clock, timeZone: zone, timeZoneName: 'short' })
  const universal = timeOfDay(time, 'UTC')
  const both = / (UTC|GMT)$/.test(local) ? `${universal} UTC` : `${local} · ${universal} UTC`
  return `${date(time, zone)}, ${both}`
}

/** `12:03:10`, with the day before it when that is not today; in the reader's own zone. */
export function clockTime(time: number, now: number, zone?: string): string {
  const [day, today] = [date(time, zone), date(now, zone)]
  const shown = byHand(zone) ? timeOfDay(time, zone) : format(time, { ...clock, timeZone: zone })
  return day === today ? shown : `${day}, ${shown}`
}

/** A day without a time of day (`2026-11-20`): the same day whatever the reader's zone. */
export function plainDay(iso: string, { year = true } = {}): string {
  const time = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(time) ? iso : dayOf(time, 'UTC', { year })
}

// The reader's own zone and UTC are written here and not by the engine: its first formatter takes 10 ms to make, in
// which the first screen would wait.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const

const byHand = (zone: string | undefined): zone is 'UTC' | undefined => zone === undefined || zone === 'UTC'

function dayOf(time: number, zone: 'UTC' | undefined, { year = true } = {}): string {
  const at = new Date(time)
  const [y, m, d] = zone ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()] : [at.getFullYear(), at.getMonth(), at.getDate()]
  return `${d} ${months[m]}${year ? ` ${y}` : ''}`
}

function timeOfDay(time: number, zone: 'UTC' | undefined): string {
  const at = new Date(time)
  const parts = zone ? [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()] : [at.getHours(), at.getMinutes(), at.getSeconds()]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

function format(time: number, options: Intl.DateTimeFormatOptions): string {
  // A zone that the database knows and this engine does not: UTC is said on hover, and is not wrong.
  const { timeZone } = options
  if (timeZone && !isKnown(timeZone)) return format(time, { ...options, timeZone: 'UTC' })
  return formatter(options).format(time).replace('Sept', 'Sep')
}

// To make one takes half a millisecond and many kilobytes, and a screen shows a hundred times.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // One keeps the reader's zone as it was when it was made, and readers travel.
  const manner = `${new Date().getTimezoneOffset()} ${JSON.stringify(options)}`
  let made = formatters.get(manner)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', options)
    formatters.set(manner, made)
  }
  return made
}

const zones = new Map<string, boolean>()

function isKnown(zone: string): boolean {
  let known = zones.get(zone)
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en-GB', { timeZone: zone })
      known = true
    } catch {
      known = false
    }
    zones.set(zone, known)
  }
  return known
}
