import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import type { KeychainStatus } from '../../ipc/generated/KeychainStatus'
import type { Workspace } from '../../ipc/generated/Workspace'
import type { WorkspaceOnFile } from '../../ipc/generated/WorkspaceOnFile'
import type { WorkspaceProbe } from '../../ipc/generated/WorkspaceProbe'
import { coreAnswers, failure, pending } from '../../test.answers'
import AddWorkspace from './AddWorkspace.svelte'
import { blank, formOf, problems, typedOf, withoutPassword } from './form'

const keychain: KeychainStatus = { available: true, name: 'Secret Service', sentence: null }
const added: Workspace = { id: '1', name: 'Acme', kind: 'staging', colour: null, address: 'h:5432/db', login: 'me', open: false }
const found: WorkspaceProbe = {
  address: 'h:5432/db',
  login: 'me',
  server: 'PostgreSQL 15.8',
  transport: 'TLS, certificate verified',
  product: 'managed Hopsworks',
  lacks: ['This database has no table invoices.'],
}

const name = () => screen.getByLabelText('Name')
const url = () => screen.getByLabelText('Connection string')
const password = () => screen.getByLabelText('Password')
const add = () => screen.getByRole('button', { name: 'Add database' })
const test = () => screen.getByRole('button', { name: 'Test connection' })

async function fill(secret = ' p%a:s@s ') {
  await userEvent.type(name(), 'Acme')
  await userEvent.type(url(), 'postgresql://me:inline@h/db')
  password().focus()
  await userEvent.paste(secret)
}

describe('adding a database', () => {
  it('sends the password as it was pasted, and has forgotten it before the answer comes', async () => {
    const answer = pending<Workspace>()
    const asked = coreAnswers({ keychain_status: () => keychain, add_workspace: () => answer.promise })
    const onadded = vi.fn()
    render(AddWorkspace, { onadded })
    await fill()
    await userEvent.click(add())
    expect(asked.find(({ command }) => command === 'add_workspace')?.args.form).toMatchObject({
      password: ' p%a:s@s ',
      url: 'postgresql://me:inline@h/db',
    })
    expect(password(), 'the password must not wait on the page for an answer').toHaveValue('')
    expect(url(), 'nor the one inside the address').toHaveValue('postgresql://me@h/db')
    answer.give(added)
    await waitFor(() => expect(onadded).toHaveBeenCalled())
    expect(name()).toHaveValue('')
  })

  it('says nothing about a connection string that has changed since it was tested', async () => {
    const answer = pending<WorkspaceProbe>()
    coreAnswers({ keychain_status: () => keychain, probe_workspace: () => answer.promise })
    render(AddWorkspace, { onadded() {} })
    await fill()
    await userEvent.click(test())
    await userEvent.type(url(), '2')
    answer.give(found)
    await waitFor(() => expect(test()).toBeEnabled())
    expect(screen.queryByText('Connected: managed Hopsworks')).toBeNull()
  })

  it('leads to the first field that is wrong', async () => {
    coreAnswers({ keychain_status: () => keychain })
    render(AddWorkspace, { onadded() {} })
    await userEvent.type(name(), 'Acme')
    await userEvent.click(add())
    expect(url()).toHaveFocus()
  })

  it('has forgotten the password after a failure too, and says what failed', async () => {
    coreAnswers({
      keychain_status: () => keychain,
      add_workspace: () => Promise.reject(failure('The login was refused.', 'credentials')),
    })
    render(AddWorkspace, { onadded() {} })
    await fill()
    await userEvent.click(add())
    await waitFor(() => expect(password()).toHaveAccessibleDescription('The login was refused.'))
    expect(password()).toHaveValue('')
    expect(password()).toBeInvalid()
    expect(name(), 'what is no secret need not be typed again').toHaveValue('Acme')
  })

  it('tests a connection and says what was found and what is lacking', async () => {
    coreAnswers({ keychain_status: () => keychain, probe_workspace: () => found })
    render(AddWorkspace, { onadded() {} })
    await fill()
    await userEvent.click(test())
    expect(await screen.findByText('Connected: managed Hopsworks')).toBeInTheDocument()
    expect(screen.getByText('PostgreSQL 15.8 · TLS, certificate verified')).toBeInTheDocument()
    expect(screen.getByText('This database has no table invoices.')).toBeInTheDocument()
    await userEvent.type(url(), '2')
    expect(screen.queryByText('Connected: managed Hopsworks'), 'it was about another address').not.toBeInTheDocument()
  })

  it('without a keychain still tests, but does not add, and says why', async () => {
    coreAnswers({
      keychain_status: () => ({ ...keychain, available: false, sentence: 'No keychain answers. Unlock it.' }),
      probe_workspace: () => found,
    })
    render(AddWorkspace, { onadded() {} })
    expect(await screen.findByText('No keychain answers. Unlock it.')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled()
    expect(add()).toBeDisabled()
    expect(test()).toBeEnabled()
  })

  it('asks the core nothing about what is plainly wrong', async () => {
    const asked = coreAnswers({ keychain_status: () => keychain })
    render(AddWorkspace, { onadded() {} })
    await userEvent.type(url(), 'https://example.com')
    await userEvent.click(add())
    expect(url()).toHaveAccessibleDescription('A connection string starts with postgresql:// and has no spaces.')
    expect(name()).toBeInvalid()
    expect(asked.filter(({ command }) => command !== 'keychain_status')).toEqual([])
  })
})

describe('the form', () => {
  const typed = { ...blank(), name: ' Acme ', url: ' postgres://me@h/db ', caFile: ' ' }
  const none = { auth0_domain: null, auth0_client_id: null, auth0_audience: null, direct_url: null, stripe_mode: null, supabase_url: null, idle_minutes: null, stay_signed_in: null, reauthenticate: null }

  it('sends null for what was left empty', () => {
    expect(formOf(typed)).toEqual({ name: 'Acme', kind: 'staging', url: 'postgres://me@h/db', colour: null, password: null, ca_file: null, ...none })
  })

  it('brings back what is on file as it is on file', () => {
    const file: WorkspaceOnFile = {
      name: 'Acme', kind: 'production', colour: 'teal', url: 'postgres://me@h/db', direct_url: 'postgres://me@h:5432/db', ca_file: '/ca.pem',
      auth0_domain: 'acme.eu.auth0.com', auth0_client_id: 'abc', auth0_audience: 'https://api', stripe_mode: 'test',
      supabase_url: 'https://abcdefghijklmnopqrst.supabase.co', idle_minutes: 0, stay_signed_in: false, reauthenticate: true,
    }
    expect(formOf(typedOf(file))).toEqual({ ...file, password: null })
  })

  it('takes whole minutes only', () => {
    expect(problems({ ...blank(), ...typed, idleMinutes: 'soon' }, true).idleMinutes).toBeDefined()
    expect(problems({ ...blank(), ...typed, idleMinutes: '0' }, true).idleMinutes).toBeUndefined()
  })

  it('needs a name for adding, not for testing', () => {
    expect(problems({ ...typed, name: '' }, false)).toEqual({})
    expect(problems({ ...typed, name: '' }, true)).toHaveProperty('name')
  })

  it.each([
    ['postgresql://me:secret@h/db', 'postgresql://me@h/db'],
    ['postgres://me:se@cr:et/@h:6543/db', 'postgres://me@h:6543/db'],
    ['postgresql://me@h/db', 'postgresql://me@h/db'],
    ['postgresql://h:5432/db', 'postgresql://h:5432/db'],
  ])('takes the password out of %s', (before, after) => expect(withoutPassword(before)).toBe(after))
})
