import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { QueryHelp } from '../ipc/generated/QueryHelp'
import type { SearchHits } from '../ipc/generated/SearchHits'
import { deepLinks } from '../state/deep_links.svelte'
import { recent } from '../state/recent.svelte'
import { router } from '../state/router.svelte'
import { toOverview } from '../state/routes'
import { coreAnswers, failure, pending } from '../test.answers'
import SearchBox from './SearchBox.svelte'

const hits = (...names: string[]): SearchHits => ({
  hits: names.map((name) => ({ kind: 'user', id: `auth0|${name}`, name, email: `${name}@acme.example`, status: 'active', by: null, exact: false })),
  more_users: false,
  exact: false,
  link: null,
})
const help = (change: Partial<QueryHelp>): QueryHelp => ({
  list: 'users',
  addressed: false,
  filter: '',
  has_operators: false,
  problems: [],
  completions: [],
  ...change,
})
const noHelp = () => help({})
const core = (answers: Parameters<typeof coreAnswers>[0]) => coreAnswers({ query_help: noHelp, ...answers })
const box = () => screen.getByRole('combobox', { name: 'Search' })
const options = () => screen.queryAllByRole('option').map((option) => option.textContent?.trim() ?? '')

beforeEach(() => router.go(toOverview))

describe('the search box', () => {
  it('asks from the second letter on, once typing pauses', async () => {
    const asked = core({ search: () => hits('Olumide') })
    render(SearchBox)
    await userEvent.type(box(), 'o')
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(asked).toEqual([])
    await userEvent.type(box(), 'lu')
    await screen.findByRole('option', { name: /Olumide/ })
    expect(asked.filter(({ command }) => command === 'search').map(({ args }) => args.text)).toEqual(['olu'])
  })

  it('drops an answer that comes after a later question', async () => {
    const slow = pending<SearchHits>()
    core({ search: ({ text }) => (text === 'in' ? slow.promise : hits('Ingrid')) })
    render(SearchBox)
    await userEvent.type(box(), 'in')
    await new Promise((resolve) => setTimeout(resolve, 120))
    await userEvent.type(box(), 'g')
    await screen.findByRole('option', { name: /Ingrid/ })
    slow.give(hits('Inaki'))
    await Promise.resolve()
    expect(options().join(), 'the stale answer must not replace the fresh one').not.toContain('Inaki')
  })

  it('moves with the arrow keys, around the ends, and says which option it is on', async () => {
    core({ search: () => hits('Ana', 'Ben') })
    render(SearchBox)
    await userEvent.type(box(), 'an')
    await screen.findByRole('option', { name: /Ben/ })
    const active = () => document.getElementById(box().getAttribute('aria-activedescendant') ?? '')?.textContent
    expect(active()).toContain('Ana')
    await userEvent.keyboard('{ArrowDown}')
    expect(active()).toContain('Ben')
    await userEvent.keyboard('{ArrowDown}')
    expect(active()).toContain('Ana')
    await userEvent.keyboard('{ArrowUp}{Enter}')
    await waitFor(() => expect(router.route).toEqual({ screen: 'user', id: 'auth0|Ben' }))
  })

  it('goes straight to a pasted id, though Enter comes before the answer', async () => {
    core({ search: () => ({ ...hits('Olumide'), exact: true }) })
    render(SearchBox)
    box().focus()
    await userEvent.paste('auth0|Olumide')
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(router.route).toEqual({ screen: 'user', id: 'auth0|Olumide' }))
  })

  it('finds screens by their name', async () => {
    core({ search: () => hits() })
    render(SearchBox)
    await userEvent.type(box(), 'sett')
    expect(await screen.findByRole('option', { name: /Settings/ })).toBeInTheDocument()
  })

  it('leads to the Users list when there are more than it shows', async () => {
    core({ search: () => ({ ...hits('Ana'), more_users: true }) })
    render(SearchBox)
    await userEvent.type(box(), 'ana')
    await userEvent.click(await screen.findByRole('option', { name: /All matches/ }))
    expect(router.here).toBe('#/users?q=ana')
  })

  it('closes on the first Escape and empties on the second', async () => {
    core({ search: () => hits('Ana') })
    render(SearchBox)
    await userEvent.type(box(), 'ana')
    await screen.findByRole('option', { name: /Ana/ })
    await userEvent.keyboard('{Escape}')
    expect(box()).toHaveAttribute('aria-expanded', 'false')
    expect(box()).toHaveValue('ana')
    await userEvent.keyboard('{Escape}')
    expect(box()).toHaveValue('')
  })

  it('takes the focus on Ctrl K from anywhere', async () => {
    core({})
    render(SearchBox)
    await fireEvent.keyDown(window, { key: 'k', ctrlKey: true })
    expect(box()).toHaveFocus()
  })

  it('says that nothing was found, and why nothing could be', async () => {
    core({ search: ({ text }) => (text === 'zz' ? hits() : Promise.reject(failure('The database did not answer.'))) })
    render(SearchBox)
    await userEvent.type(box(), 'zz')
    expect(await screen.findByText('Nothing found for “zz”.')).toBeVisible()
    await userEvent.type(box(), 'z')
    expect(await screen.findByText('The database did not answer.')).toBeVisible()
  })

  it('shows groups with their names, what is named exactly first', async () => {
    const found: SearchHits = {
      ...hits('Ana'),
      hits: [
        { kind: 'cluster', id: 'c1', name: 'eu-west-1', region: 'eu', status: null, by: null, exact: true },
        ...hits('Ana').hits,
        { kind: 'project', name: 'fraud', namespace: 'fraud', user_id: 'auth0|Ana', user: 'Ana', cluster: 'eu-west-1', by: null, exact: false },
      ],
      exact: true,
    }
    core({ search: () => found })
    render(SearchBox)
    await userEvent.type(box(), 'eu-west-1')
    await screen.findByRole('option', { name: /eu-west-1 eu/ })
    expect(screen.getAllByRole('group').map((group) => group.firstElementChild?.textContent)).toEqual(['Exactly', 'Users', 'Projects'])
    expect(options()[0]).toContain('eu-west-1')
  })

  it('completes an operator with Tab and leads to the filtered list', async () => {
    const helped = (text: string) => help({
      filter: text.trim(),
      has_operators: text.includes(':'),
      problems: text === 'status:s' ? [{ start: 0, end: 8, sentence: 'status: takes active.' }] : [],
      completions:
        text === 'sta'
          ? [{ start: 0, end: 3, text: 'status:', whole: 'status:', about: 'status: takes active', value: false }]
          : text === 'status:s'
            ? [{ start: 6, end: 8, text: ':suspended ', whole: 'status:suspended ', about: 'locked out', value: true }]
            : [],
    })
    core({ search: () => hits(), query_help: ({ text }) => helped(text) })
    render(SearchBox)
    await userEvent.type(box(), 'sta')
    await screen.findByRole('option', { name: /status:/ })
    await userEvent.keyboard('{Tab}')
    expect(box()).toHaveValue('status:')
    expect(box()).toHaveFocus()
    await userEvent.type(box(), 's')
    await screen.findByRole('option', { name: /status:suspended/ })
    expect(screen.queryByText('status: takes active.'), 'a value being typed is not wrong yet').toBeNull()
    await userEvent.keyboard('{Tab}')
    await screen.findByRole('option', { name: /Show these users/ })
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(router.here).toBe('#/users?q=status%3Asuspended'))
  })

  it('completes what is typed by then, though Tab comes before the answer', async () => {
    const values = ['status:active ', 'status:suspended ']
    const helped = (text: string) => help({
      has_operators: true,
      completions: values.filter((whole) => whole.startsWith(text)).map((whole) => ({ start: 6, end: text.length, text: whole.slice(6), whole, about: '', value: true })),
    })
    core({ search: () => hits(), query_help: ({ text }) => helped(text) })
    render(SearchBox)
    await userEvent.type(box(), 'status:')
    await screen.findByRole('option', { name: /status:active/ })
    await userEvent.type(box(), 'sus{Tab}')
    await waitFor(() => expect(box()).toHaveValue('status:suspended '))
    expect(box()).toHaveFocus()
  })

  it('leads to the list that the text names, filtered by what follows', async () => {
    const asked = core({
      search: () => hits(),
      query_help: ({ text }) => help({ list: 'invoices', addressed: true, filter: text.slice(9), has_operators: true }),
    })
    render(SearchBox)
    await userEvent.type(box(), 'invoices status:overdue')
    await screen.findByRole('option', { name: /Show these invoices/ })
    expect(asked.find(({ command }) => command === 'query_help')?.args.list, 'the text says which list').toBeNull()
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(router.here).toBe('#/invoices?q=status%3Aoverdue'))
  })

  it('offers a list by its name beside what is found', async () => {
    core({ search: () => hits('Acme'), query_help: () => help({ list: 'teams', addressed: true, filter: 'acme' }) })
    render(SearchBox)
    await userEvent.type(box(), 'teams acme')
    await screen.findByRole('option', { name: /Show these teams/ })
    expect(options()[0], 'what is found comes first').toContain('Acme')
  })

  it('says what is wrong with an operator and leads nowhere with it', async () => {
    const problems = [{ start: 0, end: 8, sentence: 'stauts is no filter; did you mean status?' }]
    core({ search: () => hits(), query_help: () => help({ has_operators: true, problems }) })
    render(SearchBox)
    await userEvent.type(box(), 'stauts:x jane')
    expect(await screen.findByText(problems[0]!.sentence, { selector: '.problem' })).toBeVisible()
    await userEvent.keyboard('{Enter}')
    expect(router.here).toBe(toOverview)
    expect(box(), 'nothing of what was typed is lost').toHaveValue('stauts:x jane')
  })

  it.each(['postgresql://me@db.example:5432/postgres', 'https://me:secret@example.com/x'])('asks nobody about %s', async (pasted) => {
    const asked = core({ search: () => hits() })
    render(SearchBox)
    await userEvent.click(box())
    await userEvent.paste(pasted)
    expect(await screen.findByText(/may hold a password/, { selector: '.problem' })).toBeVisible()
    await userEvent.keyboard('{Enter}')
    expect(router.here).toBe(toOverview)
    expect(asked.filter(({ command }) => command === 'search' || command === 'query_help')).toEqual([])
  })

  it('offers the pages looked at last, by the names they have now', async () => {
    core({ search: ({ text }) => ({ ...hits(text.replace('auth0|', '')), hits: hits(text.replace('auth0|', '')).hits.map((hit) => ({ ...hit, exact: true })) }) })
    recent.visit('w1', { screen: 'user', id: 'auth0|Ben' })
    recent.visit('w1', { screen: 'user', id: 'auth0|Ana' })
    expect(localStorage.getItem('hopsdesk.recent.w1'), 'no name is written down').not.toContain('acme')
    render(SearchBox)
    await fireEvent.keyDown(window, { key: 'k', ctrlKey: true })
    await screen.findByRole('option', { name: /Ana/ })
    expect(options().map((option) => option.trim())).toEqual(['Ana', 'Ben'])
    recent.visit('w2', { screen: 'overview' })
    await waitFor(() => expect(options(), 'another workspace knows nothing of them').toEqual([]))
  })

  it('asks before a link for another workspace', async () => {
    core({ search: () => ({ ...hits(), link: { address: '#/users/auth0%7C1', workspace: 'other' } }) })
    render(SearchBox)
    await userEvent.type(box(), 'hopsdesk://users/auth0%7C1?workspace=other')
    await screen.findByRole('option', { name: /Open this link/ })
    await userEvent.keyboard('{Enter}')
    expect(router.here).toBe(toOverview)
    expect(deepLinks.asking).toEqual({ address: '#/users/auth0%7C1', workspace: 'other' })
  })
})
