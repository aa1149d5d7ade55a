// A chart says of when its figures are, on every page.

import { flushSync, type Component } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import { expect, it, vi } from 'vitest'

import { usageNow } from '../state/routes'
import { coreAnswers, pending } from '../test.answers'
import TeamPage from './team/TeamPage.svelte'
import AccountCell from './usage/AccountCell.svelte'
import Usage from './usage/Usage.svelte'

vi.stubGlobal('ResizeObserver', class {
  constructor(private readonly told: ResizeObserverCallback) {}
  observe(target: Element) {
    const entry = { target, contentRect: { width: 700 } } as unknown as ResizeObserverEntry
    queueMicrotask(() => this.told([entry], this as unknown as ResizeObserver))
  }
  unobserve() {}
  disconnect() {}
})

const chart = () => ({ source: 'usage_daily', read_at: new Date().toISOString(), as_of: new Date(Date.now() - 2 * 3_600_000).toISOString(), data: null, lacking: 'Nothing is recorded.' }) as never
const never = () => pending<never>().promise

it.each([
  ['a team', TeamPage, { id: 'auth0|1' }],
  ['the whole service', Usage, { view: usageNow, workspace: 'one' }],
])('also that of %s', async (_, page, props) => {
  coreAnswers({ team_usage: chart, usage_chart: chart, usage_sums: never, usage_accounts: never, users_facets: never, team_head: never, team_people: never, team_invites: never })
  render(page as Component<Record<string, unknown>>, props as Record<string, unknown>)
  flushSync()
  expect(await screen.findByText('Nothing is recorded.')).toBeInTheDocument()
  expect(screen.getByText(/figures as of/)).toBeInTheDocument()
})

it('beside a change stands what there was before, to its last digit and in its currency', () => {
  const money = { amount: '70.123456', currency: 'EUR', shown: '70.12' }
  render(AccountCell, { row: { cost_before: money, change: { shown: '+3 %', direction: 'up' } } as never, column: 'cost_before' })
  expect(screen.getByText('+3 %')).toHaveAttribute('title', 'before: 70.123456 EUR')
})
