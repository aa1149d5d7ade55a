import { describe, expect, it, vi } from 'vitest'

import type { Failure } from '../ipc/generated/Failure'
import { failure } from '../test.answers'
import { freshness } from './freshness.svelte'
import { heldSentence } from './locks.svelte'

const aged = (why: Failure | null, readAt: number | null = 1000) => ({
  readAt,
  failure: why,
  refresh: vi.fn(() => Promise.resolve()),
})

describe('the age of a screen', () => {
  it('is that of what it is mainly about, and says when a part of it cannot be read', () => {
    const leave = [
      freshness.follow(aged(null, 5000)),
      freshness.follow(aged(failure('gone'), 1000), { leading: false }),
    ]
    expect(freshness.readAt).toBe(5000)
    expect(freshness.failure).toBeNull()
    expect(freshness.partFailure?.message).toBe('gone')
    for (const each of leave) each()
    expect(freshness.partFailure).toBeNull()
  })

  it('does not call out of date what never was there', () => {
    const leave = freshness.follow(aged(failure('gone'), null), { leading: false })
    expect(freshness.partFailure).toBeNull()
    leave()
  })

  it('lets whoever waited for a lost connection ask again as soon as anybody is answered', () => {
    const [lost, slow, fine] = [aged(failure('gone')), aged(failure('slow', 'timeout')), aged(null)]
    const leave = [lost, slow, fine].map((each) => freshness.follow(each, { leading: false }))
    freshness.answered()
    expect(lost.refresh).toHaveBeenCalledTimes(1)
    expect(slow.refresh, 'a slow statement is not asked for more often').not.toHaveBeenCalled()
    expect(fine.refresh).not.toHaveBeenCalled()
    for (const each of leave) each()
  })
})

describe('tables that somebody else holds', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')

  it('are named with their holder, since when as far as it is known', () => {
    const locks = [
      { table: 'users', holder: 'psql (login postgres, process 7)', since: null },
      { table: 'usage_daily', holder: 'another program', since: null },
    ]
    expect(heldSentence(locks, now)).toBe(
      'users is held by psql (login postgres, process 7); usage_daily is held by another program.',
    )
    expect(heldSentence([{ ...locks[0]!, since: '2026-11-20T11:59:00Z' }], now)).toMatch(/ since \d\d:\d\d:00\.$/)
    expect(heldSentence([], now)).toBeNull()
  })
})
