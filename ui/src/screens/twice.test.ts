// A database may say the same thing twice, and a list of it must not take the whole window down.

import { flushSync, type Component } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { coreAnswers } from '../test.answers'
import Health from './cluster/Health.svelte'
import Capacity from './cluster/Capacity.svelte'
import LedgerSummary from './credits/LedgerSummary.svelte'
import InvoicePage from './invoices/InvoicePage.svelte'
import InvoiceTotals from './invoices/Totals.svelte'
import AttentionList from './overview/AttentionList.svelte'
import ClustersTable from './overview/ClustersTable.svelte'
import AttachmentFacts from './schema/AttachmentFacts.svelte'
import Invites from './team/Invites.svelte'
import UsageClusters from './usage/Clusters.svelte'
import Footprint from './user/Footprint.svelte'
import TeamPanel from './user/TeamPanel.svelte'

const twice = <T>(one: T) => [one, { ...one }]
const at = '2026-11-01T08:00:00Z'
const panel = (data: unknown) => ({ source: 'invoices', read_at: at, as_of: null, data, lacking: null }) as never
const rendered = (component: unknown, props: object) => {
  render(component as Component<Record<string, unknown>>, props as Record<string, unknown>)
  flushSync()
}

describe('what is said twice is shown twice', () => {
  const invite = { id: null, email: 'guest@x.example', role: null, state: 'pending', expires_at: null, created_at: null }

  it('an address that was invited twice, where the service keeps no ids', () => {
    rendered(Invites, { open: { invites: twice(invite), count: 2 } })
    rendered(TeamPanel, { self: 'o', team: { owner: null, members: [], invites: twice(invite), invites_unlisted: 0, month_cost: null } })
    expect(screen.getAllByText('guest@x.example')).toHaveLength(4)
  })

  it('two things of one name that need attention', () => {
    rendered(AttentionList, { lines: twice({ severity: 'bad', sentence: 'Acme has no seat', leads_to: { screen: 'clusters' } }) })
    expect(screen.getAllByText('Acme has no seat')).toHaveLength(2)
  })

  it('two dates of an invoice that are the same', async () => {
    const row = { id: 'i', origin: 'invoices', record_id: '1', number: 'A-1', account: null, amount: null, standing: 'Paid', severity: 'ok', status: null, disagreement: null, period: null, due_at: null, past_due: null, paid_at: null, created_at: null, description: null }
    const rest = { zone: 'UTC', period_start: null, period_end: null, stripe: [], hosted_url: null, refused_url: null, remaining: null, refunded: [], credited: null, twins: [], subscription: null, asked_for: null }
    coreAnswers({ invoice_detail: () => panel({ row, ...rest, timeline: twice({ at, what: 'Refunded', ahead: false }) }) })
    rendered(InvoicePage, { origin: 'invoices', id: '1', workspace: 'one' })
    expect(await screen.findAllByText('Refunded')).toHaveLength(2)
  })

  it('two lines of totals without an amount', async () => {
    const line = { title: 'Open', severity: 'warn', entries: '1', amount: null, remaining: null, without_amount: '1 without an amount' }
    coreAnswers({ invoices_totals: () => panel({ over: null, entries: '2', lines: twice(line), control: [], refunded: [], credited: [] }) })
    rendered(InvoiceTotals, { filter: {} })
    expect(await screen.findAllByText('Open')).toHaveLength(2)
  })

  it('two certificates, two kinds of GPU', () => {
    rendered(Health, {
      onlook() {},
      state: { systems: [], certificates: twice({ name: 'ingress', severity: 'ok', word: 'good for a year', until: at }), looked_at: at, unwatched: null, problem: null },
    })
    expect(screen.getAllByText('ingress')).toHaveLength(2)
    const resource = { name: 'GPU', requested: '1', allocatable: '2', percent: 50, severity: 'ok', free: '1', used: null, used_percent: null, limits: null }
    rendered(Capacity, {
      state: { problem: null, stale: false, carried: { at, resources: twice(resource), nodes: '2 nodes', nodes_severity: 'ok', waiting: null, disk: '', unmeasured: null, unread: null } },
    })
    expect(screen.getAllByTestId('resource')).toHaveLength(2)
  })

  it('two marks, changes and functions of a schema', () => {
    rendered(AttachmentFacts, {
      data: {
        product: 'p', generation: 'g', marks: ['a mark', 'a mark'], since: at, made_by: '1', version: '1', current: false,
        changes: ['a change', 'a change'], functions: twice({ name: 'f', reason: 'It lacks a column.' }), elsewhere: [],
      },
    })
    expect(screen.getAllByText('a change')).toHaveLength(2)
  })

  it('usage of two clusters that have lost their name', () => {
    const used = { cost: { amount: '1', currency: 'USD', shown: '1.00' }, cpu_hours: null, gpu_hours: null, storage_gb: null }
    const row = { cluster: null, used, share: {}, change: { cost: { shown: null } } }
    rendered(UsageClusters, { sums: { clusters: twice(row), used, change: { cost: { shown: null } }, before: { shown: 'October' } }, metric: 'cost', href: () => '' })
    expect(screen.getAllByText('none recorded')).toHaveLength(2)
  })

  it('two projects of one namespace', () => {
    const row = { cluster_id: 'c', cluster_name: 'eu', project: 'one', at, stale: false, key: 'k', names: ['ns'], pods: '1', waiting: null, cpu: '1', cpu_used: null, memory: '1', memory_used: null, gpu: '0', disk: '0' }
    rendered(Footprint, { footprint: { rows: twice(row), total: null, unlisted: 0 } })
    expect(screen.getAllByTestId('footprint')).toHaveLength(2)
  })

  it('two spellings of one kind of credit', () => {
    const kind = { key: 'usage', word: 'Usage', entries: '2', effect: null }
    rendered(LedgerSummary, { head: { kinds: twice(kind), entries: '4', opening: null, broken: 0, first_at: at, last_at: at } })
    expect(screen.getAllByText('Usage')).toHaveLength(2)
  })

  it('two members and two clusters of one id', () => {
    const member = { person: { id: 'm', name: 'Max', email: 'm@x.example', status: 'active' }, joined_at: null, last_login_at: null, month_cost: null }
    rendered(TeamPanel, { self: 'o', team: { owner: null, members: twice(member), invites: [], invites_unlisted: 0, month_cost: null } })
    expect(screen.getAllByText('Max')).toHaveLength(2)
    const cluster = { id: 'c', name: 'eu-west-1', region: null, status: 'active', status_shown: 'active', severity: 'ok', seats: {}, glance: {}, runs_out: {} }
    rendered(ClustersTable, { rows: twice(cluster) })
    expect(screen.getAllByText('eu-west-1')).toHaveLength(2)
  })
})
