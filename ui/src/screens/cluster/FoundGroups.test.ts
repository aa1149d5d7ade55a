import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import type { FoundGroup } from '../../ipc/generated/FoundGroup'
import type { FoundLine } from '../../ipc/generated/FoundLine'
import FoundGroups from './FoundGroups.svelte'

const line = (n: number, change: Partial<FoundLine> = {}): FoundLine => ({
  subject: `s${n}`,
  person: { id: `auth0|${n}`, name: `Person ${n}`, email: `p${n}@firm.example`, status: 'active' },
  detail: '',
  since: new Date().toISOString(),
  mend: { action: 'create_hopsworks_user', word: 'Have it made', to_cluster: false, cluster_id: null },
  ...change,
})

const group = (change: Partial<FoundGroup> = {}): FoundGroup => ({
  severity: 'bad',
  sentence: '2 people have a seat and no user in its Hopsworks',
  advice: null,
  lines: [line(1), line(2)],
  more: null,
  ...change,
})

describe('what is wrong on a cluster', () => {
  it('offers the mend of each line, told apart by whom it is about', async () => {
    const onmend = vi.fn()
    render(FoundGroups, { groups: [group()], unknown: [], onmend })
    await userEvent.click(screen.getByRole('button', { name: 'Have it made: Person 2' }))
    expect(onmend).toHaveBeenCalledWith(expect.objectContaining({ action: 'create_hopsworks_user' }), expect.objectContaining({ subject: 's2' }))
  })

  it('says what to do where no mend is safe', () => {
    const stranger = line(3, { person: null, detail: 'who@x.example, as who1', mend: null })
    render(FoundGroups, { groups: [group({ severity: 'warn', advice: 'Ask who made them.', lines: [stranger] })], unknown: [], onmend: vi.fn() })
    expect(screen.getByTestId('found')).toHaveTextContent('who@x.example, as who1')
    expect(screen.getByText('Ask who made them.')).toBeInTheDocument()
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('shows the first few, and all of them when asked', async () => {
    const lines = [1, 2, 3, 4, 5].map((n) => line(n))
    render(FoundGroups, { groups: [group({ lines, more: 'and 7 others' })], unknown: [], onmend: vi.fn() })
    expect(screen.getAllByRole('listitem')).toHaveLength(3)
    await userEvent.click(screen.getByRole('button', { name: /^Show 2 more/ }))
    const items = within(screen.getByTestId('found')).getAllByRole('listitem')
    expect(items).toHaveLength(6)
    expect(items[5]).toHaveTextContent('and 7 others')
  })

  it('says since when something is not known, and why', () => {
    const unknown = [{ sentence: 'How its nodes are is not known', since: new Date(Date.now() - 7_200_000).toISOString(), problem: 'It is away.' }]
    render(FoundGroups, { groups: [], unknown, onmend: vi.fn() })
    expect(screen.getByTestId('not-known')).toHaveTextContent(/Not since .*It is away\./)
  })
})
