import { describe, expect, it } from 'vitest'

import { commonCurrency, exactMoney, money } from './money'
import { grouped } from './number'
import { age, ago, clockTime, dataAge, date, exactly, plainDay } from './time'
import { counted } from './words'

const noon = Date.parse('2026-11-20T12:00:00Z')
const before = (minutes: number) => noon - minutes * 60_000

describe('money', () => {
  const amount = (shown: string, currency: string) => ({ amount: '1840.2215003', currency, shown })

  it('puts the sign of a currency before the digits', () => {
    expect(money(amount('1,840.22', 'USD'))).toBe('$1,840.22')
    expect(money(amount('1,840.22', 'EUR'))).toBe('€1,840.22')
  })

  it('puts the code of other currencies after the digits', () => {
    expect(money(amount('1,840.22', 'SEK'))).toBe('1,840.22 SEK')
  })

  it('writes what is owed with a true minus before the sign, however it arrives', () => {
    expect(money(amount('-3.00', 'USD'))).toBe('−$3.00')
    expect(money(amount('−3.00', 'USD'))).toBe('−$3.00')
    expect(money(amount('-3.00', 'SEK'))).toBe('−3.00 SEK')
  })

  it('keeps every digit for the hover', () => {
    expect(exactMoney(amount('1,840.22', 'USD'))).toBe('1840.2215003 USD')
  })

  it('names a currency for a column only where all amounts share it', () => {
    const [usd, sek] = [amount('1.00', 'USD'), amount('1.00', 'SEK')]
    expect(commonCurrency([usd, null, usd])).toBe('USD')
    expect(commonCurrency([usd, sek])).toBeNull()
    expect(commonCurrency([null])).toBeNull()
  })
})

describe('time', () => {
  it.each([
    [0.5, 'just now'],
    [2, '2 min'],
    [59.9, '59 min'],
    [60, '1 h'],
    [60 * 23.9, '23 h'],
    [60 * 24 * 31, '31 d'],
    [60 * 24 * 90, '2 mo'],
    [60 * 24 * 800, '2 y'],
  ])('says of something %d minutes old: %s', (minutes, said) => {
    expect(age(before(minutes), noon)).toBe(said)
  })

  it('never says that something will have happened, when clocks differ', () => {
    expect(age(noon + 5000, noon)).toBe('just now')
    expect(dataAge(noon + 5000, noon)).toBe('0 s')
  })

  it('does not say “just now ago”', () => {
    expect(ago(noon, noon)).toBe('just now')
    expect(ago(before(5 * 60), noon)).toBe('5 h ago')
  })

  it('counts seconds where freshness is meant', () => {
    expect(dataAge(noon - 4200, noon)).toBe('4 s')
    expect(dataAge(before(3), noon)).toBe('3 min')
  })

  it('names the zone, and gives the time in UTC beside it', () => {
    expect(exactly(noon, 'Europe/Stockholm')).toMatch(/^20 Nov 2026, 13:00:00 (CET|GMT\+1) · 12:00:00 UTC$/)
    expect(exactly(noon, 'UTC')).toBe('20 Nov 2026, 12:00:00 UTC')
  })

  it('shows the day of the reader’s zone', () => {
    expect(date(Date.parse('2026-09-14T23:30:00Z'), 'Asia/Tokyo')).toBe('15 Sep 2026')
  })

  it('writes by hand what the engine would write', () => {
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
    const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    for (let time = Date.parse('2024-02-27T21:17:05Z'); time < Date.parse('2026-12-31'); time += 7_777_777_000) {
      expect(date(time)).toBe(day.format(time).replace('Sept', 'Sep'))
      expect(clockTime(time, time)).toBe(clock.format(time))
    }
    const whole = new Intl.NumberFormat('en-US')
    for (const count of [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 1_234_567_890, -5, -1000, -123_456]) {
      expect(grouped(count)).toBe(whole.format(count))
    }
  })

  it('leaves a plain day the day it is', () => {
    expect(plainDay('2026-11-20')).toBe('20 Nov 2026')
    expect(plainDay('not a day')).toBe('not a day')
  })
})

it('counts one and many', () => {
  expect(counted(1, 'member')).toBe('1 member')
  expect(counted(1284, 'member')).toBe('1,284 members')
})
