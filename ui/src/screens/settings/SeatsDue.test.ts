import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { AssignmentRule } from '../../ipc/generated/AssignmentRule'
import { staff } from '../../state/staff.svelte'
import { support } from '../../test.actions'
import { coreAnswers, failure } from '../../test.answers'
import SeatsDue from './SeatsDue.svelte'

const rule: AssignmentRule = { due_on: 'payment', set_by: 'Ada Admin', set_at: '2026-11-20T10:00:00Z', unpaid: 3 }
const panel = (data: AssignmentRule | null = rule, lacking: string | null = null) => ({ source: 'console.assignment_rules', read_at: new Date().toISOString(), as_of: null, data, lacking })

describe('when a seat is due', () => {
  it('is changed by an admin, with a reason and the time to write, and says whom it brings into line', async () => {
    const asked = coreAnswers({
      who_is_there: () => support(0, { group: 'admin' }),
      elevate: () => support(600, { group: 'admin' }),
      assignment_rule: () => panel(),
      set_assignment_rule: () => null,
    })
    await staff.look()
    render(SeatsDue)
    expect(await screen.findByTestId('seats-due')).toHaveTextContent('With the first payment of the account')
    expect(screen.getByText('3 people wait for their first payment.')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Change …' }))
    const dialog = within(screen.getByRole('dialog', { name: 'When a seat is due' }))
    expect(dialog.getByRole('button', { name: 'Give seats with the first payment of the account' }), 'nothing would change').toBeDisabled()
    await userEvent.click(dialog.getByRole('radio', { name: 'registration' }))
    expect(dialog.getByText(/stands in line at once/)).toBeInTheDocument()
    await userEvent.type(dialog.getByRole('textbox', { name: 'Reason' }), 'a trial for all{Enter}')
    await waitFor(() => expect(asked.find(({ command }) => command === 'set_assignment_rule')?.args).toEqual({ dueOn: 'registration', reason: 'a trial for all' }))
    expect(asked.find(({ command }) => command === 'elevate')?.args).toEqual({ reason: 'a trial for all', minutes: 15 })
  })

  it('is only shown to others, and a refusal is said in the dialog', async () => {
    coreAnswers({ who_is_there: () => support(600), assignment_rule: () => panel() })
    await staff.look()
    const { unmount } = render(SeatsDue)
    expect(await screen.findByRole('button', { name: 'Change …' })).toBeDisabled()
    unmount()
    coreAnswers({
      who_is_there: () => support(600, { group: 'admin' }),
      assignment_rule: () => panel(),
      set_assignment_rule: () => Promise.reject(failure('Only admins say when a seat is due.', 'not_allowed')),
    })
    await staff.look()
    render(SeatsDue)
    await userEvent.click(await screen.findByRole('button', { name: 'Change …' }))
    await userEvent.click(screen.getByRole('radio', { name: 'registration' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'a trial for all{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('Only admins say when a seat is due.')
  })

  it('says so where the database has no clusters', async () => {
    coreAnswers({ who_is_there: () => support(0), assignment_rule: () => panel(null, 'This database has no clusters table.') })
    await staff.look()
    render(SeatsDue)
    expect(await screen.findByText('This database has no clusters table.')).toBeInTheDocument()
  })
})
