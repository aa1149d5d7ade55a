import { render, screen, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { RecipientsShown } from '../../ipc/generated/RecipientsShown'
import { staff } from '../../state/staff.svelte'
import { support } from '../../test.actions'
import { coreAnswers } from '../../test.answers'
import Recipients from './Recipients.svelte'

const collector = { name: 'collector', public_key: 'age1collector', added_by: 'ines.admin', added_at: '2026-11-20T10:00:00Z', is_here: false, held_at: null }

async function shown(change: Partial<RecipientsShown>) {
  const data = { rows: [collector], ours: [], warning: null, ...change }
  coreAnswers({ who_is_there: () => support(0, { group: 'admin' }), recipients: () => ({ source: 'console.recipients', read_at: new Date().toISOString(), as_of: null, data, lacking: null }) })
  await staff.look()
  render(Recipients, { sandbox: false })
  return await screen.findByTestId('recipient')
}

describe('the keys of clusters', () => {
  it('warns where no program opens what is sealed', async () => {
    const row = await shown({ warning: 'No program that serves has one of these keys.' })
    const warning = screen.getByTestId('no-key')
    expect(warning).toHaveTextContent('No program that serves has one of these keys.')
    expect(warning).toHaveRole('status')
    expect(row).not.toHaveTextContent('A program that serves has it')
  })

  it('says nothing of the kind where one does, and which key that is', async () => {
    const row = await shown({ rows: [{ ...collector, held_at: new Date().toISOString() }] })
    expect(screen.queryByTestId('no-key')).toBeNull()
    expect(within(row).getByText(/A program that serves has it, seen/)).toBeInTheDocument()
  })
})
