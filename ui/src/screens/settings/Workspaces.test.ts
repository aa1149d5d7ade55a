import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import type { Workspace } from '../../ipc/generated/Workspace'
import { Live } from '../../state/live.svelte'
import { coreAnswers, failure } from '../../test.answers'
import Workspaces from './Workspaces.svelte'

const workspace = (name: string): Workspace => ({
  id: name,
  name,
  kind: 'staging',
  colour: null,
  address: 'h:5432/db',
  login: 'me',
  open: false,
})

it('does not show under one workspace why another could not be removed', async () => {
  coreAnswers({ remove_workspace: () => Promise.reject(failure('The keychain is locked.', 'keychain')) })
  const live = new Live<Workspace[]>(60_000)
  live.data = [workspace('Acme'), workspace('Umbra')]
  render(Workspaces, { live })

  await userEvent.click(screen.getByRole('button', { name: 'Remove Acme …' }))
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Remove Acme' }))
  await waitFor(() => expect(screen.getByText('The keychain is locked.')).toBeVisible())
  await userEvent.click(screen.getByRole('button', { name: 'Keep it' }))

  await userEvent.click(screen.getByRole('button', { name: 'Remove Umbra …' }))
  expect(screen.getByRole('dialog', { name: 'Remove Umbra?' })).toBeVisible()
  expect(screen.queryByText('The keychain is locked.')).toBeNull()
})
