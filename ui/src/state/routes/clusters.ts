// The addresses of the Clusters list and of one cluster's page.

import type { ClustersFilter } from '../../ipc/generated/ClustersFilter'
import type { ClustersSort } from '../../ipc/generated/ClustersSort'
import type { ClusterStatus } from '../../ipc/generated/ClusterStatus'
import { isPath, one, query, several, type Place } from './place'

/** What the Clusters list shows. */
export interface ClustersView {
  filter: ClustersFilter
  sort: ClustersSort
  descending: boolean
}

export interface ClustersRoute {
  screen: 'clusters'
  view: ClustersView
}

export interface ClusterRoute {
  screen: 'cluster'
  id: string
}

export const anyCluster: ClustersFilter = { text: null, statuses: [] }

export const fullestFirst: ClustersView = { filter: anyCluster, sort: 'fill', descending: true }

const statuses: ClusterStatus[] = ['active', 'full', 'maintenance', 'inactive', 'other', 'missing']
const sorts: ClustersSort[] = [
  'name',
  'region',
  'fill',
  'assigned',
  'drift',
  'people',
  'runs_out',
  'month_cost',
  'month_before_cost',
  'assigned_lately',
]

/** Which way a column sorts when it is chosen: names upwards, what ends soonest first, everything counted downwards. */
export function clustersDescendFirst(sort: ClustersSort): boolean {
  return sort !== 'name' && sort !== 'region' && sort !== 'runs_out'
}

export const clusters: Place<ClustersRoute> = {
  parse(path, params) {
    if (!isPath(path, 'clusters')) return null
    const sort = one(params.get('sort'), sorts) ?? fullestFirst.sort
    const view = {
      filter: { text: params.get('q') || null, statuses: several(params.get('status'), statuses) },
      sort,
      descending: params.has('dir') ? params.get('dir') === 'desc' : clustersDescendFirst(sort),
    }
    return { screen: 'clusters', view }
  },
  format({ view: { filter, sort, descending } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    if (filter.statuses.length) params.set('status', filter.statuses.join(','))
    if (sort !== fullestFirst.sort) params.set('sort', sort)
    if (descending !== clustersDescendFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
    return `#/clusters${query(params)}`
  },
}

export const toClusters = clusters.format({ screen: 'clusters', view: fullestFirst })

/** The Clusters list with some of the filter set, the rest open. */
export const toClustersWith = (filter: Partial<ClustersFilter>) =>
  clusters.format({ screen: 'clusters', view: { ...fullestFirst, filter: { ...anyCluster, ...filter } } })

export const toCluster = (id: string) => `#/clusters/${encodeURIComponent(id)}`

export const cluster: Place<ClusterRoute> = {
  parse: ([folder, id, ...rest]) => (folder === 'clusters' && id && !rest.length ? { screen: 'cluster', id } : null),
  format: ({ id }) => toCluster(id),
}
