import { render, screen, within } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'

import { columnsUnder, shownColumns } from '../../controls/list/columns'
import type { ClusterRow } from '../../ipc/generated/ClusterRow'
import { router } from '../../state/router.svelte'
import { anyCluster, toClusters } from '../../state/routes'
import { coreAnswers } from '../../test.answers'
import Clusters from './Clusters.svelte'
import { columns } from './columns'
import { clusterRow } from './test.rows'

const row = (id: string, region: string | null) => clusterRow({ id, name: `hops-${id}`, region })

let tests = 0

/** In a table as narrow as one can be: there is no room for a column of regions. */
function shown(rows: ClusterRow[], lacking: string[] = []) {
  coreAnswers({
    clusters_page: () => ({
      rows, next: null, count: String(rows.length), cost_title: 'Cost, Nov', cost_before_title: 'Cost, Oct', lacking, source: 'clusters',
      read_at: new Date().toISOString(), as_of: null,
    }),
  })
  const view = { sort: 'name' as const, descending: false, filter: anyCluster }
  render(Clusters, { view, workspace: `clusters-${(tests += 1)}` })
}

beforeEach(() => router.go(toClusters))

describe('the Clusters screen', () => {
  it('says the region under the name while there is no room for its column', async () => {
    shown([row('1', 'eu-north-1'), row('2', null)])
    const link = await screen.findByRole('link', { name: 'hops-1' })
    const table = screen.getByRole('table', { name: 'Clusters' })
    expect(within(table).queryByRole('columnheader', { name: /Region/ })).toBeNull()
    expect(link.closest('td')).toHaveTextContent(/^hops-1 eu-north-1$/)
    expect(within(table).getByText('eu-north-1')).toHaveAttribute('title', 'eu-north-1')
    const without = screen.getByRole('link', { name: 'hops-2' }).closest('td')
    expect(without, 'a name alone, without a dash').toHaveTextContent(/^hops-2$/)
  })

  it('says that regions are not recorded, and nothing under names', async () => {
    shown([row('1', null)], ['region'])
    expect(await screen.findByText(/does not record regions/)).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'hops-1' }).closest('td')).toHaveTextContent(/^hops-1$/)
  })

  it.each([700, 1024, 1419, 1420, 1664])('shows regions once in a table of %d pixels', (width) => {
    const places = [...shownColumns(columns, width, []), ...columnsUnder(columns, width, [])]
    expect(places.filter(({ key }) => key === 'region')).toHaveLength(1)
    expect(columnsUnder(columns, width, ['region'])).toEqual([])
  })
})
