import { flushSync } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import FoundGroups from '../screens/cluster/FoundGroups.svelte'
import Events from '../screens/events/Events.svelte'
import SignIns from '../screens/user/SignIns.svelte'
import BulkBar from '../screens/users/BulkBar.svelte'
import { Live } from '../state/live.svelte'
import { PagedList } from '../state/list.svelte'
import { parseRoute, toEvents, type EventsView } from '../state/routes'
import { Selection } from '../state/selection.svelte'
import { coreAnswers, failure, userRow, usersPageOf } from '../test.answers'
import ActionDiff from './ActionDiff.svelte'
import { handOn } from './hand_on'
import ListBody from './list/ListBody.svelte'
import LivePanel from './LivePanel.svelte'
import NotesPanel from './NotesPanel.svelte'

const at = '2026-11-01T08:00:00Z'

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

  it('"Show all" of the tries to sign in', async () => {
    const tries = Array.from({ length: 6 }, (_, n) => ({ at, outcome: 'signed_in', place: `place ${n}`, connection: null, client: null, ip: null }))
    const person = { blocked: false, email: null, email_verified: null, logins: null, last_login: null, last_ip: null, registered_at: null, identities: [], multifactor: [], tries, tries_missing: null, addresses_hidden: false }
    coreAnswers({ user_sign_ins: () => ({ source: 'Auth0', read_at: at, as_of: null, data: { state: 'known', person }, lacking: null }) as never })
    render(SignIns, { id: 'auth0|1', ready: true, offer: () => null, onact() {} })
    await screen.findByText('place 0')
    await pressed('Show all 6')
    expect(screen.getByText('place 5')).toBeInTheDocument()
    expect(screen.getByRole('heading', { name: 'Latest tries' })).toHaveFocus()
  })

  it('"Show all" and "more" of what an action changes', async () => {
    const dialog = document.body.appendChild(document.createElement('div'))
    dialog.innerHTML = '<h2>Suspend</h2>'
    const many = Array.from({ length: 15 }, (_, n) => n)
    const changes = many.map((n) => ({ table: 'users', id: `${n}`, label: `who ${n}`, column: 'status', before: 'active', after: 'suspended' }))
    const cascade = many.map((n) => ({ id: `r${n}`, label: `reached ${n}`, change: 'suspended with the account' }))
    render(ActionDiff, { target: dialog.appendChild(document.createElement('div')), props: { changes, cascade, warnings: [] } })
    flushSync()
    await pressed('and 3 more')
    expect(screen.getByText('reached 14')).toBeInTheDocument()
    expect(screen.getByRole('heading', { name: 'It also reaches' })).toHaveFocus()
    await pressed('Show all 15 changes')
    expect(screen.getByText('who 14')).toBeInTheDocument()
    // The heading above, not that of the next part.
    expect(screen.getByRole('heading', { name: 'Suspend' })).toHaveFocus()
    dialog.remove()
  })

  it('"Clear filters" of a list in which nothing matches', async () => {
    const main = document.body.appendChild(document.createElement('main'))
    main.innerHTML = '<h1 tabindex="-1">Users</h1>'
    const list = new PagedList(() => Promise.resolve(usersPageOf([])))
    const unmatched = { title: 'Nobody matches', onclear: vi.fn() }
    const props = { list, view: { sort: 'name', descending: false }, workspace: 'one', label: 'Users', columns: [], name: () => '', onsort() {}, none: { title: 'Nobody' }, unmatched, cell: (() => {}) as never }
    const { rerender } = render(ListBody as never, { target: main.appendChild(document.createElement('div')), props: props as never })
    await screen.findByText('Nobody matches')
    await pressed('Clear filters')
    expect(unmatched.onclear).toHaveBeenCalled()
    await rerender({ unmatched: null } as never)
    expect(screen.queryByRole('button', { name: 'Clear filters' })).toBeNull()
    expect(screen.getByRole('heading', { name: 'Users' })).toHaveFocus()
    main.remove()
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

  it('"Clear selection" of events', async () => {
    const main = document.body.appendChild(document.createElement('main'))
    const row = { id: 'in-1', way: 'in', at, system: 'stripe', kind: 'invoice.paid', subject: null, person: null, cluster_id: null, reference: null, livemode: true, read_back: false, state: 'dead', attempts: 1, next_attempt_at: null, last_error: null, done_at: null, audit_id: null }
    coreAnswers({ events_page: () => ({ rows: [row], next: null, count: '1', missing: null, notes: [], source: 'console.inbox', read_at: at, as_of: null }) as never })
    const { view } = parseRoute(toEvents) as { view: EventsView }
    render(Events, { target: main.appendChild(document.createElement('div')), props: { view, workspace: 'one' } })
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Select all that are shown' }))
    await pressed('Clear selection')
    expect(screen.queryByText('1 selected')).toBeNull()
    expect(screen.getByRole('heading', { name: 'Events' })).toHaveFocus()
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
