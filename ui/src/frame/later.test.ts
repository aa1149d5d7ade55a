// The first screen does without what nobody sees on it: that is read and asked afterwards, or when it is wanted.

import { createRawSnippet, flushSync } from 'svelte'
import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import { help } from '../state/help.svelte'
import { painted } from '../state/painted.svelte'
import { staff } from '../state/staff.svelte'
import { toasts } from '../state/toasts.svelte'
import { support } from '../test.actions'
import { coreAnswers, pending } from '../test.answers'
import Frame from './Frame.svelte'
import { sheets } from './sheets'
import StaffBadge from './StaffBadge.svelte'

const script = vi.hoisted(() => ({ away: false, reading: null as Promise<typeof import('./all_sheets')> | null }))
vi.mock('./sheets', async () => {
  const { Part } = await import('../state/part.svelte')
  const read = () => script.reading ?? (script.away ? Promise.reject(new TypeError('Importing a module script failed.')) : import('./all_sheets'))
  return { sheets: new Part(read) }
})

const session: Session = {
  workspace: { id: 'one', name: 'one', kind: 'sandbox', address: '', login: 'sam', open: true, expiring: null } as unknown as Session['workspace'],
  state: { state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null },
  version: '0.1.0',
}

function window() {
  const now = new Date().toISOString()
  const asked = coreAnswers({
    who_is_there: () => support(),
    alerts: () => ({ read_at: now, looked_at: now, open: [], resolved: [] }),
    bulks_left: () => [],
    operators: () => [],
  })
  render(Frame, { session, children: createRawSnippet(() => ({ render: () => '<h1>Here</h1>' })) })
  return () => asked.map(({ command }) => command)
}

beforeEach(() => {
  sheets.here = null
  sheets.failure = null
  script.away = false
  script.reading = null
  toasts.all = []
  help.open = false
  painted.start()
})

it('asks and reads what the first screen does not show once that is painted', async () => {
  const asked = window()
  expect(asked(), 'nothing before').toEqual([])
  expect(sheets.here).toBeNull()
  await waitFor(() => expect(asked()).toEqual(expect.arrayContaining(['who_is_there', 'alerts', 'next_link', 'workspaces', 'exports', 'bulks_left'])))
})

it('opens the help by the first key, though its script is not here yet', async () => {
  window()
  await userEvent.keyboard('?')
  expect(await screen.findByRole('dialog', { name: 'Keys and operators' })).toBeInTheDocument()
})

it('says that a script could not be read, and reads it when it is tried again', async () => {
  script.away = true
  window()
  await userEvent.keyboard('?')
  expect(await screen.findByText('This part of the window could not be read.')).toBeInTheDocument()
  script.away = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('dialog', { name: 'Keys and operators' })).toBeInTheDocument()
})

it('says it again when it could not be read a second time, and not while it is being read', async () => {
  script.away = true
  window()
  const said = () => screen.queryAllByText('This part of the window could not be read.')
  await userEvent.keyboard('?')
  await waitFor(() => expect(said()).toHaveLength(1))
  const first = toasts.all.at(-1)?.id
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(said()).toHaveLength(1))
  expect(toasts.all.at(-1)?.id).not.toBe(first)

  const reading = pending<typeof import('./all_sheets')>()
  script.reading = reading.promise
  help.open = false
  flushSync()
  help.open = true
  flushSync()
  expect(said()).toHaveLength(0)
  reading.refuse(new TypeError('Importing a module script failed.'))
  await waitFor(() => expect(said()).toHaveLength(1))
})

it('leads the focus into a sheet that came after it was opened', async () => {
  coreAnswers({ who_is_there: () => support() })
  await staff.look()
  render(StaffBadge)
  await userEvent.click(screen.getByTestId('staff'))
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveFocus())
})

it('says in the sheet itself that it could not be read', async () => {
  script.away = true
  coreAnswers({ who_is_there: () => support() })
  render(StaffBadge)
  await userEvent.click(screen.getByTestId('staff'))
  expect(await screen.findByRole('alert')).toHaveTextContent('This part of the window could not be read.')
  script.away = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('button', { name: 'Elevate for 15 minutes' })).toBeInTheDocument()
})
