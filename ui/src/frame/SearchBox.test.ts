import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import type { SearchHits } from '../ipc/generated/SearchHits'
import { router } from '../state/router.svelte'
import { toOverview } from '../state/routes'
import { coreAnswers, failure, pending } from '../test.answers'
import SearchBox from './SearchBox.svelte'

const hits = (...names: string[]): SearchHits => ({
  hits: names.map((name) => ({ kind: 'user', id: `auth0|${name}`, name, email: `${name}@acme.example`, status: 'active' })),
  more: false,
  exact: false,
})
const box = () => screen.getByRole('combobox', { name: 'Search' })
const options = () => screen.queryAllByRole('option').map((option) => option.textContent?.trim() ?? '')

beforeEach(() => router.go(toOverview))

describe('the search box', () => {
  it('asks from the second letter on, once typing pauses', async () => {
    const asked = coreAnswers({ search: () => hits('Olumide') })
    render(SearchBox)
    await userEvent.type(box(), 'o')
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(asked).toEqual([])
    await userEvent.type(box(), 'lu')
    await screen.findByRole('option', { name: /Olumide/ })
    expect(asked.map(({ args }) => args.text)).toEqual(['olu'])
  })

  it('drops an answer that comes after a later question', async () => {
    const slow = pending<SearchHits>()
    coreAnswers({ search: ({ text }) => (text === 'in' ? slow.promise : hits('Ingrid')) })
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
    coreAnswers({ search: () => hits('Ana', 'Ben') })
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
    coreAnswers({ search: () => ({ ...hits('Olumide'), exact: true }) })
    render(SearchBox)
    box().focus()
    await userEvent.paste('auth0|Olumide')
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(router.route).toEqual({ screen: 'user', id: 'auth0|Olumide' }))
  })

  it('finds screens by their name', async () => {
    coreAnswers({ search: () => hits() })
    render(SearchBox)
    await userEvent.type(box(), 'sett')
    expect(await screen.findByRole('option', { name: /Settings/ })).toBeInTheDocument()
  })

  it('leads to the Users list when there are more than it shows', async () => {
    coreAnswers({ search: () => ({ ...hits('Ana'), more: true }) })
    render(SearchBox)
    await userEvent.type(box(), 'ana')
    await userEvent.click(await screen.findByRole('option', { name: /All matches/ }))
    expect(router.here).toBe('#/users?q=ana')
  })

  it('closes on the first Escape and empties on the second', async () => {
    coreAnswers({ search: () => hits('Ana') })
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
    coreAnswers({})
    render(SearchBox)
    await fireEvent.keyDown(window, { key: 'k', ctrlKey: true })
    expect(box()).toHaveFocus()
  })

  it('says that nothing was found, and why nothing could be', async () => {
    coreAnswers({ search: ({ text }) => (text === 'zz' ? hits() : Promise.reject(failure('The database did not answer.'))) })
    render(SearchBox)
    await userEvent.type(box(), 'zz')
    expect(await screen.findByText('Nothing found for “zz”.')).toBeVisible()
    await userEvent.type(box(), 'z')
    expect(await screen.findByText('The database did not answer.')).toBeVisible()
  })
})
