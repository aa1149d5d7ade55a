import { describe, expect, it } from 'vitest'

import { address, anyone, newestFirst, parseRoute, toUser, toUsersWith, type Route } from '.'

describe('addresses', () => {
  const routes: Route[] = [
    { screen: 'overview' },
    { screen: 'settings' },
    { screen: 'user', id: 'auth0|66f1/../?#%' },
    { screen: 'users', view: newestFirst },
    {
      screen: 'users',
      view: {
        filter: {
          text: 'a & b = c?',
          statuses: ['active', 'suspended'],
          plans: ['none'],
          role: 'owner',
          cluster: 'c,1',
          concern: 'no_seat',
          cost_over: '0.5',
          cost_under: '100',
          seen_after: '2026-11-01T00:00:00Z',
          seen_before: '2026-11-20T12:00:00+01:00',
          never_seen: true,
          registered_after: '2026-01-01T00:00:00Z',
          registered_before: '2026-02-01T00:00:00Z',
        },
        sort: 'name',
        descending: true,
      },
    },
    { screen: 'users', view: { filter: anyone, sort: 'created', descending: false } },
  ]

  it.each(routes)('come back as the route they were made of: %j', (route) => {
    expect(parseRoute(address(route))).toEqual(route)
  })

  it.each(['', '#/', '#/nowhere', '#/users/', '#/overview/x', '#/users/a/b', '#/users/%E0%A4%A'])(
    'that lead nowhere are no route: %s',
    (hash) => expect(parseRoute(hash)).toBeNull(),
  )

  it('ignore what they do not know, instead of asking the core for it', () => {
    const route = parseRoute('#/users?status=active,evil&sort=password&role=king')
    expect(route).toEqual({
      screen: 'users',
      view: { ...newestFirst, filter: { ...anyone, statuses: ['active'] } },
    })
  })

  it('keep an id from leaving its place in the path', () => {
    expect(toUser('auth0|a/b?c')).toBe('#/users/auth0%7Ca%2Fb%3Fc')
  })

  it('lead from an attention line to the list with its filter', () => {
    expect(toUsersWith({ concern: 'credits_low' })).toBe('#/users?concern=credits_low')
  })
})
