// Lists that are sorted live: when lines change places, the keyboard stays with the line it was on.

import { render, screen, waitFor } from '@testing-library/svelte'
import { createRawSnippet, flushSync, tick, type Component } from 'svelte'
import { describe, expect, it } from 'vitest'

import ListBody from '../controls/list/ListBody.svelte'
import PagedPanel from '../controls/list/PagedPanel.svelte'
import { keyed } from '../controls/list/places.svelte'
import { freshness } from '../state/freshness.svelte'
import { PagedList } from '../state/list.svelte'
import { userRow, usersPageOf } from '../test.answers'
import Holdings from './cluster/Holdings.svelte'
import AttentionList from './overview/AttentionList.svelte'
import People from './team/People.svelte'
import UsageClusters from './usage/Clusters.svelte'
import Footprint from './user/Footprint.svelte'
import ProjectsTable from './user/ProjectsTable.svelte'
import TeamPanel from './user/TeamPanel.svelte'

const used = { cost: { amount: '1', currency: 'USD', shown: '1.00' }, cpu_hours: null, gpu_hours: null, storage_gb: null }
const person = (id: string) => ({ id, name: id, email: `${id}@x.example`, status: 'active' })
const member = (id: string) => ({ person: person(id), place: 'member', joined_at: null, last_login_at: null, cluster: null, used, share: null, cost_before: null, month_cost: null })
const held = { whose: 'account', names: ['ns'], namespaces: '1 namespace', pods: '1', waiting: null, cpu: '1', cpu_used: null, memory: '1', memory_used: null, gpu: '0', disk: '0', cost: null, cost_share: null }
const at = '2026-11-01T08:00:00Z'

const lists: Record<string, { of: unknown; props: (ids: string[]) => object }> = {
  'what needs attention': {
    of: AttentionList,
    props: (ids) => ({ lines: ids.map((id) => ({ severity: 'warn', sentence: id, leads_to: { screen: 'cluster', id } })) }),
  },
  'people of a team': {
    of: People,
    props: (ids) => ({ team: { people: ids.map(member), unlisted: 0, unlisted_cost: null, used, cost_before: null, month: 'Nov', month_before: 'Oct', lacking: [] } }),
  },
  'the team on the page of a user': {
    of: TeamPanel,
    props: (ids) => ({ self: 'o', team: { owner: null, members: ids.map(member), invites: [], invites_unlisted: 0, month_cost: null } }),
  },
  'customers on a cluster': {
    of: Holdings,
    props: (ids) => ({ holdings: { at, rows: ids.map((id) => ({ key: id, account: person(id), ...held })), count: '3', unmapped: null, costs: '' } }),
  },
  'clusters by usage': {
    of: UsageClusters,
    props: (ids) => ({
      metric: 'cost',
      href: (id: string) => `#${id}`,
      sums: { clusters: ids.map((id) => ({ cluster: { id, name: id }, used, share: {}, change: { cost: { shown: null } } })), used, change: { cost: { shown: null } }, before: { shown: 'October' } },
    }),
  },
  'what a user holds on clusters': {
    of: Footprint,
    props: (ids) => ({ footprint: { rows: ids.map((id) => ({ key: id, cluster_id: id, cluster_name: id, project: 'one', at, stale: false, ...held })), total: null, unlisted: 0 } }),
  },
}

describe('the focus stays with its line', () => {
  it.each(Object.entries(lists))('of %s', async (_, { of, props }) => {
    const { rerender } = render(of as Component<Record<string, unknown>>, props(['a', 'b', 'c']) as Record<string, unknown>)
    flushSync()
    const line = () => screen.getByRole('link', { name: /\bb\b/ })
    line().focus()
    for (const order of [['b', 'a', 'c'], ['c', 'a', 'b'], ['a', 'b', 'c', 'd'], ['d', 'c', 'b', 'a'], ['b']]) {
      await rerender(props(order))
      expect(screen.getAllByRole('link').map((each) => each.textContent?.match(/\b[abcd]\b/)?.[0])).toEqual(order)
      expect(line(), order.join()).toHaveFocus()
    }
    await rerender(props(['a', 'c']))
    expect(document.body, 'nobody is taken elsewhere without a word').toHaveFocus()
  })

  it('of a list that is read page by page', async () => {
    let order = ['a', 'b', 'c']
    const list = new PagedList(() => Promise.resolve(usersPageOf(order.map((id) => userRow(0, { id, name: id })))))
    const cell = createRawSnippet((row: () => { id: string }) => ({ render: () => `<span>${row().id}</span>` }))
    const props = {
      list, cell, view: { sort: 'month_cost', descending: true }, workspace: 'one', label: 'Users', columns: [{ key: 'name', title: 'Name', width: 100 }],
      href: (row: { id: string }) => `#${row.id}`, name: (row: { id: string }) => row.id, onsort() {}, none: { title: 'Nobody' },
    }
    render(ListBody as unknown as Component<Record<string, unknown>>, props)
    const line = () => screen.findByRole('link', { name: 'b' })
    ;(await line()).focus()
    for (order of [['b', 'a', 'c'], ['c', 'a', 'b'], ['c', 'b', 'a']]) {
      await list.refresh(0)
      await tick()
      expect(screen.getAllByRole('link').map((each) => each.textContent)).toEqual(order)
      expect(await line(), order.join()).toHaveFocus()
    }
  })

  it('of a panel that is read page by page', async () => {
    let order = ['a', 'b', 'c']
    const project = (id: string) => ({ id, name: id, namespace: null, number: null, cluster_id: id, cluster_name: id, role: 'owner', members: null, owner: null, status: 'active', trouble: null, there: { creator: null, quotas: [], unknown: null }, last_seen_at: null })
    const read = () => Promise.resolve({ rows: order.map(project), next: null, count: '3', missing: null, notes: [], source: 'projects', read_at: at, as_of: null })
    // As the compiler writes a snippet that shows a component.
    const rows = (place: Comment, shown: () => unknown) => (ProjectsTable as unknown as (place: Comment, props: object) => void)(place, { get rows() { return shown() } })
    render(PagedPanel as unknown as Component<Record<string, unknown>>, { id: 'projects', title: 'Projects', read, rows, none: { title: 'None' } })
    const line = () => screen.findByRole('link', { name: 'b' })
    ;(await line()).focus()
    for (order of [['b', 'a', 'c'], ['c', 'a', 'b'], ['c', 'b', 'a']]) {
      await freshness.renew()
      await waitFor(() => expect(screen.getAllByRole('link').map((each) => each.textContent?.trim())).toEqual(order))
      expect(await line(), order.join()).toHaveFocus()
    }
  })

  it('and what is said twice has two keys', () => {
    expect(keyed(['a', 'b', 'a'], (each) => each).map(({ key }) => key)).toEqual(['1 a', '1 b', '2 a'])
  })
})
