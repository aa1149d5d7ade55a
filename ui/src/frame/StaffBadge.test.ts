import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import { session } from '../state/session.svelte'
import { staff } from '../state/staff.svelte'
import { toasts } from '../state/toasts.svelte'
import { support } from '../test.actions'
import { coreAnswers, failure, pending } from '../test.answers'
import StaffBadge from './StaffBadge.svelte'
import { sheets } from './sheets'

beforeAll(sheets.want)
afterEach(() => void (session.current = null))

const inWorkspace = (id: string) => (session.current = { workspace: { id } } as Session)

async function badge(answers: Parameters<typeof coreAnswers>[0]) {
  const asked = coreAnswers(answers)
  await staff.look()
  render(StaffBadge)
  return { asked, open: () => userEvent.click(screen.getByTestId('staff')) }
}

describe('the badge of who may write', () => {
  it('counts down by the clock of the server, whatever this machine thinks', async () => {
    const server = Date.now() + 3_600_000
    await badge({
      who_is_there: () => support(0, { elevation: { until: new Date(server + 245_000).toISOString(), reason: 'ticket 1' }, server_time: new Date(server).toISOString() }),
    })
    expect(screen.getByTestId('staff')).toHaveTextContent(/Elevated\s*4:0\d/)
    expect(staff.endsSoon).toBe(false)
  })

  it('warns in the last two minutes', async () => {
    await badge({ who_is_there: () => support(100) })
    expect(await screen.findByText('Your elevation ends in less than two minutes.')).toBeInTheDocument()
  })

  it('asks for a reason before it begins, and ends early', async () => {
    const { asked, open } = await badge({ who_is_there: () => support(), elevate: () => support(600), end_elevation: () => support() })
    await open()
    await userEvent.click(screen.getByRole('button', { name: 'Elevate for 15 minutes' }))
    expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription('Say why, in at least 3 letters.')
    await userEvent.click(screen.getByRole('radio', { name: '10 min' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    await waitFor(() => expect(screen.getByTestId('staff')).toHaveTextContent('Elevated'))
    expect(asked.find(({ command }) => command === 'elevate')?.args).toEqual({ reason: 'ticket 4711', minutes: 10 })
    await open()
    await userEvent.click(await screen.findByRole('button', { name: 'End it now' }))
    await waitFor(() => expect(screen.getByTestId('staff')).toHaveTextContent('Read-only'))
  })

  it('has the browser ask who is there where the core wants that, then goes on by itself', async () => {
    const answer = pending<null>()
    let confirmed = false
    const { asked, open } = await badge({
      who_is_there: () => support(),
      elevate: () => {
        if (!confirmed) throw failure('Confirm at acme.eu.auth0.com that it is you.', 'reauthenticate')
        return support(600)
      },
      reauthenticate: () => answer.promise,
    })
    await open()
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    await waitFor(() => expect(staff.confirming).toBe('Confirm at acme.eu.auth0.com that it is you.'))
    confirmed = true
    answer.give(null)
    await waitFor(() => expect(screen.getByTestId('staff')).toHaveTextContent('Elevated'))
    expect(staff.confirming).toBeNull()
    expect(asked.filter(({ command }) => command === 'elevate')).toHaveLength(2)
  })

  it('keeps what is typed while it is closed, but for nobody else and in no other workspace', async () => {
    let login = 'ingrid.support'
    const refuse = () => {
      throw failure('Not now.')
    }
    inWorkspace('one')
    const { open } = await badge({ who_is_there: () => support(0, { login }), elevate: refuse })
    const reason = () => screen.getByRole('textbox', { name: 'Reason' })
    await open()
    await userEvent.type(reason(), 'ticket 4711{Enter}')
    await waitFor(() => expect(reason()).toHaveAccessibleDescription('Not now.'))
    await open()
    await open()
    expect(reason()).toHaveValue('ticket 4711')
    inWorkspace('two')
    await waitFor(() => expect(reason()).toHaveValue(''))
    expect(reason()).not.toHaveAccessibleDescription('Not now.')
    await userEvent.type(reason(), 'ticket 4712')
    login = 'sam.support'
    await staff.look()
    await waitFor(() => expect(reason()).toHaveValue(''))
  })

  it('does not take what was confirmed for another workspace for a word about this one', async () => {
    const answer = pending<null>()
    const { asked, open } = await badge({
      who_is_there: () => support(),
      elevate: () => {
        throw failure('Confirm that it is you.', 'reauthenticate')
      },
      reauthenticate: () => answer.promise,
      cancel_reauthentication: () => null,
    })
    await open()
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    await waitFor(() => expect(staff.confirming).not.toBeNull())
    const stop = staff.watch()
    expect(staff.confirming, 'the question is of another workspace').toBeNull()
    answer.give(null)
    await waitFor(() => expect(toasts.all.at(-1)?.text).toBe('Nothing was elevated: a workspace was opened meanwhile.'))
    expect(asked.filter(({ command }) => command === 'elevate')).toHaveLength(1)
    stop()
  })

  it('says why somebody who is not of the staff only looks, and whom to ask', async () => {
    const { open } = await badge({ who_is_there: () => support(0, { name: null, group: null }) })
    await open()
    expect(screen.getByText(/nobody of the staff here, so it only looks. Ask an admin/)).toBeInTheDocument()
    expect(screen.queryByRole('textbox')).toBeNull()
  })
})
