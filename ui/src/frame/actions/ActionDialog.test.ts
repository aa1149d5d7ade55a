import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import { acting, type ActRequest } from '../../state/acting.svelte'
import { staff } from '../../state/staff.svelte'
import { toasts } from '../../state/toasts.svelte'
import { support, suspended } from '../../test.actions'
import { coreAnswers, failure } from '../../test.answers'
import ActionDialog from './ActionDialog.svelte'

const suspend: ActRequest = { what: 'act', action: 'suspend_account', title: 'Suspend', kind: 'account', subject: 'auth0|1', name: 'Acme', expected: 'on-screen' }
const grant: ActRequest = { ...suspend, action: 'grant_credits', title: 'Grant credits' }

/** The dialog, with somebody there who may write for so long. */
async function ask(request: ActRequest, seconds: number, answers: Parameters<typeof coreAnswers>[0] = {}) {
  const asked = coreAnswers({
    who_is_there: () => support(seconds),
    elevate: () => support(900),
    preview_action: () => suspended(),
    perform_action: () => suspended({ audit_id: 7 }),
    ...answers,
  })
  await staff.look()
  acting.begin(request)
  render(ActionDialog, { request })
  return { asked }
}

const of = (asked: { command: string; args: Record<string, unknown> }[], command: string) =>
  asked.filter((each) => each.command === command).map(({ args }) => args)

beforeEach(() => {
  acting.close()
  for (const { id } of toasts.all) toasts.dismiss(id)
})

describe('the dialog of an action', () => {
  it('shows the exact change and whom it reaches, and its button says so', async () => {
    const { asked } = await ask(suspend, 600)
    const table = await screen.findByRole('table', { name: 'What changes' })
    expect(table).toHaveTextContent(/Acme.*status.*active.*suspended/)
    expect(screen.getByText(/Amy/).closest('li')).toHaveTextContent('Amy, Ben: suspended with the account')
    expect(screen.getByRole('button', { name: 'Suspend Acme and 2 members' })).toBeEnabled()
    expect(of(asked, 'preview_action')[0]).toMatchObject({ order: { expected: 'on-screen', reason: null } })
    expect(of(asked, 'perform_action'), 'looking changes nothing').toEqual([])
  })

  it('mends the seat that one looks at, also where they have another', async () => {
    const request: ActRequest = { ...suspend, action: 'take_over_hopsworks_ids', title: 'Take it over', kind: 'user', expected: null, known: { cluster_id: 'c2' } }
    const clusters = [
      { id: 'c1', name: 'eu-north' },
      { id: 'c2', name: 'eu-central' },
    ]
    const { asked } = await ask(request, 600, { users_facets: () => ({ clusters }) })
    const seat = await screen.findByRole('combobox', { name: 'Seat on' })
    await waitFor(() => expect(seat).toHaveDisplayValue('eu-central'))
    expect(screen.getByRole('option', { name: 'The cluster they were given last' })).toBeInTheDocument()
    await waitFor(() => expect(of(asked, 'preview_action').at(-1)).toMatchObject({ order: { arguments: { cluster_id: 'c2' } } }))
  })

  it('does nothing without a reason, and says what is missing at its field', async () => {
    const { asked } = await ask(suspend, 600)
    await userEvent.click(await screen.findByRole('button', { name: 'Suspend Acme and 2 members' }))
    expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription('Say why, in at least 3 letters.')
    expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveFocus()
    expect(of(asked, 'perform_action')).toEqual([])
  })

  it('asks for the time to write in the same dialog, for the same reason, and does what was shown', async () => {
    const { asked } = await ask(suspend, 0)
    await screen.findByRole('table')
    await userEvent.click(screen.getByRole('radio', { name: '5 min' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    await waitFor(() => expect(of(asked, 'perform_action')).toHaveLength(1))
    expect(of(asked, 'elevate')).toEqual([{ reason: 'ticket 4711', minutes: 5 }])
    expect(of(asked, 'perform_action')[0]).toEqual({
      order: { action: 'suspend_account', subject: 'auth0|1', arguments: {}, expected: 'seen-in-preview', reason: 'ticket 4711' },
    })
    await waitFor(() => expect(acting.request, 'nothing is left to wait for').toBeNull())
    expect(toasts.all.map(({ text, offer }) => [text, offer?.word])).toEqual([['Suspended Acme and 2 members.', 'Undo']])
    toasts.all[0]!.offer!.act()
    expect(acting.request).toMatchObject({ what: 'undo', auditId: 7 })
  })

  it('stays open while other systems are at work, and says how far each is', async () => {
    const effect = { system: 'hopsworks', kind: 'set_status', subject: 'auth0|1', state: 'pending' as const }
    await ask(suspend, 600, {
      perform_action: () => suspended({ audit_id: 7, effects: [effect] }),
      action_effects: () => [{ effect, attempts: 2, next_attempt_at: new Date(Date.now() + 25_000).toISOString(), last_error: 'it did not answer' }],
    })
    await screen.findByRole('table')
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    expect(await screen.findByText('it did not answer')).toBeInTheDocument()
    expect(screen.getByText(/Tried 2 times; again in 2\d s/)).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Undo …' })).toBeEnabled()
  })

  it('puts a refusal of the database at the field it speaks of', async () => {
    await ask(grant, 600, { preview_action: () => Promise.reject(failure('It must be at most 10,000.00.', 'invalid', 'amount')) })
    await userEvent.type(screen.getByRole('textbox', { name: 'Amount' }), '1,5')
    expect(screen.getByRole('textbox', { name: 'Amount' })).toHaveAccessibleDescription(/without commas/)
    await userEvent.clear(screen.getByRole('textbox', { name: 'Amount' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Amount' }), '50000')
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Amount' })).toHaveAccessibleDescription('It must be at most 10,000.00.'))
    expect(screen.getByRole('button', { name: 'Grant credits to Acme' })).toBeDisabled()
  })

  it('says a refusal that names no field of the form below it, whatever its words are', async () => {
    await ask(grant, 600, { preview_action: () => Promise.reject(failure('The amount is on hold.', 'conflict')) })
    await userEvent.type(screen.getByRole('textbox', { name: 'Amount' }), '50')
    expect(await screen.findByRole('alert')).toHaveTextContent('The amount is on hold.')
    expect(screen.getByRole('textbox', { name: 'Amount' })).not.toBeInvalid()
  })

  it('says what has changed meanwhile, and looks again with what is there now', async () => {
    let version = 'on-screen'
    const { asked } = await ask(suspend, 600, {
      preview_action: ({ order }) => (order.expected === 'new' ? suspended() : Promise.reject(failure('Changed since: the plan is postpaid now.', 'stale'))),
      actions_for: () => ({ version: (version = 'new'), actions: [] }),
    })
    expect(await screen.findByText('Changed since: the plan is postpaid now.')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Suspend Acme' })).toBeDisabled()
    await userEvent.click(screen.getByRole('button', { name: 'Look again' }))
    expect(await screen.findByRole('button', { name: 'Suspend Acme and 2 members' })).toBeEnabled()
    expect(version).toBe('new')
    expect(of(asked, 'preview_action')).toHaveLength(2)
  })

  it('says whom to ask where the login cannot write at all', async () => {
    await ask(suspend, 0, { who_is_there: () => support(0, { group: null, name: null }) })
    expect(await screen.findByText(/ingrid\.support is nobody of the staff here.*Ask an admin/)).toBeInTheDocument()
    expect(screen.getByRole('button', { name: /^Suspend Acme/ })).toBeDisabled()
  })
})

describe('taking an action back', () => {
  it('shows first what that would do, and why it cannot be', async () => {
    const asked = coreAnswers({
      who_is_there: () => support(600),
      undo_action: () => Promise.reject(failure('The plan was changed since by Marta.', 'stale')),
    })
    await staff.look()
    render(ActionDialog, { request: { what: 'undo', auditId: 7, sentence: 'Suspended Acme.', name: 'Acme' } })
    expect(await screen.findByText('The plan was changed since by Marta.')).toBeInTheDocument()
    expect(of(asked, 'undo_action')).toEqual([{ auditId: 7, reason: null, dry: true }])
    expect(screen.getByRole('button', { name: 'Undo this' })).toBeDisabled()
  })
})
