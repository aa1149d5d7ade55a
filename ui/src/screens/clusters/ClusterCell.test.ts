import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { RunsOutShown } from '../../ipc/generated/RunsOutShown'
import ClusterCell from './ClusterCell.svelte'
import { columns } from './columns'
import { clusterRow } from './test.rows'

const runsOut = (change: Partial<RunsOutShown> = {}): RunsOutShown => ({
  severity: 'warn',
  word: 'CPU, 12 Jan',
  each: 'Seats does not grow; CPU around 12 Jan, between 5 Jan and 30 Jan',
  made_at: '2026-11-26T11:55:00Z',
  stale: false,
  ...change,
})

const shown = (change: Partial<RunsOutShown> = {}) => render(ClusterCell, { row: clusterRow({ runs_out: runsOut(change) }), column: 'runs_out' }).container

describe('when a cluster runs out', () => {
  it('says of what and when, and on hover all of it and as of when', () => {
    const cell = shown()
    expect(cell).toHaveTextContent(/^CPU, 12 Jan$/)
    const title = screen.getByText('CPU, 12 Jan').parentElement?.title ?? ''
    expect(title).toContain('CPU around 12 Jan, between 5 Jan and 30 Jan. As of ')
    expect(cell.querySelector('.status.warn')).not.toBeNull()
  })

  it('marks what is older than it should be, and does not colour it', () => {
    const cell = shown({ stale: true })
    expect(cell).toHaveTextContent('CPU, 12 Jan*, stale')
    expect(cell.querySelector('.status.muted')).not.toBeNull()
  })

  it('says that there is not enough history, and shows nothing where nothing is known', () => {
    expect(shown({ severity: 'muted', word: 'not enough history' })).toHaveTextContent('not enough history')
    const unknown = shown({ severity: 'muted', word: null, each: 'Nobody has looked at it yet', made_at: null })
    expect(unknown).toHaveTextContent(/^—$/)
    expect(screen.getByText('—').title).toBe('Nobody has looked at it yet')
  })

  it('has a column that can be sorted by', () => {
    expect(columns.find(({ key }) => key === 'runs_out')?.sort).toBe('runs_out')
  })
})
