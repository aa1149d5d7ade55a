import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import { failure } from '../test.answers'
import Source from './Source.svelte'

const ago = (seconds: number) => Date.now() - seconds * 1000

describe('where data comes from', () => {
  it('is said with its age', () => {
    render(Source, { source: 'usage_daily', readAt: ago(4) })
    expect(screen.getByText(/4 s/)).toBeVisible()
    expect(screen.getByText('usage_daily')).toBeVisible()
  })

  it('is said with when its figures were summed up, marked once that is long ago', () => {
    const { unmount } = render(Source, { source: 'users', readAt: ago(4), asOf: ago(600) })
    expect(screen.getByText(/figures as of \S/)).not.toHaveClass('stale')
    unmount()
    render(Source, { source: 'users', readAt: ago(4), asOf: ago(2 * 3600) })
    expect(screen.getByText(/figures as of/)).toHaveClass('stale')
  })

  it('gives way to why it is not read again, with the age of what is still shown', () => {
    const props = { source: 'users', readAt: ago(30), failure: failure('Another program holds it.', 'locked') }
    const { unmount } = render(Source, props)
    expect(screen.getByText('not updating: table locked · 30 s')).toHaveAttribute('title', 'Another program holds it.')
    unmount()
    render(Source, { source: 'users', readAt: ago(30), failure: failure('?', 'unexpected') })
    expect(screen.getByText('not updating · 30 s')).toBeVisible()
  })

  it('says that the database is waited for once a read takes long', () => {
    const { unmount } = render(Source, { source: 'users', readAt: ago(20), askedAt: ago(3) })
    expect(screen.queryByText(/waiting/)).not.toBeInTheDocument()
    unmount()
    render(Source, { source: 'users', readAt: ago(20), askedAt: ago(12) })
    expect(screen.getByText('waiting for the database · 20 s')).toBeVisible()
  })
})
