import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import type { SessionState } from '../ipc/generated/SessionState'
import { coreAnswers } from '../test.answers'
import SignIn from './SignIn.svelte'
import { timeLeft } from './sign_in'

const session = (state: SessionState, id = '7d1f'): Session => ({
  workspace: { id, name: 'Acme', kind: 'production', colour: null, address: 'db.example:5432/postgres', login: 'ada', open: true },
  state,
  version: '0.1.0',
})

const asked = (change: Partial<Extract<SessionState, { state: 'sign_in' }>> = {}): SessionState => ({
  state: 'sign_in',
  tenant: 'acme.eu.auth0.com',
  client_id: 'abc',
  can_skip: false,
  note: null,
  step: { at: 'choose' },
  ...change,
})

describe('signing in', () => {
  it('says at which tenant, why it is asked, and offers both ways', async () => {
    const commands = coreAnswers({ sign_in: () => null, session: () => session(asked()) })
    render(SignIn, { current: session(asked({ note: 'You are signed out.' })) })
    expect(screen.getByText('acme.eu.auth0.com')).toBeInTheDocument()
    expect(screen.getByRole('alert')).toHaveTextContent('You are signed out.')
    await userEvent.click(screen.getByRole('button', { name: 'Use a code' }))
    await userEvent.click(screen.getByRole('button', { name: 'Continue in the browser' }))
    expect(commands.filter(({ command }) => command === 'sign_in').map(({ args }) => args.method)).toEqual(['code', 'browser'])
    expect(screen.queryByText('Open the sandbox without'), 'nothing but the sandbox opens without').toBeNull()
  })

  it('shows the code, the way to confirm it and how long there is', () => {
    coreAnswers({})
    const code = {
      at: 'code' as const,
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://acme.eu.auth0.com/activate',
      qr: { size: 33, path: 'M4 4h1v1h-1z' },
      seconds_left: 892,
      waiting: 'no_network' as const,
    }
    render(SignIn, { current: session(asked({ step: code })) })
    expect(screen.getByTestId('user-code')).toHaveTextContent('WDJB-MJHT')
    expect(screen.getByRole('timer')).toHaveTextContent('14:52 left')
    expect(screen.getByText('https://acme.eu.auth0.com/activate')).toBeInTheDocument()
    expect(screen.getByRole('img')).toHaveAccessibleName('QR code of the page to confirm on, for a phone')
    expect(screen.getByText('Auth0 cannot be reached; it is tried again.')).toBeInTheDocument()
  })

  it('tells a stranger who they are, why that is not enough and whom to ask', () => {
    coreAnswers({})
    const state: SessionState = {
      state: 'not_staff',
      name: 'Eve',
      subject: 'auth0|eve',
      tenant: 'acme.eu.auth0.com',
      why: 'The database login ada is on record for somebody else.',
      whom: ['Ada', 'Grace'],
      can_skip: false,
    }
    render(SignIn, { current: session(state) })
    expect(screen.getByText('Eve')).toBeInTheDocument()
    expect(screen.getByText('auth0|eve')).toBeInTheDocument()
    expect(screen.getByText(/Ask Ada, Grace/)).toBeInTheDocument()
  })
})

describe('the time that is left', () => {
  it('is told by the second and never below nothing', () => {
    expect([892, 60, 9, 0, -3].map(timeLeft)).toEqual([
      '14:52 left',
      '1:00 left',
      '0:09 left',
      'The code has expired',
      'The code has expired',
    ])
  })
})
