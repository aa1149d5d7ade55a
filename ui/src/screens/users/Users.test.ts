import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'

import { router } from '../../state/router.svelte'
import { anyone, newestFirst, toUsers } from '../../state/routes'
import { coreAnswers, failure, userRow, usersPageOf } from '../../test.answers'
import Users from './Users.svelte'

let tests = 0
// The list outlives the screen on purpose; a workspace of its own keeps tests apart.
const workspace = () => `workspace-${(tests += 1)}`

beforeEach(() => router.go(toUsers))

describe('the Users screen', () => {
  it('is a real table that says how many rows it has and how it is sorted', async () => {
    coreAnswers({ users_page: () => usersPageOf([userRow(1), userRow(2)]), users_facets: () => ({ clusters: [] }) })
    render(Users, { view: { ...newestFirst, sort: 'name', descending: false }, workspace: workspace() })
    const table = await screen.findByRole('table', { name: 'Users' })
    expect(table).toHaveAttribute('aria-rowcount', '3')
    expect(within(table).getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending')
    expect(within(table).getByRole('link', { name: 'Person 2' }).closest('tr')).toHaveAttribute('aria-rowindex', '3')
  })

  it('does not claim to know the number of rows while there are more to load', async () => {
    coreAnswers({
      users_page: ({ query }) => (query.after ? new Promise(() => {}) : usersPageOf([userRow(1)], 'next')),
      users_facets: () => ({ clusters: [] }),
    })
    render(Users, { view: newestFirst, workspace: workspace() })
    expect(await screen.findByRole('table', { name: 'Users' })).toHaveAttribute('aria-rowcount', '-1')
  })

  it('loads ahead of what is seen, and no further', async () => {
    let last = 0
    const asked = coreAnswers({
      users_page: ({ query }) => {
        if (query.after === null) last = 0
        const rows = Array.from({ length: 30 }, () => userRow((last += 1)))
        return usersPageOf(rows, String(last))
      },
      users_facets: () => ({ clusters: [] }),
    })
    render(Users, { view: newestFirst, workspace: workspace() })
    await screen.findByRole('table', { name: 'Users' })
    const pages = () => asked.filter(({ command }) => command === 'users_page').length
    await waitFor(() => expect(pages()).toBe(3))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(pages(), 'a hundred thousand users must not be fetched because one looks at the first').toBe(3)
  })

  it('moves among rows with arrow keys and opens one with Enter', async () => {
    coreAnswers({ users_page: () => usersPageOf([userRow(1), userRow(2), userRow(3)]), users_facets: () => ({ clusters: [] }) })
    render(Users, { view: newestFirst, workspace: workspace() })
    const first = await screen.findByRole('link', { name: 'Person 1' })
    first.focus()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}')
    await waitFor(() => expect(screen.getByRole('link', { name: 'Person 2' })).toHaveFocus())
    expect(screen.getByRole('link', { name: 'Person 2' })).toHaveAttribute('href', '#/users/auth0%7C2')
    await userEvent.keyboard('{End}')
    await waitFor(() => expect(screen.getByRole('link', { name: 'Person 3' })).toHaveFocus())
    expect(screen.getByRole('link', { name: 'Person 1' }), 'Tab reaches one row only').toHaveAttribute('tabindex', '-1')
  })

  it('sorts by a column when its head is pressed', async () => {
    coreAnswers({ users_page: () => usersPageOf([userRow(1)]), users_facets: () => ({ clusters: [] }) })
    render(Users, { view: newestFirst, workspace: workspace() })
    await userEvent.click(await screen.findByRole('button', { name: /Cost, Nov/ }))
    expect(router.here).toBe('#/users?sort=month_cost')
  })

  it('says how it is sorted where no column does, and leads back to the newest', async () => {
    coreAnswers({ users_page: () => usersPageOf([userRow(1)]), users_facets: () => ({ clusters: [] }) })
    const view = { ...newestFirst, filter: { ...anyone, text: 'olu' } }
    const { rerender } = render(Users, { view, workspace: workspace() })
    expect(await screen.findByText(/newest first/)).toBeVisible()
    await rerender({ view: { ...view, sort: 'name', descending: false } })
    await userEvent.click(screen.getByRole('button', { name: 'Show newest first' }))
    expect(router.here, 'the filter stays').toBe('#/users?q=olu')
  })

  it('tells apart that nobody is there and that nobody matches', async () => {
    coreAnswers({ users_page: () => usersPageOf([]), users_facets: () => ({ clusters: [] }) })
    const { unmount } = render(Users, { view: newestFirst, workspace: workspace() })
    expect(await screen.findByText('No users yet')).toBeInTheDocument()
    unmount()
    render(Users, { view: { ...newestFirst, filter: { ...anyone, plans: ['free'] } }, workspace: workspace() })
    expect(await screen.findByText('Nobody matches')).toBeInTheDocument()
    expect(screen.getAllByRole('button', { name: 'Clear filters' }).length).toBeGreaterThan(0)
  })

  it('leaves out columns without data, and says so', async () => {
    coreAnswers({ users_page: () => usersPageOf([userRow(1)], null, { lacking: ['month_cost'] }), users_facets: () => ({ clusters: [] }) })
    render(Users, { view: newestFirst, workspace: workspace() })
    expect(await screen.findByText(/does not record usage cost/)).toBeInTheDocument()
    expect(screen.queryByRole('columnheader', { name: /Cost/ })).not.toBeInTheDocument()
  })

  it('says why there is nothing when the first read fails, and offers to try again', async () => {
    coreAnswers({ users_page: () => Promise.reject(failure('The database did not answer.')) })
    render(Users, { view: newestFirst, workspace: workspace() })
    expect(await screen.findByRole('alert')).toHaveTextContent('The database did not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument()
  })
})
