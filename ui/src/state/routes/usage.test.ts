import { describe, expect, it } from 'vitest'

import { address, dearestTeams, parseRoute, toTeam, toUsage, toUsageWith, usageNow, type Route } from '.'

describe('addresses of Teams and Usage', () => {
  const routes: Route[] = [
    { screen: 'teams', view: dearestTeams },
    { screen: 'teams', view: { filter: { text: 'a & b', concern: 'owner_out' }, sort: 'name', descending: true } },
    { screen: 'team', id: 'auth0|66f1/../?#%' },
    { screen: 'usage', view: usageNow },
    {
      screen: 'usage',
      view: {
        period: { from: '2026-08-23', to: '2026-11-11' },
        cluster: 'c,1',
        account: 'auth0|1',
        text: 'acme',
        sort: 'gpu_hours',
        descending: false,
      },
    },
    { screen: 'usage', view: { ...usageNow, period: { preset: 'last_month' } } },
  ]

  it.each(routes)('come back as the route they were made of: %j', (route) => {
    expect(parseRoute(address(route))).toEqual(route)
  })

  it('are short for what is seen first', () => {
    expect(toUsage).toBe('#/usage')
    expect(address({ screen: 'teams', view: dearestTeams })).toBe('#/teams')
    expect(toTeam('auth0|1')).toBe('#/teams/auth0%7C1')
    expect(toUsageWith({ account: 'auth0|1' })).toBe('#/usage?account=auth0%7C1')
  })

  it('ignore what they do not know', () => {
    expect(parseRoute('#/usage?sort=evil&from=x&to=y&dir=up')).toEqual({ screen: 'usage', view: usageNow })
    expect(parseRoute('#/teams?concern=evil')).toEqual({ screen: 'teams', view: dearestTeams })
    expect(parseRoute('#/usage/x')).toBeNull()
  })
})
