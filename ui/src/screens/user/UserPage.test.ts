import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import { coreAnswers } from '../../test.answers'
import UserPage from './UserPage.svelte'

const person = {
  id: 'auth0|1', email: 'ada@firm.example', name: 'Ada', company: null, status: 'active', role: 'owner', plan: 'free', owner: null, members: 0, team_name: null, is_admin: false,
  registration_ip_hidden: false, registration_ip: null, registered_at: null, registration_source: null, last_login_at: null, login_count: null,
  stripe_customer_id: null, stripe_test_customer_id: null, stripe_subscription_status: null, hopsworks_username: null, hopsworks_user_id: null, cluster: null, instance: null,
  standing: { code: 'working', severity: 'ok', short: 'active', headline: null, reason: null }, credits: { source: 'users', read_at: '', as_of: null, data: null, lacking: 'None.' },
  terms: { flags: [] }, lacking: [],
}
const shown = (change: object) => {
  coreAnswers({ user_profile: () => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data: { ...person, ...change }, lacking: null }) as never })
  return render(UserPage, { id: 'auth0|1' })
}

it('keeps names that are written from right to left apart from what stands around them', async () => {
  const { unmount } = shown({ members: 2, team_name: 'صوفيا' })
  expect((await screen.findByText('صوفيا')).tagName).toBe('BDI')
  unmount()
  shown({ role: 'member', owner: { id: 'auth0|2', name: 'דן', email: 'd@firm.example', status: 'active' } })
  expect((await screen.findByText('דן')).tagName).toBe('BDI')
})
