import { render, screen, within } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'

import type { CreditRow } from '../../ipc/generated/CreditRow'
import type { CreditsSort } from '../../ipc/generated/CreditsSort'
import { router } from '../../state/router.svelte'
import { anyCredits, toCredits } from '../../state/routes'
import { coreAnswers } from '../../test.answers'
import Credits from './Credits.svelte'

const money = { amount: '10', currency: 'USD', shown: '10.00' }
const row = (id: string, name: string | null, company: string | null): CreditRow => ({
  id,
  name,
  company,
  email: `${id}@acme.example`,
  status: 'active',
  plan: 'prepaid',
  paid_left: money,
  free_left: money,
  balance: money,
  spent: money,
  per_day: money,
  runs_out: null,
  runs_out_shown: 'no usage in 14 days',
  severity: 'muted',
  last_purchase_at: null,
})

let tests = 0

async function shown(sort: CreditsSort) {
  coreAnswers({
    credits_page: () => ({
      // As the core gives them by name: Ada before Zoe, and who has none after them.
      rows: [row('a', 'Ada Young', 'Zebra GmbH'), row('z', 'Zoe Adams', 'Aardvark Inc'), row('n', null, 'Nameless Ltd'), row('p', 'Pia', null)],
      next: null, count: '4', absent: null, lacking: [], source: 'user_credits', read_at: new Date().toISOString(), as_of: new Date().toISOString(),
    }),
    credits_totals: () => new Promise(() => {}),
  })
  render(Credits, { view: { sort, descending: false, filter: anyCredits }, workspace: `credits-${(tests += 1)}` })
  const table = await screen.findByRole('table', { name: 'Credits' })
  const names = within(table).getAllByRole('link').map((link) => link.textContent?.trim())
  return { table, names }
}

beforeEach(() => router.go(toCredits))

describe('the Credits screen', () => {
  it('calls accounts by their company', async () => {
    const { table, names } = await shown('balance')
    expect(within(table).getByRole('columnheader', { name: 'Account' })).toBeInTheDocument()
    expect(names).toEqual(['Zebra GmbH', 'Aardvark Inc', 'Nameless Ltd', 'Pia'])
  })

  it('says, in the order of owners, that it is theirs, and names them first', async () => {
    const { table, names } = await shown('name')
    const head = within(table).getByRole('columnheader', { name: 'Account, by owner' })
    expect(head).toHaveAttribute('aria-sort', 'ascending')
    expect(head.title).toBe("Sorted by the owner's name")
    expect(names).toEqual(['Ada Young', 'Zoe Adams', 'Nameless Ltd', 'Pia'])
    const cells = within(table).getAllByRole('link').map((link) => link.closest('td')?.textContent?.trim())
    expect(cells).toEqual(['Ada Young Zebra GmbH', 'Zoe Adams Aardvark Inc', 'Nameless Ltd', 'Pia'])
    expect(within(table).getByText('Ada Young').title).toBe('Ada Young · Zebra GmbH · a@acme.example')
  })
})
