import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import type { Auth0Access as Access } from '../../ipc/generated/Auth0Access'
import { coreAnswers, failure, pending } from '../../test.answers'
import Auth0Access from './Auth0Access.svelte'

const none: Access = { sandbox: false, domain: 'acme.eu.auth0.com', client_id: null, ready: false }

async function fill() {
  await userEvent.type(await screen.findByLabelText('Management client id'), 'abc')
  await userEvent.type(screen.getByLabelText('Client secret'), 'hunter2')
  await userEvent.click(screen.getByRole('button', { name: 'Check and keep' }))
}

it('sends the secret once, with the tenant that is known, and has forgotten it before the answer comes', async () => {
  const answer = pending<null>()
  let access = none
  const asked = coreAnswers({ auth0_access: () => access, set_auth0_access: () => answer.promise })
  render(Auth0Access)
  await fill()
  expect(asked.find(({ command }) => command === 'set_auth0_access')?.args).toEqual({
    form: { domain: 'acme.eu.auth0.com', client_id: 'abc', client_secret: 'hunter2' },
  })
  expect(screen.getByLabelText('Client secret')).toHaveValue('')
  access = { ...none, client_id: 'abc', ready: true }
  answer.give(null)
  expect(await screen.findByText('in the keychain')).toBeVisible()
  expect(screen.queryByLabelText('Client secret')).toBeNull()
})

it('says why Auth0 refused, and keeps what is no secret', async () => {
  coreAnswers({
    auth0_access: () => none,
    set_auth0_access: () => Promise.reject(failure('Auth0 refuses the client id or secret of the Management API.', 'outside')),
  })
  render(Auth0Access)
  await fill()
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Auth0 refuses the client id or secret'))
  expect(screen.getByLabelText('Management client id')).toHaveValue('abc')
  expect(screen.getByLabelText('Client secret')).toHaveValue('')
})

it('asks for nothing in the sandbox, which brings its own', async () => {
  coreAnswers({ auth0_access: () => ({ sandbox: true, domain: '127.0.0.1:4433', client_id: null, ready: true }) })
  render(Auth0Access)
  expect(await screen.findByText('127.0.0.1:4433')).toBeVisible()
  expect(screen.queryByLabelText('Client secret')).toBeNull()
})
