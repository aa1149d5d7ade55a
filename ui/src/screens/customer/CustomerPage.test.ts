import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { CustomerView } from '../../ipc/generated/CustomerView'
import { coreAnswers, failure } from '../../test.answers'
import CustomerPage from './CustomerPage.svelte'

const seen: CustomerView = {
  audit_id: 77,
  read_at: '2026-11-26T12:00:00Z',
  parts: [
    { title: 'Usage', tables: [{ name: 'usage_daily', seen: '30 rows', there: '30 rows', holds_back: false, columns: ['date', 'total_cost'], rows: [['2026-11-25', '1.250000000000000001']] }] },
    { title: 'Invoices', tables: [{ name: 'invoices', seen: '0 rows', there: '2 rows', holds_back: true, columns: ['id'], rows: [] }] },
  ],
}
const profile = () => Promise.reject(failure('not of this test'))

describe('the service as the customer sees it', () => {
  it('is looked at with a reason only, once a look, and leads to its entry', async () => {
    const asked = coreAnswers({ user_profile: profile, view_as: () => seen })
    render(CustomerPage, { id: 'auth0|1' })
    await userEvent.click(screen.getByRole('button', { name: 'Look' }))
    expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription(/Say why/)
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    expect(await screen.findByRole('link', { name: 'entry 77' })).toHaveAttribute('href', '#/audit/77')
    expect(asked.filter(({ command }) => command === 'view_as').map(({ args }) => args)).toEqual([{ id: 'auth0|1', reason: 'ticket 4711' }])
  })

  it('stands beside what staff see, every digit of it, and says where something is kept from them', async () => {
    coreAnswers({ user_profile: profile, view_as: () => seen })
    render(CustomerPage, { id: 'auth0|1' })
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    expect(await screen.findByRole('list', { name: /usage_daily/, hidden: true })).toHaveTextContent('1.250000000000000001')
    expect(screen.getByText('not all of it')).toBeInTheDocument()
    expect(screen.getByText('2 rows')).toBeInTheDocument()
  })

  it('says in the database\u2019s words why there is no such view', async () => {
    coreAnswers({ user_profile: profile, view_as: () => Promise.reject(failure('Row level security is off on invoices.', 'not_supported')) })
    render(CustomerPage, { id: 'auth0|1' })
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'ticket 4711{Enter}')
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Row level security is off on invoices.'))
  })
})
