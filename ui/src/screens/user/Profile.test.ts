import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { UserProfile } from '../../ipc/generated/UserProfile'
import Profile from './Profile.svelte'

const nobodyElse = {
  id: 'auth0|1',
  email: 'ada@firm.example',
  name: 'Ada',
  company: null,
  status: 'active',
  role: 'owner',
  plan: 'free',
  owner: null,
  members: 0,
  registration_ip_hidden: false,
  registration_ip: null,
  registered_at: null,
  registration_source: null,
  last_login_at: null,
  login_count: null,
  stripe_customer_id: null,
  stripe_test_customer_id: null,
  stripe_subscription_status: null,
  hopsworks_username: null,
  hopsworks_user_id: null,
  cluster: null,
  instance: null,
  lacking: [] as string[],
} as unknown as UserProfile

const show = (change: Partial<UserProfile>) => render(Profile, { user: { ...nobodyElse, ...change }, onlink: () => {} })

it('shows who somebody is in Hopsworks without a seat, to be copied', () => {
  show({ hopsworks_username: 'ada00000', hopsworks_user_id: '10119' })
  expect(screen.getByText('ada00000')).toBeVisible()
  expect(screen.getByText('10119')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Copy Hopsworks user name' })).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Copy number in Hopsworks' })).toBeInTheDocument()
})

it('says that a seat has no Hopsworks user, and nothing where there is neither', () => {
  const { unmount } = show({})
  expect(screen.queryByText('no Hopsworks user')).toBeNull()
  unmount()
  show({
    cluster: { cluster_id: 'k', cluster_name: 'north', cluster_status: 'active', hopsworks_username: null, assigned_at: null, assigned_by: null },
  })
  expect(screen.getByText('no Hopsworks user')).toBeVisible()
})

it('shows the customer of the test mode beside that of the live one', () => {
  show({ stripe_customer_id: 'cus_live', stripe_test_customer_id: 'cus_test' })
  expect(screen.getByText('cus_test')).toBeVisible()
  expect(screen.getAllByRole('button', { name: /Stripe/ }).length).toBeGreaterThan(2)
})

it('shows a status that is none of ours as the service writes it', () => {
  show({ status: 'other', status_word: 'ON_HOLD' })
  expect(screen.getByText('ON_HOLD')).toBeVisible()
  expect(screen.queryByText('active')).toBeNull()
})
