// A chart says of when its figures are, on every page.

import { flushSync, type Component } from 'svelte'
import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import { forget, remember } from '../state/remembered'
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

it('of months is saved as the days of just these months', async () => {
  const drawn = {
    svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>', width: 700, height: 208, top: 0, bottom: 200, unit: 'USD', total: '1.00', total_kind: 'total', from: '2025-12-01', to: '2026-11-01',
    points: [{ date: '2026-11-01', label: 'Nov 2026', x: 1, y: 1, shown: '1.00' }], step: 'month', layers: [],
  }
  vi.useFakeTimers({ now: Date.parse('2026-11-20T12:00:00Z'), toFake: ['Date'] })
  remember('team.reach', '12m')
  const asked = coreAnswers({ team_usage: () => ({ source: 'usage_daily', read_at: new Date().toISOString(), as_of: null, data: drawn, lacking: null }) as never, team_head: never, team_people: never, team_invites: never, export_list: never })
  render(TeamPage, { id: 'auth0|1' })
  await userEvent.click(await screen.findByRole('button', { name: 'Save this chart' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: /Days as CSV/ }))
  // From 1 December 2025 to 20 November 2026.
  await waitFor(() => expect(asked.find(({ command }) => command === 'export_list')?.args.order).toMatchObject({ list: { days: 355 } }))
  forget('team.reach')
  vi.useRealTimers()
})

it('beside a change stands what there was before, to its last digit and in its currency', () => {
  const money = { amount: '70.123456', currency: 'EUR', shown: '70.12' }
  render(AccountCell, { row: { cost_before: money, change: { shown: '+3 %', direction: 'up' } } as never, column: 'cost_before' })
  expect(screen.getByText('+3 %')).toHaveAttribute('title', 'before: 70.123456 EUR')
})
