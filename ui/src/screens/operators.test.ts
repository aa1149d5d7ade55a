// Operators are completed in the filter of every list, filter it, and are said to be wrong where they are.

import { cleanup, render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import type { Component } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'

import type { QueryHelp } from '../ipc/generated/QueryHelp'
import type { QueryList } from '../ipc/generated/QueryList'
import { router } from '../state/router.svelte'
import { address, parseRoute, type Route } from '../state/routes'
import { coreAnswers } from '../test.answers'
import Clusters from './clusters/Clusters.svelte'
import Credits from './credits/Credits.svelte'
import Events from './events/Events.svelte'
import Invoices from './invoices/Invoices.svelte'
import Teams from './teams/Teams.svelte'
import Usage from './usage/Usage.svelte'
import Users from './users/Users.svelte'

interface Screen {
  list: QueryList
  component: unknown
  box: string
  typed: string
  whole: string
}

const all: Screen[] = [
  { list: 'users', component: Users, box: 'Filter by name, e-mail or id', typed: 'status:s', whole: 'status:suspended ' },
  { list: 'teams', component: Teams, box: 'Filter by owner, company, e-mail or id', typed: 'invite:p', whole: 'invite:pending ' },
  { list: 'usage', component: Usage, box: 'Filter accounts by name, e-mail, company or id', typed: 'gpu', whole: 'gpu>0 ' },
  { list: 'credits', component: Credits, box: 'Filter by name, e-mail, company or id', typed: 'credits:o', whole: 'credits:out ' },
  { list: 'invoices', component: Invoices, box: 'Filter by number, account or id', typed: 'type:ch', whole: 'type:charge ' },
  { list: 'clusters', component: Clusters, box: 'Filter by name, region or id', typed: 'seats:f', whole: 'seats:full ' },
  { list: 'events', component: Events, box: 'Filter by kind, id or error', typed: 'state:d', whole: 'state:dead ' },
]

const help = (list: QueryList, change: Partial<QueryHelp>): QueryHelp => ({
  list,
  addressed: false,
  filter: '',
  has_operators: true,
  problems: [],
  completions: [],
  ...change,
})

/** What the core says to what is half typed, whole, or wrong. */
function helped({ list, typed, whole }: Screen, text: string): QueryHelp {
  const place = { start: 0, end: text.length }
  if (text === typed) {
    const completion = { ...place, text: whole, whole, about: 'what it means', value: true }
    return help(list, { problems: [{ ...place, sentence: 'not finished' }], completions: [completion] })
  }
  if (text.startsWith('bad:')) return help(list, { problems: [{ ...place, sentence: `bad is no filter of ${list}.` }] })
  return help(list, {})
}

function shown(each: Screen) {
  router.go(`#/${each.list}`)
  // Lists that nobody answers show why; the filter above them works all the same.
  const asked = coreAnswers({ query_help: ({ text }) => helped(each, text) })
  const { view } = parseRoute(router.here) as Extract<Route, { view: unknown }>
  render(each.component as Component<{ view: unknown; workspace: string }>, { view, workspace: `operators-${each.list}` })
  return asked
}

beforeEach(cleanup)

describe.each(all)('the operators of $list', (each) => {
  const box = () => screen.getByRole('combobox', { name: each.box })

  it('are offered while one types, and taken with Tab', async () => {
    const asked = shown(each)
    await userEvent.type(box(), each.typed)
    expect(await screen.findByRole('option', { name: new RegExp(each.whole.trim()) })).toBeVisible()
    expect(screen.queryByText('not finished'), 'a value being typed is not wrong yet').toBeNull()
    expect(asked.find(({ command }) => command === 'query_help')?.args.list).toBe(each.list)
    await userEvent.keyboard('{Tab}')
    expect(box()).toHaveValue(each.whole)
    await waitFor(() => expect(router.here).toBe(`#/${each.list}?q=${encodeURIComponent(each.whole.trim())}`))
  })

  it('are said to be wrong, and do not empty the list', async () => {
    shown(each)
    await userEvent.type(box(), 'bad:x ')
    expect(await screen.findByText(`bad is no filter of ${each.list}.`)).toBeVisible()
    expect(router.here, 'the list stays as it was').toBe(`#/${each.list}`)
  })

  it('come back from the address of a saved or a deep link', async () => {
    const there = `#/${each.list}?q=${encodeURIComponent(each.whole.trim())}`
    const route = parseRoute(there)
    expect(route && address(route)).toBe(there)
  })
})

it('takes what is typed by then with Tab, not what was offered for an earlier letter', async () => {
  const values = ['status:active ', 'status:suspended ']
  const completions = (text: string) =>
    values.filter((whole) => whole.startsWith(text)).map((whole) => ({ start: 0, end: text.length, text: whole, whole, about: '', value: true }))
  router.go('#/users')
  coreAnswers({ query_help: ({ text }) => help('users', { completions: completions(text as string) }) })
  const { view } = parseRoute('#/users') as Extract<Route, { view: unknown }>
  render(Users as unknown as Component<{ view: unknown; workspace: string }>, { view, workspace: 'operators-late' })
  const box = screen.getByRole('combobox', { name: all[0]!.box })
  await userEvent.type(box, 'status:')
  await screen.findByRole('option', { name: /status:active/ })
  await userEvent.type(box, 's{Tab}')
  await waitFor(() => expect(box).toHaveValue('status:suspended '))
})
