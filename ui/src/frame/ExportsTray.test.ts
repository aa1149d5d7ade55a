import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'

import type { Export } from '../ipc/generated/Export'
import { exports, ownZone, wholeList } from '../state/exports.svelte'
import { coreAnswers, failure } from '../test.answers'
import ExportsTray from './ExportsTray.svelte'

const export_ = (id: number, state: Export['state']): Export => ({
  id,
  title: 'Users',
  file: `hopsdesk-users-${id}.csv`,
  folder: '/home/ingrid/Downloads',
  state,
})

it('shows how far an export is until it is done, and then what it came to', async () => {
  const answers: Export[][] = [
    [export_(1, { state: 'running', rows: 0, expected: null })],
    [export_(1, { state: 'running', rows: 1500, expected: 12_000 })],
    [export_(1, { state: 'done', rows: 12_000, bytes: 1_440_000 })],
  ]
  const asked = coreAnswers({ exports: () => (answers.length > 1 ? answers.shift()! : answers[0]!), open_export: () => null })
  render(ExportsTray)
  expect(await screen.findByText('Counting users')).toBeInTheDocument()
  expect(await screen.findByText('1,500 of 12,000 rows')).toBeInTheDocument()
  expect(screen.getByRole('progressbar', { name: 'Export of Users' })).toHaveAttribute('value', '12.5')
  expect(await screen.findByText('12,000 rows, 1.4 MB')).toBeInTheDocument()
  expect(screen.queryByRole('progressbar')).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Show in folder hopsdesk-users-1.csv' }))
  expect(asked.find(({ command }) => command === 'open_export')?.args).toEqual({ id: 1, what: 'folder' })
})

it('looks again for an export that began while a look was under way', async () => {
  const running = [export_(1, { state: 'running', rows: 5, expected: 10 })]
  const looks: ((answer: Export[]) => void)[] = []
  coreAnswers({
    export_list: () => running[0]!,
    exports: () => new Promise((answer) => looks.push(answer)),
  })
  render(ExportsTray)
  await waitFor(() => expect(looks).toHaveLength(1))
  await exports.begin({ list: 'users', query: { filter: {} as never, sort: 'created', descending: true, ...wholeList } }, 'csv')
  looks[0]!([])
  await waitFor(() => expect(looks).toHaveLength(2))
  looks[1]!(running)
  expect(await screen.findByText('5 of 10 rows')).toBeInTheDocument()
  // Nothing runs any more, for whoever looks next.
  await waitFor(() => expect(looks).toHaveLength(3))
  looks[2]!([])
  await waitFor(() => expect(exports.all).toEqual([]))
})

it('cancels one that runs, and says why another did not come to be', async () => {
  let all = [
    export_(2, { state: 'running', rows: 5, expected: 10 }),
    export_(1, { state: 'failed', failure: failure('The disk is full.') }),
  ]
  const asked = coreAnswers({
    exports: () => all,
    dismiss_export: ({ id }) => {
      all = all.map((each) => (each.id === id ? export_(id, { state: 'cancelled' }) : each))
      return null
    },
  })
  render(ExportsTray)
  expect(await screen.findByText('The disk is full.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel the export of Users' }))
  await waitFor(() => expect(screen.getByText('Cancelled. Nothing was kept.')).toBeInTheDocument())
  expect(asked.filter(({ command }) => command === 'dismiss_export').map(({ args }) => args)).toEqual([{ id: 2 }])
})

it('is not there while there is nothing to show', async () => {
  const asked = coreAnswers({ exports: () => [] })
  render(ExportsTray)
  await waitFor(() => expect(asked.length).toBeGreaterThan(0))
  await waitFor(() => expect(exports.all).toEqual([]))
  expect(screen.queryByRole('region')).toBeNull()
})

it('orders a file with the zone of the person', async () => {
  const asked = coreAnswers({
    export_list: () => export_(3, { state: 'done', rows: 0, bytes: 3 }),
    exports: () => [],
  })
  await exports.begin({ list: 'users', query: { filter: {} as never, sort: 'created', descending: true, ...wholeList } }, 'xlsx')
  const { order } = asked.find(({ command }) => command === 'export_list')!.args as { order: { zone: unknown } }
  expect(order.zone).toEqual(ownZone())
  expect(ownZone(new Date()).name).toMatch(/^[A-Za-z0-9_+/-]+$/)
})
