import { describe, expect, it } from 'vitest'

import { usersPage } from '../ipc/commands'
import type { UsersQuery } from '../ipc/generated/UsersQuery'
import { coreAnswers, failure, pending, userRow, usersPageOf } from '../test.answers'
import { PagedList } from './list.svelte'
import { newestFirst, type UsersView } from './routes'

const users = () => new PagedList((view: UsersView, after, limit) => usersPage({ ...view, after, limit }))
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => userRow(from + n))
const ids = (list: ReturnType<typeof users>) => list.rows.map((row) => row.id)
const byName = { ...newestFirst, sort: 'name' as const }

/** A service whose pages are of two rows. */
function service(people: ReturnType<typeof rows>) {
  const state = { people, down: false }
  const asked = coreAnswers({
    users_page({ query }) {
      if (state.down) throw failure('The database did not answer.')
      const start = query.after ? state.people.findIndex((row) => row.id === query.after) + 1 : 0
      const page = state.people.slice(start, start + 2)
      return usersPageOf(page, start + 2 < state.people.length ? page.at(-1)!.id : null)
    },
  })
  return { state, asked }
}

async function opened(people = rows(0, 6)) {
  const { state, asked } = service(people)
  const list = users()
  list.show('sandbox', newestFirst)
  await list.refresh(0)
  return { list, state, asked }
}

describe('a list', () => {
  it('lays page after page until the last', async () => {
    const { list } = await opened()
    await list.more()
    await list.more()
    await list.more()
    expect(ids(list)).toEqual(rows(0, 6).map((row) => row.id))
    expect(list.next).toBeNull()
  })

  it('does not ask for a page twice at once', async () => {
    const { list, asked } = await opened()
    await Promise.all([list.more(), list.more()])
    expect(asked.length, 'the first page and one more').toBe(2)
  })

  it('shows somebody who has just registered, marks them, and keeps every other row once', async () => {
    const { list, state } = await opened()
    await list.more()
    state.people = [userRow(99), ...state.people]
    const grown = await list.refresh(0)
    expect(grown).toBe(1)
    expect([...list.fresh]).toEqual(['auth0|99'])
    await list.more()
    expect(ids(list)).toEqual(['auth0|99', 'auth0|0', 'auth0|1', 'auth0|2', 'auth0|3', 'auth0|4'])
  })

  it('marks nobody as new when the first page is only read again', async () => {
    const { list } = await opened()
    await list.more()
    await list.refresh(0)
    expect(list.fresh.size).toBe(0)
    expect(list.rows.length).toBe(4)
  })

  it('forgets somebody who left', async () => {
    const { list, state } = await opened()
    await list.more()
    state.people = state.people.slice(1)
    await list.refresh(0)
    expect(ids(list)).toEqual(['auth0|1', 'auth0|2', 'auth0|3', 'auth0|4'])
  })

  it('also renews the page that is being looked at', async () => {
    const { list, state } = await opened()
    await list.more()
    await list.more()
    state.people = state.people.map((row) => ({ ...row, name: `${row.name}, renamed` }))
    await list.refresh(4)
    expect(list.rows[4]?.name).toBe('Person 4, renamed')
    expect(list.rows[2]?.name, 'a page out of sight waits until it is seen').toBe('Person 2')
  })

  it('keeps its rows when a read fails, and says why', async () => {
    const { list, state } = await opened()
    state.down = true
    await list.refresh(0)
    expect(list.rows.length).toBe(2)
    expect(list.failure?.message).toBe('The database did not answer.')
    state.down = false
    await list.refresh(0)
    expect(list.failure).toBeNull()
  })

  it('says why the next page did not come, and gets it when asked again', async () => {
    const { list, state } = await opened()
    state.down = true
    await list.more()
    expect(list.moreFailure).not.toBeNull()
    state.down = false
    await list.more()
    expect(list.rows.length).toBe(4)
  })

  it('lets a next page that could not be reached be asked for again, once something is answered', async () => {
    const { list, state } = await opened()
    state.down = true
    await list.more()
    expect(list.moreFailure?.code).toBe('unreachable')
    state.down = false
    await list.refresh(0)
    expect(list.moreFailure).toBeNull()
  })

  it('asks no more for a next page that took too long, until somebody says so', async () => {
    const { list } = await opened()
    coreAnswers({
      users_page({ query }) {
        if (query.after) throw failure('It took too long.', 'timeout')
        return usersPageOf(rows(0, 2), 'auth0|1')
      },
    })
    await list.more()
    await list.refresh(0)
    expect(list.moreFailure?.code).toBe('timeout')
  })

  it('shows a row once that a page has twice', async () => {
    const { list } = await opened([userRow(0), userRow(0), userRow(1), userRow(1)])
    expect(ids(list)).toEqual(['auth0|0'])
    coreAnswers({ users_page: () => usersPageOf([userRow(1), userRow(1)]) })
    await list.more()
    expect(ids(list)).toEqual(['auth0|0', 'auth0|1'])
  })

  it('drops the answer to a question that has changed', async () => {
    const slow = pending<ReturnType<typeof usersPageOf>>()
    coreAnswers({
      users_page: ({ query }: { query: UsersQuery }) =>
        query.sort === 'created' ? slow.promise : usersPageOf([userRow(7)]),
    })
    const list = users()
    list.show('sandbox', newestFirst)
    const late = list.refresh(0)
    list.show('sandbox', byName)
    await list.refresh(0)
    slow.give(usersPageOf([userRow(1)]))
    await late
    expect(ids(list)).toEqual(['auth0|7'])
  })

  it('asks for no page after the rows of an earlier question', async () => {
    const { list, asked } = await opened()
    expect(list.next).not.toBeNull()
    list.show('sandbox', byName)
    await Promise.all([list.more(), list.refresh(0)])
    expect(list.changing).toBe(false)
    expect(ids(list)).toEqual(['auth0|0', 'auth0|1'])
    const ofTheNewOne = asked.map(({ args }) => args.query as UsersQuery).filter(({ sort }) => sort === 'name')
    expect(ofTheNewOne.map(({ after }) => after)).toEqual([null])
  })

  it('is found as it was left when the same question comes back', async () => {
    const { list } = await opened()
    await list.more()
    list.scrollTop = 480
    expect(list.show('sandbox', newestFirst)).toBe(false)
    expect([list.rows.length, list.scrollTop]).toEqual([4, 480])
  })

  it('shows nothing of one workspace in another', async () => {
    const { list } = await opened()
    list.show('production', newestFirst)
    expect(list.rows.length).toBe(0)
    expect(list.head).toBeNull()
  })

  it('never reads twice at once, however often the question changed', async () => {
    const answers = [pending<ReturnType<typeof usersPageOf>>(), pending<ReturnType<typeof usersPageOf>>()]
    let n = 0
    const asked = coreAnswers({ users_page: () => answers[n++]!.promise })
    const list = users()
    list.show('sandbox', newestFirst)
    const first = list.refresh(0)
    list.show('sandbox', byName)
    const second = list.refresh(0)
    answers[0]!.give(usersPageOf([userRow(1)]))
    await first
    const third = list.refresh(0)
    expect(asked.length, 'the second read is still under way').toBe(2)
    answers[1]!.give(usersPageOf([userRow(7)]))
    await Promise.all([second, third])
    expect(ids(list)).toEqual(['auth0|7'])
  })

  it('leaves no gap when somebody registers while the next page is on its way', async () => {
    const slow = pending<void>()
    let people = rows(0, 6)
    let hold = true
    coreAnswers({
      async users_page({ query }) {
        const start = query.after ? people.findIndex((row) => row.id === query.after) + 1 : 0
        const page = people.slice(start, start + 2)
        if (query.after && hold) {
          hold = false
          await slow.promise
        }
        return usersPageOf(page, page.at(-1)!.id)
      },
    })
    const list = users()
    list.show('sandbox', newestFirst)
    await list.refresh(0)
    const more = list.more()
    people = [userRow(99), ...people]
    await list.refresh(0)
    slow.give()
    await more
    expect(ids(list)).toEqual(['auth0|99', 'auth0|0', 'auth0|1', 'auth0|2'])
  })

  it('does not count rows that came below what is being looked at', async () => {
    const people = rows(0, 20)
    let now = people
    coreAnswers({ users_page: () => usersPageOf(now) })
    const list = users()
    list.show('sandbox', newestFirst)
    await list.refresh(0)
    now = [...people.slice(0, 15), userRow(99), ...people.slice(15)]
    expect(await list.refresh(3)).toBe(0)
    now = [userRow(98), ...now]
    expect(await list.refresh(3)).toBe(1)
    // Somebody in sight moves to the top: the others in sight moved by one, not back to the start.
    now = [now[4]!, ...now.filter((_, n) => n !== 4)]
    expect(await list.refresh(4)).toBe(0)
  })

  it('does not show the answer to one question under another that fails', async () => {
    const { list, state } = await opened()
    state.down = true
    list.show('sandbox', byName)
    await list.refresh(0)
    expect(list.rows.length).toBe(0)
    expect(list.head).toBeNull()
    expect(list.failure?.message).toBe('The database did not answer.')
  })
})

describe('an earlier question', () => {
  it('that one comes back to shows its rows and its place at once', async () => {
    const { list } = await opened()
    await list.more()
    list.scrollTop = 72
    list.chosen = 'auth0|3'
    list.show('sandbox', byName)
    await list.refresh(0)
    expect(list.scrollTop, 'another question begins at the top').toBe(0)
    list.show('sandbox', newestFirst, { back: true })
    expect(ids(list).length).toBe(4)
    expect([list.scrollTop, list.chosen, list.changing]).toEqual([72, 'auth0|3', false])
    await list.more()
    expect(ids(list)).toEqual(rows(0, 6).map((row) => row.id))
  })

  it('is kept as it was left, whatever was read when it was come back to', async () => {
    const { list } = await opened()
    list.show('sandbox', byName)
    await list.refresh(0)
    list.show('sandbox', newestFirst, { back: true })
    await list.more()
    list.show('sandbox', byName, { back: true })
    expect(ids(list).length).toBe(2)
    list.show('sandbox', newestFirst, { back: true })
    expect(ids(list).length).toBe(4)
    await list.more()
    expect(ids(list)).toEqual(rows(0, 6).map((row) => row.id))
  })

  it('asked anew begins at the top', async () => {
    const { list } = await opened()
    list.scrollTop = 72
    list.show('sandbox', byName)
    await list.refresh(0)
    list.show('sandbox', newestFirst)
    expect([list.scrollTop, list.changing]).toEqual([0, true])
  })

  it('is forgotten with its workspace', async () => {
    const { list } = await opened()
    list.show('other', newestFirst)
    await list.refresh(0)
    list.show('sandbox', newestFirst, { back: true })
    expect(list.count).toBe(0)
  })
})
