// The address of the Teams list: its filter and order are kept in it, so that back and forward find them.

import type { TeamConcern } from '../../ipc/generated/TeamConcern'
import type { TeamsFilter } from '../../ipc/generated/TeamsFilter'
import type { TeamsSort } from '../../ipc/generated/TeamsSort'
import { isPath, one, query, type Place } from './place'

/** What the Teams list shows. */
export interface TeamsView {
  filter: TeamsFilter
  sort: TeamsSort
  descending: boolean
}

export interface TeamsRoute {
  screen: 'teams'
  view: TeamsView
}

export const anyTeam: TeamsFilter = { text: null, concern: null }

export const dearestTeams: TeamsView = { filter: anyTeam, sort: 'cost', descending: true }

const concerns: TeamConcern[] = ['suspended_members', 'pending_invites', 'expired_invites', 'owner_out']
const sorts: TeamsSort[] = ['cost', 'members', 'name', 'created']

/** Which way a column sorts when it is chosen: names upwards, numbers and dates downwards. */
export function teamsDescendFirst(sort: TeamsSort): boolean {
  return sort !== 'name'
}

export const teams: Place<TeamsRoute> = {
  parse(path, params) {
    if (!isPath(path, 'teams')) return null
    const sort = one(params.get('sort'), sorts) ?? dearestTeams.sort
    const view = {
      filter: { text: params.get('q') || null, concern: one(params.get('concern'), concerns) },
      sort,
      descending: params.has('dir') ? params.get('dir') === 'desc' : teamsDescendFirst(sort),
    }
    return { screen: 'teams', view }
  },
  format({ view: { filter, sort, descending } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    if (filter.concern) params.set('concern', filter.concern)
    if (sort !== dearestTeams.sort) params.set('sort', sort)
    if (descending !== teamsDescendFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
    return `#/teams${query(params)}`
  },
}

/** The Teams list with some of the filter set, the rest open. */
export const toTeamsWith = (filter: Partial<TeamsFilter>) =>
  teams.format({ screen: 'teams', view: { ...dearestTeams, filter: { ...anyTeam, ...filter } } })

export const toTeams = teams.format({ screen: 'teams', view: dearestTeams })
