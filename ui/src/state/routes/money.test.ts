// Addresses of the Credits and Invoices screens.

import { describe, expect, it } from 'vitest'

import { address, anyInvoice, latestInvoices, parseRoute, soonestOut, toInvoicesWith, type Route } from '.'

describe('addresses of money', () => {
  const routes: Route[] = [
    { screen: 'credits', view: soonestOut },
    {
      screen: 'credits',
      view: { filter: { text: 'a & b', low: true, negative: false, prepaid: true }, sort: 'last_purchase', descending: false },
    },
    { screen: 'credit_account', id: 'auth0|a/b' },
    { screen: 'invoices', view: latestInvoices },
    {
      screen: 'invoices',
      view: {
        filter: { text: 'HD-1', states: ['open', 'paid'], month: 'this', account: 'auth0|1', origins: ['subscriptions'] },
        sort: 'due',
        descending: true,
      },
    },
    { screen: 'invoice', origin: 'billing_history', id: 'in_1/2' },
  ]

  it.each(routes)('come back as the route they were made of: %j', (route) => {
    expect(parseRoute(address(route))).toEqual(route)
  })

  it.each(['#/invoices/elsewhere/1', '#/invoices/invoices', '#/credits/a/b'])('that lead nowhere are no route: %s', (hash) =>
    expect(parseRoute(hash)).toBeNull(),
  )

  it('ignore what can be no month or status', () => {
    expect(parseRoute('#/invoices?month=2026-13&status=evil')).toEqual({ screen: 'invoices', view: latestInvoices })
  })

  it('lead to the invoices of an account', () => {
    expect(parseRoute(toInvoicesWith({ account: 'auth0|1' }))).toEqual({
      screen: 'invoices',
      view: { ...latestInvoices, filter: { ...anyInvoice, account: 'auth0|1' } },
    })
  })
})
