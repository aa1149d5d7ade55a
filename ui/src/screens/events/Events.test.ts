import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { EventDetail } from '../../ipc/generated/EventDetail'
import type { EventRow } from '../../ipc/generated/EventRow'
import { router } from '../../state/router.svelte'
import { address, parseRoute, toEvents, type EventsView } from '../../state/routes'
import { staff } from '../../state/staff.svelte'
import { support } from '../../test.actions'
import { coreAnswers, failure } from '../../test.answers'
import EventPage from './EventPage.svelte'
import Events from './Events.svelte'

let tests = 0
const workspace = () => `workspace-${(tests += 1)}`
const view = (parseRoute(toEvents) as { view: EventsView }).view
const row = (id: string, change: Partial<EventRow> = {}): EventRow => ({
  id, way: 'in', at: '2026-11-20T10:00:00Z', system: 'stripe', kind: 'invoice.paid', subject: 'cus_1', person: null, cluster_id: null, reference: `evt_${id}`,
  livemode: true, read_back: false, state: 'dead', attempts: 12, next_attempt_at: null, last_error: 'the table is locked', done_at: null, audit_id: null, ...change,
})
const pageOf = (rows: EventRow[]) => ({ rows, next: null, count: null, missing: null, notes: [], source: 'console.inbox and console.outbox', read_at: new Date().toISOString(), as_of: null })
const detail = (change: Partial<EventDetail> = {}): EventDetail => ({ event: row('in-1'), outcome: null, withheld: false, headers: null, body: '{"amount": 4200}', email_taken: null, conflicts: [], ...change })

beforeEach(() => router.go(toEvents))

describe('the Events screen', () => {
  it('does what is ticked again: tried dry first, with what is left out, then with a reason', async () => {
    const asked = coreAnswers({
      who_is_there: () => support(600),
      events_page: () => pageOf([row('in-1'), row('out-7', { way: 'out', system: 'hopsworks', kind: 'set_status', subject: 'auth0|ana', person: 'Ana' })]),
      replay_events: () => ({ events: 1, effects: 0, left_out: [{ id: 'out-7', why: 'A later effect was done.' }] }),
    })
    await staff.look()
    render(Events, { view, workspace: workspace() })
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Select all that are shown' }))
    await userEvent.click(screen.getByRole('button', { name: 'Replay …' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Replay' }))
    expect(await dialog.findByText('1 event would be applied again.')).toBeVisible()
    expect(dialog.getByText('A later effect was done.')).toBeVisible()
    await userEvent.type(dialog.getByRole('textbox', { name: 'Reason' }), 'it is free{Enter}')
    const orders = () => asked.filter(({ command }) => command === 'replay_events').map(({ args }) => args)
    const which = { by: 'ids', ids: ['in-1', 'out-7'] }
    await waitFor(() => expect(orders()).toEqual([{ order: { which, reason: null, dry_run: true } }, { order: { which, reason: 'it is free', dry_run: false } }]))
    await waitFor(() => expect(screen.queryByText('2 selected')).toBeNull())
  })

  it('does all of a time again, which begins and ends', async () => {
    const asked = coreAnswers({ who_is_there: () => support(600), events_page: () => pageOf([row('in-1')]), replay_events: () => ({ events: 3, effects: 2, left_out: [] }) })
    await staff.look()
    render(Events, { view, workspace: workspace() })
    await userEvent.click(await screen.findByRole('button', { name: 'Replay a time range …' }))
    expect(await screen.findByText('3 events would be applied again, and 2 effects would be tried again.')).toBeVisible()
    const order = asked.find(({ command }) => command === 'replay_events')?.args.order as { which: { from: string; until: string; states: string[] } }
    expect(order.which.states, 'what is done is left alone unless it is asked for').toEqual(['conflict', 'dead'])
    expect(Date.parse(order.which.until) - Date.parse(order.which.from)).toBe(86_400_000)
    const until = screen.getByLabelText<HTMLInputElement>('until')
    until.value = '2020-01-01T00:00'
    until.dispatchEvent(new Event('input', { bubbles: true }))
    expect(await screen.findByText('The time must end after it begins.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Replay' })).toBeDisabled()
  })

  it('is only looked at by auditors, and says so', async () => {
    coreAnswers({ who_is_there: () => support(0, { group: 'auditor' }), events_page: () => pageOf([row('in-1')]) })
    await staff.look()
    render(Events, { view, workspace: workspace() })
    expect(await screen.findByRole('button', { name: 'Replay a time range …' })).toBeDisabled()
  })

  it('shows why there is nothing, and what failed', async () => {
    coreAnswers({ events_page: () => pageOf([]) })
    const { unmount } = render(Events, { view, workspace: workspace() })
    expect(await screen.findByText('Nothing came yet')).toBeVisible()
    unmount()
    coreAnswers({ events_page: () => Promise.reject(failure('The database does not answer.')) })
    render(Events, { view, workspace: workspace() })
    expect(await screen.findByText('The database does not answer.')).toBeVisible()
  })

  it('comes back from its address, and ignores what it does not know', () => {
    const there = '#/events?q=came%3C1d&way=out&state=dead,conflict&system=stripe'
    const route = parseRoute(there)
    expect(route && address(route).replaceAll('%2C', ',')).toBe(there)
    expect(parseRoute('#/events?state=evil')).toEqual(parseRoute('#/events'))
    expect(parseRoute('#/events/in-12')).toEqual({ screen: 'event', id: 'in-12' })
    for (const strange of ['#/events/12', '#/events/up-1', '#/events/in-1/2', '#/events/in-x']) expect(parseRoute(strange), strange).toBeNull()
  })
})

describe('the page of an event', () => {
  it('names both accounts of a conflict, and puts it aside with a reason', async () => {
    const asked = coreAnswers({
      who_is_there: () => support(),
      elevate: () => support(600),
      event: () => detail({ event: row('in-1', { state: 'conflict' }), email_taken: { user_id: 'auth0|new', holder_id: 'auth0|old' } }),
      dismiss_event: () => null,
    })
    await staff.look()
    render(EventPage, { id: 'in-1' })
    expect(await screen.findByText('Two accounts claim one e-mail.')).toBeVisible()
    expect(screen.getByRole('link', { name: 'auth0|old' })).toHaveAttribute('href', '#/users/auth0%7Cold')
    await userEvent.click(screen.getByRole('button', { name: 'Put it aside …' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'twice the same{Enter}')
    await waitFor(() => expect(asked.find(({ command }) => command === 'dismiss_event')?.args).toEqual({ id: 'in-1', reason: 'twice the same' }))
    expect(asked.find(({ command }) => command === 'elevate')?.args).toEqual({ reason: 'twice the same', minutes: 15 })
  })

  it('says of any other conflicts what each is, and what to do', async () => {
    const conflicts = [
      { title: 'Credits were paid in another currency.', sentence: 'Adjust them.' },
      { title: 'A plan could not be ended.', sentence: 'Choose another plan.' },
    ]
    coreAnswers({ who_is_there: () => support(600), event: () => detail({ event: row('in-1', { state: 'conflict' }), conflicts }) })
    render(EventPage, { id: 'in-1' })
    for (const { title, sentence } of conflicts) {
      const note = (await screen.findByText(title)).closest('[role=note]')
      expect(note).toHaveTextContent(sentence)
    }
  })

  it('shows what it says to whom it is for, and offers nothing where nothing can be done', async () => {
    coreAnswers({ who_is_there: () => support(600), event: () => detail({ event: row('out-7', { way: 'out', state: 'done' }) }) })
    await staff.look()
    const { unmount } = render(EventPage, { id: 'out-7' })
    expect(await screen.findByText('{"amount": 4200}')).toBeVisible()
    expect(screen.queryByRole('button', { name: /Replay|again/ }), 'an effect is not sent twice').toBeNull()
    unmount()
    coreAnswers({ event: () => detail({ withheld: true, body: null }) })
    render(EventPage, { id: 'in-1' })
    expect(await screen.findByText('Only support and admins read what people sent.')).toBeVisible()
  })

  it('says when there is no such event', async () => {
    coreAnswers({ event: () => Promise.reject(failure('There is no such event.', 'not_found')) })
    render(EventPage, { id: 'in-9' })
    expect(await screen.findByRole('heading', { name: 'No such event' })).toBeVisible()
  })

  it('says that it is not known how the senders stand', async () => {
    coreAnswers({
      events_page: () => pageOf([]),
      event_sources: () => {
        throw failure('The database took too long.', 'timeout')
      },
    })
    render(Events, { view, workspace: workspace() })
    expect(await screen.findByText('How the senders stand could not be read: The database took too long.')).toBeVisible()
  })

  it('does not leave the place of what an event says empty', async () => {
    coreAnswers({
      event: () => {
        throw failure('The database took too long.', 'timeout')
      },
    })
    render(EventPage, { id: 'in-1' })
    expect(await screen.findByText('Not read: it comes with the event, which could not be read.')).toBeVisible()
  })
})
