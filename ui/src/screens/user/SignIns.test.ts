import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'

import type { ActionOffer } from '../../ipc/generated/ActionOffer'
import type { TenantPerson } from '../../ipc/generated/TenantPerson'
import type { UserSignIns } from '../../ipc/generated/UserSignIns'
import { coreAnswers, failure } from '../../test.answers'
import SignIns from './SignIns.svelte'

const person: TenantPerson = {
  blocked: false,
  email: 'ada@firm.example',
  email_verified: true,
  logins: 12,
  last_login: '2026-11-26T10:00:00Z',
  last_ip: '203.0.113.7',
  registered_at: '2025-01-01T00:00:00Z',
  identities: [
    { connection: 'Username-Password-Authentication', provider: 'auth0' },
    { connection: 'acme-okta', provider: 'samlp' },
  ],
  multifactor: [],
  tries: [{ at: '2026-11-26T10:00:00Z', outcome: 'signed_in', place: 'Stockholm, Sweden', connection: null, client: null, ip: '203.0.113.7' }],
  tries_missing: null,
  addresses_hidden: false,
}
const known = (change: Partial<TenantPerson> = {}): UserSignIns => ({ state: 'known', person: { ...person, ...change } })
const panel = (data: UserSignIns) => ({ source: 'Auth0, acme.eu.auth0.com', read_at: new Date().toISOString(), as_of: null, data, lacking: null })
const offered = (action: string): ActionOffer => ({ action, title: action, allowed: true, may_try: true, reason: null })

function show(answer: UserSignIns, onact: (offer: ActionOffer) => void = () => {}, offer: (action: string) => ActionOffer | null = offered) {
  coreAnswers({ user_sign_ins: () => panel(answer) })
  render(SignIns, { id: 'auth0|1', ready: true, offer, onact })
}

it('tells how somebody signs in, and from where', async () => {
  show(known())
  expect(await screen.findByText('Stockholm, Sweden')).toBeVisible()
  expect(screen.getByText('password, acme-okta'), 'a company’s connection by its own name').toBeVisible()
  expect(screen.getByText('203.0.113.7')).toBeVisible()
  expect(screen.getByText('verified')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Resend' }), 'nothing to prove any more').toBeNull()
})

it('offers what fits: blocking to who may sign in, unblocking to who may not', async () => {
  const onact = vi.fn()
  show(known({ blocked: true, email_verified: false }), onact)
  await userEvent.click(await screen.findByRole('button', { name: 'Unblock' }))
  expect(onact).toHaveBeenCalledWith(expect.objectContaining({ action: 'unblock_user' }))
  expect(screen.queryByRole('button', { name: 'Block' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Resend' }))
  expect(onact).toHaveBeenCalledWith(expect.objectContaining({ action: 'resend_verification' }))
})

it('offers nothing that the database does not', async () => {
  show(known(), () => {}, (action) => ({ ...offered(action), allowed: false, may_try: false, reason: 'Only support may do this.' }))
  expect(await screen.findByText('Stockholm, Sweden')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Block' })).toBeNull()
})

it('says that addresses are hidden, and why tries are missing while the rest is there', async () => {
  show(known({ tries: [], tries_missing: 'This application lacks the permission read:logs_users at Auth0.', addresses_hidden: true }))
  expect(await screen.findByText(/lacks the permission read:logs_users/)).toBeVisible()
  expect(screen.getByText('Addresses are not visible to your group.')).toBeVisible()
  expect(screen.getByText('verified')).toBeVisible()
})

it('says what to do where there is nothing to ask with, and where nobody is known', async () => {
  show({ state: 'not_configured', sentence: 'This console has nothing to ask Auth0 with.' })
  expect(await screen.findByText(/nothing to ask Auth0 with/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Open Settings' })).toHaveAttribute('href', '#/settings')
})

it('says so of whom the tenant does not know', async () => {
  show({ state: 'unknown' })
  expect(await screen.findByText(/Auth0 knows nobody with this id/)).toBeVisible()
})

it('keeps what was read, with the reason, while Auth0 limits us', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  let limited = false
  coreAnswers({
    user_sign_ins: () => {
      if (limited) throw failure('Auth0 lets nobody ask more until 10:00:40 UTC. It is asked again by itself.', 'outside')
      return panel(known())
    },
  })
  render(SignIns, { id: 'auth0|1', ready: true, offer: offered, onact: () => {} })
  expect(await screen.findByText('Stockholm, Sweden')).toBeVisible()
  limited = true
  await vi.advanceTimersByTimeAsync(61_000)
  await waitFor(() => expect(screen.getByText(/nobody ask more until 10:00:40 UTC/)).toBeVisible())
  expect(screen.getByText('Stockholm, Sweden'), 'stale, and still there').toBeVisible()
  vi.useRealTimers()
})
