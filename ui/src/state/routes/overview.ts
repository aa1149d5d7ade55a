// The address of Overview.

import { isPath, type Place } from './place'

export interface OverviewRoute {
  screen: 'overview'
}

export const toOverview = '#/overview'

export const overview: Place<OverviewRoute> = {
  parse: (path) => (isPath(path, 'overview') ? { screen: 'overview' } : null),
  format: () => toOverview,
}
