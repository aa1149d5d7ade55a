import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { TeamRow } from '../../ipc/generated/TeamRow'
import type { TeamsPage } from '../../ipc/generated/TeamsPage'
import { router } from '../../state/router.svelte'
import { dearestTeams, toTeams } from '../../state/routes'
import { coreAnswers } from '../../test.answers'
import Teams from './Teams.svelte'

let tests = 0
const workspace = () => `teams-${(tests += 1)}`

const row = (n: number, change: Partial<TeamRow> = {}): TeamRow => ({
  id: `auth0|${n}`,
  name: `Owner ${n}`,
  email: `owner${n}@acme.example`,
  company: `Acme ${n}`,
  status: 'active',
  plan: 'postpaid',
  members: 5,
  members_active: 4,
  members_suspended: 1,
  invites_pending: 2,
  invites_expired: 0,
  owner_out: false,
  created_at: '2026-11-01T00:00:00Z',
  used: {
    cost: { amount: '12.5', currency: 'USD', shown: '12.50' },
    cpu_hours: { value: '3.5', shown: '3.50', unit: 'CPU h' },
    gpu_hours: null,
    storage_gb: null,
    feature_store_calls: null,
    inference_calls: null,
  },
  cost_before: null,
  ...change,
})

const page = (rows: TeamRow[], change: Partial<TeamsPage> = {}): TeamsPage => ({
  rows,
  next: null,
  count: String(rows.length),
  month: 'Nov',
  month_before: 'Oct',
  lacking: [],
  source: 'users',
  read_at: new Date().toISOString(),
  as_of: null,
  ...change,
})

beforeEach(() => router.go(toTeams))

describe('the Teams screen', () => {
  it('shows the status of owner and members side by side, and says when they do not fit', async () => {
    const out = row(2, { status: 'suspended', owner_out: true, members_active: 3, members_suspended: 0 })
    coreAnswers({ teams_page: () => page([row(1), out]) })
    render(Teams, { view: dearestTeams, workspace: workspace() })
    const table = await screen.findByRole('table', { name: 'Teams' })
    const cells = within(table).getAllByRole('row').map((each) => each.textContent?.replace(/\s+/g, ' ') ?? '')
    expect(cells[1]).toContain('active · 4 active, 1 suspended')
    expect(cells[1]).toContain('2 pending')
    expect(cells[2]).toContain('suspended · 3 active')
    expect(within(table).getByTitle(/The owner is suspended, and members still work/)).toBeInTheDocument()
    expect(within(table).getByRole('columnheader', { name: /Cost, Nov/ })).toHaveAttribute('aria-sort', 'descending')
    expect(within(table).getByRole('link', { name: 'Owner 1' })).toHaveAttribute('href', '#/teams/auth0%7C1')
  })

  it('filters by what is unusual about a team, in the address', async () => {
    coreAnswers({ teams_page: () => page([row(1)]) })
    render(Teams, { view: dearestTeams, workspace: workspace() })
    await screen.findByRole('table', { name: 'Teams' })
    await userEvent.click(screen.getByRole('button', { name: 'With' }))
    await userEvent.click(await screen.findByRole('radio', { name: 'owner out, members at work' }))
    expect(router.here).toBe('#/teams?concern=owner_out')
  })

  it('leaves out columns and filters without data, and says so', async () => {
    coreAnswers({ teams_page: () => page([row(1)], { lacking: ['gpu_hours', 'invites'] }) })
    render(Teams, { view: dearestTeams, workspace: workspace() })
    expect(await screen.findByText(/does not record invites or GPU hours/)).toBeInTheDocument()
    expect(screen.queryByRole('columnheader', { name: /GPU/ })).not.toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'With' }))
    expect(screen.queryByRole('radio', { name: 'pending invites' })).not.toBeInTheDocument()
  })

  it('says that there are none', async () => {
    coreAnswers({ teams_page: () => page([]) })
    render(Teams, { view: dearestTeams, workspace: workspace() })
    expect(await screen.findByText('No teams yet')).toBeInTheDocument()
  })
})
