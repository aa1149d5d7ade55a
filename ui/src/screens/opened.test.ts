// What a page asks after what it opens with: not before, not for nothing, and not anew at each read of its head.

import { flushSync } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { toasts } from '../state/toasts.svelte'
import { auditEntryOf, suspended } from '../test.actions'
import { coreAnswers, failure } from '../test.answers'
import AuditEntry from './audit/AuditEntry.svelte'
import ClusterPage from './cluster/ClusterPage.svelte'
import TeamPage from './team/TeamPage.svelte'
import UserPage from './user/UserPage.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const at = '2026-11-01T08:00:00Z'
const panel = (data: unknown, lacking: string | null = null) => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data, lacking }) as never
const slow = () => {
  throw failure('The database took too long.', 'timeout')
}

async function passed(milliseconds: number) {
  await vi.advanceTimersByTimeAsync(milliseconds)
  flushSync()
}
const count = (asked: { command: string }[], name: string) => asked.filter(({ command }) => command === name).length

describe('the page of a user', () => {
  it('asks for the rest also when the profile cannot be read, and does not drop it while that is tried again', async () => {
    const asked = coreAnswers({ user_profile: slow, user_seat: () => panel(null, 'No seats here.') })
    render(UserPage, { id: 'auth0|1' })
    await passed(100)
    expect(['user_seat', 'user_invoices', 'user_team', 'user_prices', 'notes'].map((name) => count(asked, name) > 0)).toEqual([true, true, true, true, true])
    expect(screen.getAllByText('Not read: it comes with the profile, which could not be read.'), 'credits, and terms').toHaveLength(2)
    expect(screen.getByText('No seats here.')).toBeInTheDocument()
    screen.getAllByRole('button', { name: 'Try again' })[0]!.click()
    flushSync()
    expect(screen.getByText('No seats here.')).toBeInTheDocument()
  })

  it('asks for nothing of somebody who is not there', async () => {
    const asked = coreAnswers({
      user_profile: () => {
        throw failure('There is no such user.', 'not_found')
      },
    })
    render(UserPage, { id: 'auth0|1' })
    await passed(100)
    expect([...new Set(asked.map(({ command }) => command))]).toEqual(['user_profile'])
  })
})

describe('the page of a cluster', () => {
  it('asks for the rest also when the cluster cannot be read, at its own pace', async () => {
    const asked = coreAnswers({ cluster_facts: slow, cluster_nodes: () => panel(null, 'Nobody looks at it.') })
    render(ClusterPage, { id: 'c1', workspace: 'one' })
    await passed(100)
    expect(['cluster_nodes', 'cluster_holdings', 'cluster_projects', 'notes'].map((name) => count(asked, name))).toEqual([1, 1, 1, 1])
    expect(screen.getByText('Nobody looks at it.')).toBeInTheDocument()
  })

  const facts = {
    id: 'c1', name: 'eu-west-1', region: null, status: 'active', status_shown: 'active', severity: 'ok', api_url: null, api_link: null, created_at: null, updated_at: null,
    seats: { taken: 1, limit: null, recorded: null, assigned: 1, percent: null, severity: 'ok', shown: '1' }, assigned_lately: null, last_assigned_at: null, people: null, people_day: null,
    month: 'Nov', month_before: 'Oct', month_cpu: null, month_gpu: null, month_before_cpu: null, month_before_gpu: null, month_cost: null, month_before_cost: null, drift_explained: null,
    as_of: null, lacking: [], glance: {}, runs_out: { word: '', severity: 'muted' }, findings: null,
  }
  const seen = { looked_at: at, next_at: null, unwatched: null, word: 'ok', severity: 'ok', problem: null, stale: false, systems: [], certificates: [], carried: null }

  it('does not ask anew each time its head is read', async () => {
    const asked = coreAnswers({ cluster_facts: () => panel({ ...facts }), cluster_nodes: () => panel(null, 'None.'), cluster_forecasts: () => panel(null, 'None.'), notes: () => [] })
    render(ClusterPage, { id: 'c1', workspace: 'one' })
    await passed(25_000)
    expect(count(asked, 'cluster_facts')).toBeGreaterThan(2)
    expect(['cluster_nodes', 'cluster_forecasts', 'notes'].map((name) => count(asked, name))).toEqual([2, 2, 1])
  })

  it('says that a look did not work as what it is', async () => {
    const said = vi.spyOn(toasts, 'say')
    coreAnswers({ cluster_facts: () => panel({ ...facts }), cluster_state: () => panel(seen), look_at_cluster: slow })
    render(ClusterPage, { id: 'c1', workspace: 'one' })
    await passed(100)
    screen.getByRole('button', { name: 'Look now' }).click()
    await passed(100)
    expect(said).toHaveBeenCalledWith('The database took too long.', 'bad')
  })
})

describe('the page of a team', () => {
  it('does not ask anew for notes each time its head is read', async () => {
    const head = { id: 'auth0|1', name: 'Olu', email: 'o@x.example', company: null, status: 'active', plan: 'postpaid', members: 1, members_active: 1, members_suspended: 0, invites_pending: 0, invites_expired: 0, owner_out: false, created_at: null, used: { cost: null }, cost_before: null }
    const asked = coreAnswers({ team_head: () => panel({ ...head }), notes: () => [] })
    render(TeamPage, { id: 'auth0|1' })
    await passed(25_000)
    expect(count(asked, 'team_head')).toBeGreaterThan(4)
    expect(count(asked, 'notes')).toBe(1)
  })
})

describe('the page of an entry', () => {
  const entry = { ...suspended(), entry: auditEntryOf(7), hash: null }

  it('asks for effects at its own pace, and says why they are not shown', async () => {
    const asked = coreAnswers({ audit_entry: () => entry as never, action_effects: slow })
    render(AuditEntry, { id: 7 })
    await passed(11_000)
    expect(screen.getByRole('heading', { name: 'Other systems' })).toBeInTheDocument()
    expect(screen.getByText('The database took too long.')).toBeInTheDocument()
    expect(count(asked, 'action_effects'), 'twice at its own pace, then more slowly').toBe(2)
  })

  it('does not leave the place of what changed empty', async () => {
    coreAnswers({ audit_entry: slow })
    render(AuditEntry, { id: 7 })
    await passed(100)
    expect(screen.getByText('Not read: it comes with the entry, which could not be read.')).toBeInTheDocument()
  })
})
