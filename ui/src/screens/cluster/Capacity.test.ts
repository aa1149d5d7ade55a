import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { CarriedShown } from '../../ipc/generated/CarriedShown'
import type { ClusterState } from '../../ipc/generated/ClusterState'
import type { HoldingsShown } from '../../ipc/generated/HoldingsShown'
import type { Resource } from '../../ipc/generated/Resource'
import Capacity from './Capacity.svelte'
import Forecasts from './Forecasts.svelte'
import Health from './Health.svelte'
import Holdings from './Holdings.svelte'

const cpu: Resource = {
  name: 'CPU',
  unit: 'cores',
  requested: '11.2',
  allocatable: '15.7',
  capacity: '16',
  free: '2.5',
  limits: '22.4',
  used: '6.3',
  requested_percent: 71,
  used_percent: 40,
  severity: 'ok',
}

const carried = (change: Partial<CarriedShown> = {}): CarriedShown => ({
  at: new Date().toISOString(),
  resources: [cpu],
  nodes: '1 node',
  nodes_severity: 'ok',
  waiting: null,
  disk: 'No claims.',
  unmeasured: null,
  unread: null,
  ...change,
})

const state = (change: Partial<ClusterState> = {}): ClusterState => ({
  looked_at: new Date().toISOString(),
  next_at: new Date().toISOString(),
  unwatched: null,
  word: 'answers',
  severity: 'ok',
  problem: null,
  stale: false,
  systems: [],
  certificates: [],
  carried: carried(),
  ...change,
})

describe('what a cluster carries', () => {
  it('names what percentages are of, and what is used', () => {
    render(Capacity, { state: state() })
    const row = screen.getByTestId('resource')
    expect(row).toHaveTextContent('71 %')
    expect(row).toHaveTextContent('11.2 of 15.7 cores')
    expect(row).toHaveTextContent('6.3')
    expect(screen.getByRole('columnheader', { name: 'Free now' })).toBeInTheDocument()
    expect(row).toHaveTextContent('2.5')
    expect(screen.getByText('Requested of allocatable')).toBeInTheDocument()
    expect(screen.getByText('current')).toBeInTheDocument()
  })

  it('shows what was said before with its age when the cluster does not answer', () => {
    const problem = 'The Kubernetes at k:6443 cannot be reached. It is tried again.'
    render(Capacity, { state: state({ problem, word: 'not seen', severity: 'bad', stale: true }) })
    expect(screen.getByTestId('capacity-problem')).toHaveTextContent(problem)
    expect(screen.getByText('stale')).toBeInTheDocument()
    expect(screen.getByTestId('resource')).toHaveTextContent('71 %')
  })

  it('never shows as a figure what is not known', () => {
    const unknown: Resource = { ...cpu, allocatable: null, capacity: null, used: null, limits: null, requested_percent: null, used_percent: null, severity: 'muted' }
    render(Capacity, { state: state({ carried: carried({ resources: [unknown], unmeasured: 'Use is not known: the cluster has no metrics server.' }) }) })
    const row = screen.getByTestId('resource')
    expect(row).toHaveTextContent('11.2 cores requested, of an unknown amount')
    expect(row).not.toHaveTextContent('%')
    expect(screen.getByText(/no metrics server/)).toBeInTheDocument()
  })

  it('says who would have to look at it when nobody does', () => {
    const unwatched = 'No program looks at clusters at the moment.'
    render(Capacity, { state: state({ carried: null, looked_at: null, next_at: null, unwatched }) })
    expect(screen.getByText(unwatched)).toBeInTheDocument()
  })
})

describe('the health of a cluster', () => {
  it('offers no look where nobody looks', async () => {
    const shown = render(Health, { state: state(), onlook: () => undefined })
    expect(screen.getByRole('button', { name: 'Look now' })).toBeInTheDocument()
    const unwatched = 'Nobody looks at it: it is inactive.'
    await shown.rerender({ state: state({ unwatched }), onlook: () => undefined })
    expect(screen.queryByRole('button', { name: 'Look now' })).not.toBeInTheDocument()
    expect(screen.getByText(unwatched)).toBeInTheDocument()
  })

  it('says a failure in words, once', () => {
    const sentence = 'The certificate of the Kubernetes at k:6443 has expired.'
    render(Health, {
      state: state({
        problem: sentence,
        systems: [
          { name: 'Hopsworks', severity: 'bad', word: 'cannot be reached', version: null, sentence: 'The cluster at h cannot be reached.' },
          { name: 'Kubernetes', severity: 'bad', word: 'its certificate is not believed', version: null, sentence },
        ],
      }),
      onlook: () => undefined,
    })
    expect(screen.getByText('The cluster at h cannot be reached.')).toBeInTheDocument()
    expect(screen.queryByText(sentence)).not.toBeInTheDocument()
  })
})

describe('when a cluster is full', () => {
  it('gives a day its range and its basis, and says why there is none', () => {
    render(Forecasts, {
      forecasts: [
        { name: 'CPU', severity: 'warn', word: 'around 20 Jan 2027', day: '2027-01-20', range: 'between 5 Jan and 12 Mar 2027', basis: 'By 34 days, 20 Oct to 26 Nov.' },
        { name: 'Seats', severity: 'muted', word: 'not enough history', day: null, range: null, basis: '1 day is on record; a trend takes 14.' },
      ],
    })
    const [cpu, seats] = screen.getAllByTestId('forecast')
    expect(cpu).toHaveTextContent('around 20 Jan 2027')
    expect(cpu).toHaveTextContent('between 5 Jan and 12 Mar 2027')
    expect(seats).toHaveTextContent('not enough history')
    expect(seats).toHaveTextContent('a trend takes 14')
  })
})

describe('who holds what on a cluster', () => {
  const holdings = (change: Partial<HoldingsShown> = {}): HoldingsShown => ({ at: new Date().toISOString(), rows: [], count: '', unmapped: null, costs: 'Estimated by OpenCost.', ...change })

  it('tells nothing from not knowing', async () => {
    const { rerender } = render(Holdings, { holdings: holdings() })
    expect(screen.getByText('Nothing runs here.')).toBeInTheDocument()
    await rerender({ holdings: holdings({ at: null }) })
    expect(screen.getByText('It is not known what runs here.')).toBeInTheDocument()
  })

  it('marks namespaces that no project accounts for', () => {
    const row = { key: 'nobody x', whose: 'nobody' as const, account: null, names: ['x'], namespaces: '1 namespace', pods: '2', waiting: null, cpu: '1.5', cpu_used: null, memory: '2 GiB', memory_used: null, gpu: '0', disk: '0 B', cost: null, cost_share: null }
    render(Holdings, { holdings: holdings({ rows: [row], unmapped: '1 namespace belongs to no project on record here and holds 1.5 cores.' }) })
    expect(screen.getByTestId('unmapped')).toHaveTextContent('holds 1.5 cores')
    expect(screen.getByTestId('holding')).toHaveTextContent('nobody known')
  })

  it('says whose estimate a cost is, and leaves out one that is not known', () => {
    const row = { key: 'a', whose: 'cluster' as const, account: null, names: ['x'], namespaces: '1 namespace', pods: '2', waiting: null, cpu: '1.5', cpu_used: null, memory: '2 GiB', memory_used: null, gpu: '0', disk: '0 B', cost: { amount: '12.4', currency: 'USD', shown: '12.40' }, cost_share: '10 %' }
    render(Holdings, { holdings: holdings({ rows: [row, { ...row, key: 'b', cost: null, cost_share: null }] }) })
    expect(screen.getByTestId('costs')).toHaveTextContent('Estimated by OpenCost.')
    const [known, unknown] = screen.getAllByTestId('holding')
    expect(known).toHaveTextContent('12.40')
    expect(known).toHaveTextContent('10 %')
    expect(unknown).not.toHaveTextContent('12.40')
    expect(screen.getByTitle('Not known')).toBeInTheDocument()
  })
})
