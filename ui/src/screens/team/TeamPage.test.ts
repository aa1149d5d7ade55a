import { render, screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { Panel } from '../../ipc/generated/Panel'
import type { TeamPeople } from '../../ipc/generated/TeamPeople'
import type { TeamRow } from '../../ipc/generated/TeamRow'
import type { Used } from '../../ipc/generated/Used'
import { coreAnswers, failure } from '../../test.answers'
import TeamPage from './TeamPage.svelte'

const panel = <T>(data: T): Panel<T> => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data, lacking: null })

const used = (cost: string | null): Used => ({
  cost: cost === null ? null : { amount: cost, currency: 'USD', shown: cost },
  cpu_hours: null,
  gpu_hours: null,
  storage_gb: null,
  feature_store_calls: null,
  inference_calls: null,
})

const head: TeamRow = {
  id: 'auth0|1',
  name: 'Olu',
  email: 'olu@acme.example',
  company: 'Acme',
  status: 'suspended',
  plan: 'postpaid',
  members: 1,
  members_active: 1,
  members_suspended: 0,
  invites_pending: 0,
  invites_expired: 1,
  owner_out: true,
  created_at: null,
  used: used('3.00'),
  cost_before: null,
}

const person = (id: string, name: string) => ({ id, name, email: `${id}@acme.example`, status: 'active' as const })

const people: TeamPeople = {
  people: [
    { person: person('auth0|1', 'Olu'), place: 'owner', joined_at: null, last_login_at: null, cluster: null, used: used('1.00'), share: '33.3 %', cost_before: null },
    { person: person('auth0|2', 'Mia'), place: 'member', joined_at: null, last_login_at: null, cluster: { id: 'c', name: 'eu-west-1' }, used: used(null), share: null, cost_before: null },
    { person: { id: 'auth0|gone', name: null, email: '', status: 'deleted' }, place: 'former', joined_at: null, last_login_at: null, cluster: null, used: used('1.50'), share: '50.0 %', cost_before: null },
  ],
  unlisted: 2,
  unlisted_cost: { amount: '0.5', currency: 'USD', shown: '0.50' },
  used: used('3.00'),
  cost_before: null,
  month: 'Nov',
  month_before: 'Oct',
  lacking: ['gpu_hours'],
}

const answers = {
  team_head: () => panel(head),
  team_people: () => panel(people),
  team_invites: () =>
    panel({ invites: [{ id: 'i1', email: 'guest@acme.example', role: 'Data owner', state: 'expired' as const, created_at: '2026-11-01T00:00:00Z', expires_at: '2026-11-08T00:00:00Z' }], count: 1 }),
  team_usage: () => new Promise<never>(() => {}),
}

describe('the page of a team', () => {
  it('says that members work while the owner may not', async () => {
    coreAnswers(answers)
    render(TeamPage, { id: 'auth0|1' })
    expect(await screen.findByText('The owner is suspended, but 1 member is still active.')).toBeInTheDocument()
    expect(screen.getByText('Usage of this account').closest('a')).toHaveAttribute('href', '#/usage?account=auth0%7C1')
  })

  it('lists everybody who makes up the whole, also who has left and who is not listed', async () => {
    coreAnswers(answers)
    render(TeamPage, { id: 'auth0|1' })
    const table = await screen.findByRole('table', { name: /^People/ })
    const rows = [...table.querySelectorAll('tr')].map((row) => row.textContent?.replace(/\s+/g, ' ') ?? '')
    expect(rows.find((text) => text.includes('Olu'))).toContain('· owner')
    expect(rows.find((text) => text.includes('auth0|gone'))).toContain('· left')
    expect(rows.find((text) => text.includes('Mia')), 'nothing recorded is no zero').not.toContain('0.00')
    expect(rows.find((text) => text.includes('2 more people'))).toContain('$0.50')
    expect(rows.at(-1)).toContain('$3.00')
    expect(within(table).queryByRole('columnheader', { name: 'GPU h' })).not.toBeInTheDocument()
  })

  it('says that there is no such team', async () => {
    const missing = () => Promise.reject(failure('There is no user.', 'not_found'))
    coreAnswers({ ...answers, team_head: missing })
    render(TeamPage, { id: 'auth0|9' })
    expect(await screen.findByRole('heading', { name: 'No such team' })).toBeInTheDocument()
  })
})
