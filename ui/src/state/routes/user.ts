// The address of one user's page.

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
