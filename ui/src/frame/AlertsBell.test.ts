import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { AlertRow } from '../ipc/generated/AlertRow'
import type { Alerts } from '../ipc/generated/Alerts'
import { alerts } from '../state/alerts.svelte'
import { staff } from '../state/staff.svelte'
import { support } from '../test.actions'
import { coreAnswers, failure } from '../test.answers'
import AlertsBell from './AlertsBell.svelte'
import { sheets } from './sheets'

beforeAll(sheets.want)

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

function row(id: number, change: Partial<AlertRow> = {}): AlertRow {
  return {
    id,
    severity: 'bad',
    sentence: `${id} events from Stripe were given up`,
    place: { address: '#/events?state=dead', word: 'Events' },
    since: minutesAgo(90),
    opened_at: minutesAgo(80),
    resolved_at: null,
    acknowledged: null,
    told: [],
    ...change,
  }
}

const seen = (open: AlertRow[], change: Partial<Alerts> = {}): Alerts => ({ read_at: minutesAgo(0), looked_at: minutesAgo(0), open, resolved: [], ...change })

async function bell(answer: Alerts, more: Parameters<typeof coreAnswers>[0] = {}) {
  let current = answer
  const asked = coreAnswers({ alerts: () => current, who_is_there: () => support(), ...more })
  await Promise.all([alerts.look(), staff.look()])
  render(AlertsBell)
  return { asked, becomes: (next: Alerts) => (current = next), open: () => userEvent.click(screen.getByTestId('alerts')) }
}

beforeEach(() => {
  alerts.seen = null
  alerts.failure = null
})

describe('the bell', () => {
  it('is quiet while nothing is wrong, and says so', async () => {
    const { open } = await bell(seen([]))
    expect(screen.getByTestId('alerts')).toHaveAccessibleName('Alerts: none')
    expect(screen.getByRole('status')).toHaveTextContent(/^$/)
    await open()
    expect(screen.getByText('Nothing is wrong.')).toBeInTheDocument()
  })

  it('counts what nobody sees to, with what, since when, where to look and where it was told', async () => {
    const told = [
      { channel: 'e-mail', resolved: false, at: minutesAgo(79), partly: false, given_up: false, error: null },
      { channel: 'webhook', resolved: false, at: null, partly: false, given_up: true, error: 'The webhook answers with status 500.' },
    ]
    const acknowledged = { by: 'Sam', at: minutesAgo(5), note: 'ticket 4711' }
    const { open } = await bell(seen([row(2, { told }), row(3, { severity: 'warn', acknowledged })], { resolved: [row(1, { resolved_at: minutesAgo(200) })] }))
    expect(screen.getByTestId('alerts')).toHaveAccessibleName('Alerts: 2 open, 1 acknowledged')
    expect(screen.getByTestId('alerts')).toHaveTextContent('1')
    expect(screen.getByRole('status')).toHaveTextContent('1 alert nobody has acknowledged')
    await open()
    const sheet = screen.getByRole('region', { name: 'Alerts' })
    expect(sheet).toHaveTextContent(/Serious: 2 events from Stripe were given up/)
    expect(sheet).toHaveTextContent('since 1 h ago')
    expect(sheet).toHaveTextContent('told by e-mail')
    expect(sheet).toHaveTextContent('could not be told by webhook')
    expect(sheet).toHaveTextContent('Sam sees to it: ticket 4711')
    expect(sheet).toHaveTextContent('1 events from Stripe were given up ended 3 h ago')
    expect(screen.getAllByRole('link', { name: 'Events' })[0]).toHaveAttribute('href', '#/events?state=dead')
  })

  it('is acknowledged with a note or without, and shows who did', async () => {
    const { asked, becomes, open } = await bell(seen([row(7)]), { acknowledge_alert: () => null })
    await open()
    await userEvent.click(screen.getByRole('button', { name: 'Acknowledge …' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note, if you like' }), 'x')
    await userEvent.click(screen.getByRole('button', { name: 'I see to it' }))
    expect(screen.getByRole('textbox', { name: 'Note, if you like' })).toHaveAccessibleDescription('Say it in at least 3 letters, or nothing.')
    await userEvent.type(screen.getByRole('textbox', { name: 'Note, if you like' }), ' on it')
    becomes(seen([row(7, { acknowledged: { by: 'Sue', at: minutesAgo(0), note: 'x on it' } })]))
    await userEvent.click(screen.getByRole('button', { name: 'I see to it' }))
    expect(asked.find(({ command }) => command === 'acknowledge_alert')?.args).toEqual({ id: 7, note: 'x on it' })
    await waitFor(() => expect(screen.getByText('Sue sees to it: x on it')).toBeInTheDocument())
    expect(screen.getByTestId('alerts')).toHaveAccessibleName('Alerts: 1 open, 1 acknowledged')
    expect(screen.queryByRole('button', { name: 'Acknowledge …' })).toBeNull()
  })

  it('says why an acknowledgement was refused', async () => {
    const { open } = await bell(seen([row(7)]), {
      acknowledge_alert: () => {
        throw failure('It is over already.', 'conflict')
      },
    })
    await open()
    await userEvent.click(screen.getByRole('button', { name: 'Acknowledge …' }))
    await userEvent.click(screen.getByRole('button', { name: 'I see to it' }))
    expect(await screen.findByText('It is over already.')).toBeInTheDocument()
  })

  it('says when not all of the recipients could be told', async () => {
    const told = [{ channel: 'e-mail', resolved: false, at: null, partly: true, given_up: false, error: 'The mail server answers with status 550 for d…@service.example.' }]
    const { open } = await bell(seen([row(2, { told })]))
    await open()
    expect(screen.getByText('told by e-mail, not to all')).toHaveAttribute('title', expect.stringContaining('d…@service.example'))
  })

  it('offers auditors nothing to press', async () => {
    const { open } = await bell(seen([row(7)]), { who_is_there: () => support(0, { group: 'auditor', elevation: null }) })
    await open()
    expect(screen.queryByRole('button', { name: 'Acknowledge …' })).toBeNull()
  })

  it('says when nobody looks what is wrong', async () => {
    const { becomes, open } = await bell(seen([], { looked_at: null }))
    await open()
    expect(screen.getByText(/Nobody looks what is wrong here yet/)).toBeInTheDocument()
    becomes(seen([], { looked_at: minutesAgo(20) }))
    await alerts.look()
    expect(await screen.findByText(/Nobody has looked what is wrong since/)).toHaveTextContent('20 min ago. Is hopsdesk-webhook running?')
    // Clocks are not compared: this computer's is an hour behind the database's.
    becomes(seen([], { read_at: minutesAgo(-60), looked_at: minutesAgo(-59) }))
    await alerts.look()
    await waitFor(() => expect(screen.queryByText(/Nobody has looked/)).toBeNull())
  })
})
