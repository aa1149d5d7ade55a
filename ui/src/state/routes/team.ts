// The address of one team's page: its owner's id.

import type { Place } from './place'

export interface TeamRoute {
  screen: 'team'
  id: string
}

export const toTeam = (id: string) => `#/teams/${encodeURIComponent(id)}`

export const team: Place<TeamRoute> = {
  parse: ([folder, id, ...rest]) => (folder === 'teams' && id && !rest.length ? { screen: 'team', id } : null),
  format: ({ id }) => toTeam(id),
}
