import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { EventSource } from '../../ipc/generated/EventSource'
import Sources from './Sources.svelte'

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

function source(change: Partial<EventSource>): EventSource {
  return { system: 'auth0', hearing: 'usual', last_at: ago(3), usual: '2 hours', read_back: null, ...change }
}

function said(change: Partial<EventSource>) {
  const { unmount } = render(Sources, { sources: [source(change)] })
  const text = screen.getByRole('listitem').textContent.replace(/\s+/g, ' ').replace(/ ,/g, ',').trim()
  unmount()
  return text
}

it('says of each provider whether all that it sends arrives', () => {
  const back = { covered_until: ago(12), ran_at: ago(2), filled_in: 0, waits: false, failing_since: null, error: null }
  expect(said({ hearing: 'never', last_at: null })).toBe('Auth0 has sent nothing yet not read back')
  expect(said({ read_back: back })).toBe('Auth0 sent 3 min ago read back to 12 min ago')
  expect(said({ system: 'stripe', hearing: 'never', last_at: null, read_back: { ...back, waits: true } })).toBe(
    'Stripe has sent nothing yet nothing is read back until the first event comes',
  )
  expect(said({ read_back: { ...back, filled_in: 1200 } })).toContain('read back to 12 min ago · 1,200 had never arrived')
  expect(said({ hearing: 'learning', usual: null })).toContain('sent 3 min ago, what is usual is still learnt')
  expect(said({ system: 'stripe', hearing: 'quiet', last_at: ago(200) })).toBe('Stripe quiet since 3 h, where 2 hours would be long not read back')
  expect(said({ read_back: { ...back, failing_since: ago(90), error: 'The tenant does not answer.' } })).toContain('cannot be read back since 1 h: The tenant does not answer.')
  expect(said({ read_back: { ...back, covered_until: null } })).toContain('being read back for the first time')
})
