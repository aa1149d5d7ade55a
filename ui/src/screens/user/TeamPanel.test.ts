import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { Team } from '../../ipc/generated/Team'
import type { TeamMember } from '../../ipc/generated/TeamMember'
import TeamPanel from './TeamPanel.svelte'

const member = (id: string, name: string): TeamMember => ({
  person: { id, name, email: `${id}@firm.example`, status: 'active' },
  joined_at: null,
  last_login_at: null,
  month_cost: null,
})
const team: Team = { owner: member('o', 'Olga'), members: [member('m', 'Max')], invites: [], invites_unlisted: 0, month_cost: null }

it('calls the owner so, and nobody where whom they name is not on record', () => {
  const { unmount } = render(TeamPanel, { team, self: 'm' })
  expect(screen.getByRole('row', { name: /Olga · owner/ })).toBeVisible()
  unmount()
  render(TeamPanel, { team: { ...team, owner: null }, self: 'm' })
  expect(screen.getByText('Max')).toBeVisible()
  expect(screen.queryByText(/owner/)).toBeNull()
})

it('says how many open invites are not listed', () => {
  const invite = { id: 'i', email: 'guest@x.example', role: null, state: 'expired' as const, expires_at: null, created_at: null }
  render(TeamPanel, { team: { ...team, invites: [invite], invites_unlisted: 3 }, self: 'o' })
  expect(screen.getByText(/and 3 more open invites/)).toBeVisible()
})
