import { describe, expect, it } from 'vitest'

import { address, anyCluster, fullestFirst, parseRoute, toCluster, toClusters, type Route } from '.'

describe('the addresses of clusters', () => {
  const routes: Route[] = [
    { screen: 'cluster', id: 'c/1?#%' },
    { screen: 'clusters', view: fullestFirst },
    {
      screen: 'clusters',
      view: { filter: { text: 'eu & us', statuses: ['active', 'missing'] }, sort: 'drift', descending: false },
    },
    { screen: 'clusters', view: { filter: anyCluster, sort: 'name', descending: false } },
  ]

  it.each(routes)('come back as the route they were made of: %j', (route) => {
    expect(parseRoute(address(route))).toEqual(route)
  })

  it('ignore what they do not know', () => {
    expect(parseRoute('#/clusters?status=active,evil&sort=api_key')).toEqual({
      screen: 'clusters',
      view: { ...fullestFirst, filter: { text: null, statuses: ['active'] } },
    })
    expect(parseRoute('#/clusters/a/b')).toBeNull()
  })

  it('are short for what is usual', () => {
    expect(toClusters).toBe('#/clusters')
    expect(toCluster('a b')).toBe('#/clusters/a%20b')
  })
})
