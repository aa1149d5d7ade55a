import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { createRawSnippet } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Rows } from '../../ipc/generated/Rows'
import PagedPanel from './PagedPanel.svelte'

interface Row {
  id: string
}

const answer = (rows: Row[], change: Partial<Rows<Row>> = {}): Rows<Row> => ({
  rows,
  next: null,
  count: String(rows.length),
  missing: null,
  notes: [],
  source: 'feature_groups',
  read_at: new Date().toISOString(),
  as_of: null,
  ...change,
})

const rows = createRawSnippet((shown: () => readonly Row[]) => ({
  render: () => `<ul>${shown().map((row) => `<li>${row.id}</li>`).join('')}</ul>`,
}))

const none = { title: 'No feature groups', sentence: 'Nobody made one.' }

afterEach(() => vi.unstubAllGlobals())

describe('a panel with a list', () => {
  it('shows more when asked, after what it has', async () => {
    const read = vi.fn((after: string | null) =>
      Promise.resolve(after ? answer([{ id: 'third' }], { count: null }) : answer([{ id: 'first' }, { id: 'second' }], { next: 'n', count: '3' })),
    )
    render(PagedPanel, { title: 'Feature groups', read, none, rows })
    expect(await screen.findByText('2 of 3')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }))
    expect(read).toHaveBeenLastCalledWith('n', 8)
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument())
  })

  it('keeps the focus where its button goes away or says something else', async () => {
    let fails = true
    const read = (after: string | null) =>
      after === null
        ? Promise.resolve(answer([{ id: 'first' }], { next: 'n', count: '2' }))
        : fails
          ? Promise.reject({ code: 'timeout', message: 'The database took too long.', reference: null, argument: null })
          : Promise.resolve(answer([{ id: 'second' }], { count: null }))
    render(PagedPanel, { id: 'groups', title: 'Feature groups', read, none, rows })
    const button = await screen.findByRole('button', { name: 'Show more' })
    button.focus()
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByText('The database took too long.')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Try again' })).toHaveFocus()
    fails = false
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(screen.queryByRole('button', { name: /Try again|Show more/ })).toBeNull())
    await waitFor(() => expect(document.getElementById('groups')).toHaveFocus())
  })

  it('says that there is nothing, and what the database lacks, in different words', async () => {
    const first = render(PagedPanel, { title: 'Feature groups', read: () => Promise.resolve(answer([])), none, rows })
    expect(await screen.findByText('Nobody made one.')).toBeInTheDocument()
    first.unmount()
    const missing = 'This database has no table feature_groups.'
    render(PagedPanel, { title: 'Feature groups', read: () => Promise.resolve(answer([], { missing })), none, rows })
    expect(await screen.findByText(missing)).toBeInTheDocument()
    expect(screen.queryByText('No feature groups')).not.toBeInTheDocument()
  })

  it('says why it could not be read, and tries again', async () => {
    let fails = true
    const read = () =>
      fails
        ? Promise.reject({ code: 'timeout', message: 'The database took too long.', reference: null, argument: null })
        : Promise.resolve(answer([{ id: 'first' }]))
    render(PagedPanel, { title: 'Feature groups', read, none, rows })
    expect(await screen.findByText('The database took too long.')).toBeInTheDocument()
    fails = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('first')).toBeInTheDocument()
  })

  it('asks nothing before it is seen', async () => {
    let see: (entries: { isIntersecting: boolean }[]) => void = () => {}
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: typeof see) {
          see = callback
        }
        observe() {}
        disconnect() {}
      },
    )
    const read = vi.fn(() => Promise.resolve(answer([{ id: 'first' }])))
    render(PagedPanel, { title: 'Feature groups', read, none, rows })
    see([{ isIntersecting: false }])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(read, 'what is below the fold costs nothing').not.toHaveBeenCalled()
    see([{ isIntersecting: true }])
    expect(await screen.findByText('first')).toBeInTheDocument()
  })

  it('waits for what matters more', async () => {
    const read = vi.fn(() => Promise.resolve(answer([{ id: 'first' }])))
    const { rerender } = render(PagedPanel, { title: 'Feature groups', read, none, rows, ready: false })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(read).not.toHaveBeenCalled()
    await rerender({ ready: true })
    expect(await screen.findByText('first')).toBeInTheDocument()
  })
})
