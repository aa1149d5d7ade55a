import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { Change } from '../../ipc/generated/Change'
import type { Panel } from '../../ipc/generated/Panel'
import type { UsageAccountsPage } from '../../ipc/generated/UsageAccountsPage'
import type { UsageSums } from '../../ipc/generated/UsageSums'
import type { Used } from '../../ipc/generated/Used'
import { router } from '../../state/router.svelte'
import { toUsage, usageNow } from '../../state/routes'
import { coreAnswers, failure, pending } from '../../test.answers'
import Usage from './Usage.svelte'

let tests = 0
const workspace = () => `usage-${(tests += 1)}`

const used = (cost: string): Used => ({
  cost: { amount: cost, currency: 'USD', shown: cost },
  cpu_hours: { value: '7', shown: '7.00', unit: 'CPU h' },
  gpu_hours: null,
  storage_gb: { value: '2', shown: '2.00', unit: 'GB-months' },
  feature_store_calls: null,
  inference_calls: null,
})
const change: Change = { shown: '+12.4 %', direction: 'up' }
const none: Change = { shown: null, direction: 'unknown' }
const changes = { cost: change, cpu_hours: none, gpu_hours: none, storage_gb: none, feature_store_calls: none, inference_calls: none }
const shares = { cost: '80.0 %', cpu_hours: null, gpu_hours: null, storage_gb: null, feature_store_calls: null, inference_calls: null }

const sums = (more: Partial<UsageSums> = {}): Panel<UsageSums> => ({
  source: 'usage_daily',
  read_at: new Date().toISOString(),
  as_of: null,
  lacking: null,
  data: {
    period: { from: '2026-11-01', to: '2026-11-20', shown: '1–20 Nov 2026', days: 20, recorded: 19 },
    before: { from: '2026-10-01', to: '2026-10-20', shown: '1–20 Oct 2026', days: 20, recorded: 20 },
    used: used('100.00'),
    used_before: used('88.97'),
    change: changes,
    clusters: [
      { cluster: { id: 'c1', name: 'eu-west-1' }, used: used('80.00'), share: shares, change: changes, recorded: 19 },
      { cluster: null, used: used('20.00'), share: { ...shares, cost: '20.0 %' }, change: changes, recorded: 19 },
    ],
    account: null,
    lacking: [],
    ...more,
  },
} as Panel<UsageSums>)

const accounts = (more: Partial<UsageAccountsPage> = {}): UsageAccountsPage => ({
  rows: [
    {
      id: 'auth0|1',
      name: 'Olu',
      email: 'olu@acme.example',
      company: 'Acme',
      status: 'active',
      plan: 'postpaid',
      members: 3,
      used: used('80.00'),
      share: '80.0 %',
      cost_before: { amount: '70', currency: 'USD', shown: '70.00' },
      change: none,
    },
  ],
  next: null,
  count: '1',
  lacking: [],
  computed_from: 'November 2026',
  before: 'October 2026',
  comparable: false,
  source: 'usage',
  read_at: new Date().toISOString(),
  as_of: null,
  ...more,
})

const chart = () => new Promise<never>(() => {})
const facets = () => ({ clusters: [{ id: 'c1', name: 'eu-west-1' }] })

beforeEach(() => router.go(toUsage))

describe('the Usage screen', () => {
  it('says what is compared with what, and that a day has no data', async () => {
    coreAnswers({ usage_sums: () => sums(), usage_chart: chart, usage_accounts: () => accounts(), users_facets: facets })
    render(Usage, { view: usageNow, workspace: workspace() })
    const status = await screen.findByText(/1–20 Nov 2026, compared with 1–20 Oct 2026/)
    expect(status).toHaveTextContent('1 day without data')
    const figures = screen.getByLabelText('Sums of the period')
    expect(figures).toHaveTextContent('$100.00')
    expect(figures).toHaveTextContent('+12.4 % on $88.97')
    expect(await screen.findByText('added up from November 2026')).toBeInTheDocument()
  })

  it('leads from a cluster and from an account to the usage of that alone', async () => {
    coreAnswers({ usage_sums: () => sums(), usage_chart: chart, usage_accounts: () => accounts(), users_facets: facets })
    render(Usage, { view: usageNow, workspace: workspace() })
    expect(await screen.findByRole('link', { name: 'eu-west-1' })).toHaveAttribute('href', '#/usage?cluster=c1')
    expect(await screen.findByRole('link', { name: 'Acme' })).toHaveAttribute('href', '#/usage?account=auth0%7C1')
    expect(screen.getByText('none recorded')).toBeInTheDocument()
  })

  it('sorts the accounts without asking for the sums again', async () => {
    const asked = coreAnswers({ usage_sums: () => sums(), usage_chart: chart, usage_accounts: () => accounts(), users_facets: facets })
    const place = workspace()
    const { rerender } = render(Usage, { view: usageNow, workspace: place })
    await userEvent.click(await screen.findByRole('button', { name: 'GPU h' }))
    expect(router.here).toBe('#/usage?sort=gpu_hours')
    const before = asked.filter(({ command }) => command === 'usage_sums').length
    await rerender({ view: { ...usageNow, sort: 'gpu_hours' }, workspace: place })
    await waitFor(() => {
      const last = asked.findLast(({ command }) => command === 'usage_accounts')
      expect(last?.args).toMatchObject({ query: { sort: 'gpu_hours' } })
    })
    expect(asked.filter(({ command }) => command === 'usage_sums').length).toBe(before)
  })

  it('of one account has no list of accounts, and leads to its team', async () => {
    const one = { account: { id: 'auth0|1', title: 'Acme' } }
    coreAnswers({ usage_sums: () => sums(one), usage_chart: chart, users_facets: facets })
    render(Usage, { view: { ...usageNow, account: 'auth0|1' }, workspace: workspace() })
    expect(await screen.findByRole('button', { name: 'Clear filter: Account: Acme' })).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Open its team' })).toHaveAttribute('href', '#/teams/auth0%7C1')
    const clear = screen.getByRole('button', { name: 'Clear filter: Account: Acme' })
    expect(clear.querySelector('bdi'), 'whatever direction it is written in').toHaveTextContent('Acme')
    clear.focus()
    await userEvent.keyboard('{Enter}')
    expect(screen.getByRole('button', { name: /^Period/ }), 'the tag goes, the focus stays with the filters').toHaveFocus()
    expect(screen.queryByRole('heading', { name: 'Accounts' })).not.toBeInTheDocument()
  })

  it('does not say of clusters that are not read that there are none', async () => {
    const choices = pending<never>()
    coreAnswers({ usage_sums: () => sums(), usage_chart: chart, usage_accounts: () => accounts(), users_facets: () => choices.promise })
    render(Usage, { view: usageNow, workspace: workspace() })
    await userEvent.click(await screen.findByRole('button', { name: 'Cluster' }))
    expect(await screen.findByText('Reading the choices …')).toBeInTheDocument()
    choices.refuse(failure('The database took too long.', 'timeout'))
    expect(await screen.findByText('The database took too long.')).toBeInTheDocument()
    expect(screen.queryByText('None to choose from.')).toBeNull()
  })

  it('leaves out what the database does not record, and says so', async () => {
    const lacking = ['gpu_hours', 'feature_store_calls', 'clusters']
    coreAnswers({ usage_sums: () => sums({ lacking }), usage_chart: chart, usage_accounts: () => accounts({ lacking }), users_facets: facets })
    render(Usage, { view: usageNow, workspace: workspace() })
    expect(await screen.findByText('This database does not record GPU hours or feature store API calls; nothing is shown for them.')).toBeInTheDocument()
    const measures = screen.getByRole('group', { name: 'Measure' })
    expect(within(measures).queryByText('GPU h')).not.toBeInTheDocument()
    expect(screen.queryByRole('heading', { name: 'Clusters' })).not.toBeInTheDocument()
    expect(screen.queryByRole('group', { name: 'Drawn' })).not.toBeInTheDocument()
  })
})
