// The addresses of one user's page, and of the service as that customer sees it.

import type { Place } from './place'

export interface UserRoute {
  screen: 'user'
  id: string
}

export const toUser = (id: string) => `#/users/${encodeURIComponent(id)}`

export const user: Place<UserRoute> = {
  parse: ([folder, id, ...rest]) => (folder === 'users' && id && !rest.length ? { screen: 'user', id } : null),
  format: ({ id }) => toUser(id),
}

export interface CustomerRoute {
  screen: 'customer'
  id: string
}

export const toCustomer = (id: string) => `${toUser(id)}/as-customer`

export const customer: Place<CustomerRoute> = {
  parse: ([folder, id, part, ...rest]) => (folder === 'users' && id && part === 'as-customer' && !rest.length ? { screen: 'customer', id } : null),
  format: ({ id }) => toCustomer(id),
}
