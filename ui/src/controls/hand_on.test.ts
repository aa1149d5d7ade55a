import { flushSync } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import FoundGroups from '../screens/cluster/FoundGroups.svelte'
import BulkBar from '../screens/users/BulkBar.svelte'
import { Live } from '../state/live.svelte'
import { Selection } from '../state/selection.svelte'
import { failure, userRow } from '../test.answers'
import { handOn } from './hand_on'
import LivePanel from './LivePanel.svelte'
import NotesPanel from './NotesPanel.svelte'

async function pressed(name: string | RegExp) {
  screen.getByRole('button', { name }).focus()
  await userEvent.keyboard('{Enter}')
}

describe('where the pressed button goes away, the focus goes on from its heading', () => {
  it('"Try again" in a panel', async () => {
    const live = new Live<never>(4000)
    live.failure = failure('The database took too long.')
    render(LivePanel, { title: 'Seat', live, children: (() => {}) as never })
    await pressed('Try again')
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.getByRole('heading', { name: 'Seat' })).toHaveFocus()
  })

  it('"Show all" of notes', async () => {
    const live = new Live<never>(4000)
    live.data = Array.from({ length: 7 }, (_, id) => ({ id, body: `note ${id}`, staff: 'Sam', at: '2026-11-01T08:00:00Z' })) as never
    render(NotesPanel, { live, offer: null, onadd() {} })
    await pressed('Show all 7')
    expect(screen.getByText('note 6')).toBeInTheDocument()
    expect(screen.getByRole('heading', { name: 'Notes' })).toHaveFocus()
  })

  it('"Show more" of what was found', async () => {
    const lines = Array.from({ length: 5 }, (_, n) => ({ subject: `s${n}`, person: null, detail: `thing ${n}`, since: '', mend: null }))
    render(FoundGroups, { groups: [{ severity: 'bad', sentence: 'Five things', advice: null, lines, more: null }], unknown: [], onmend() {} })
    await pressed(/^Show 2 more/)
    expect(screen.getByText('thing 4')).toBeInTheDocument()
    expect(screen.getByRole('heading', { name: 'Five things' })).toHaveFocus()
  })

  it('"Clear selection"', async () => {
    const main = document.body.appendChild(document.createElement('main'))
    main.innerHTML = '<h1 tabindex="-1">Users</h1>'
    const selection = new Selection<ReturnType<typeof userRow>>()
    selection.toggle([userRow(1)], 0, false)
    render(BulkBar, { target: main.appendChild(document.createElement('div')), props: { selection } })
    flushSync()
    await pressed('Clear selection')
    expect(screen.queryByText('1 selected')).toBeNull()
    expect(screen.getByRole('heading', { name: 'Users' })).toHaveFocus()
    main.remove()
  })

  it('and stays where it is for one who only clicked', () => {
    document.body.innerHTML = '<main><h1>Title</h1><button>Go</button></main>'
    const focus = vi.spyOn(HTMLElement.prototype, 'focus')
    handOn(document.querySelector('button')!)
    expect(focus).not.toHaveBeenCalled()
    focus.mockRestore()
  })
})
