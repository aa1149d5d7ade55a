import { render } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import Time from './Time.svelte'

const shown = (value: string, zone: string) => {
  const { container } = render(Time, { value, as: 'date', zone })
  const time = container.querySelector('time')!
  return [time.textContent, time.title]
}

describe('a time', () => {
  it('names the day of its zone', () => {
    expect(shown('2026-11-20T03:00:00Z', 'America/Los_Angeles')[0]).toBe('19 Nov 2026')
  })

  it('names a day that has no time of day alike in every zone, and invents no hour for it', () => {
    for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland'])
      expect(shown('2026-11-20', zone)).toEqual(['20 Nov 2026', '20 Nov 2026'])
  })
})
