// The address of the Users list: its filter and order are kept in it, so that back and forward find them.

import type { Concern } from '../../ipc/generated/Concern'
import type { Plan } from '../../ipc/generated/Plan'
import type { TeamRole } from '../../ipc/generated/TeamRole'
import type { UserStatus } from '../../ipc/generated/UserStatus'
import type { UsersFilter } from '../../ipc/generated/UsersFilter'
import type { UsersSort } from '../../ipc/generated/UsersSort'
import { isPath, one, query, several, type Place } from './place'

/** What the Users list shows. */
export interface UsersView {
  filter: UsersFilter
  sort: UsersSort
  descending: boolean
}

export interface UsersRoute {
  screen: 'users'
  view: UsersView
}

export const anyone: UsersFilter = {
  text: null,
  statuses: [],
  plans: [],
  role: null,
  cluster: null,
  concern: null,
  cost_over: null,
  cost_under: null,
  seen_after: null,
  seen_before: null,
  never_seen: false,
  registered_after: null,
  registered_before: null,
}

/** Parts of the filter that are one text each, under the name they have in the address. */
export const bounds = [
  'cost_over',
  'cost_under',
  'seen_after',
  'seen_before',
  'registered_after',
  'registered_before',
] as const

export const newestFirst: UsersView = { filter: anyone, sort: 'created', descending: true }

const statuses: UserStatus[] = ['active', 'suspended', 'deleted', 'other']
const plans: Plan[] = ['prepaid', 'postpaid', 'free', 'none', 'other']
const roles: TeamRole[] = ['owner', 'member']
const concerns: Concern[] = ['no_seat', 'credits_low', 'invoice_overdue', 'invite_expired']
const sorts: UsersSort[] = ['created', 'name', 'email', 'month_cost', 'last_login']

/** Which way a column sorts when it is chosen: names upwards, money and dates downwards. */
export function descendsFirst(sort: UsersSort): boolean {
  return sort !== 'name' && sort !== 'email'
}

export const users: Place<UsersRoute> = {
  parse(path, params) {
    if (!isPath(path, 'users')) return null
    const sort = one(params.get('sort'), sorts) ?? newestFirst.sort
    const view = {
      filter: {
        text: params.get('q') || null,
        statuses: several(params.get('status'), statuses),
        plans: several(params.get('plan'), plans),
        role: one(params.get('role'), roles),
        cluster: params.get('cluster') || null,
        concern: one(params.get('concern'), concerns),
        cost_over: params.get('cost_over'),
        cost_under: params.get('cost_under'),
        seen_after: params.get('seen_after'),
        seen_before: params.get('seen_before'),
        never_seen: params.has('never_seen'),
        registered_after: params.get('registered_after'),
        registered_before: params.get('registered_before'),
      },
      sort,
      descending: params.has('dir') ? params.get('dir') === 'desc' : descendsFirst(sort),
    }
    return { screen: 'users', view }
  },
  format({ view: { filter, sort, descending } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    if (filter.statuses.length) params.set('status', filter.statuses.join(','))
    if (filter.plans.length) params.set('plan', filter.plans.join(','))
    if (filter.role) params.set('role', filter.role)
    if (filter.cluster) params.set('cluster', filter.cluster)
    if (filter.concern) params.set('concern', filter.concern)
    for (const bound of bounds) if (filter[bound]) params.set(bound, filter[bound])
    if (filter.never_seen) params.set('never_seen', '')
    if (sort !== newestFirst.sort) params.set('sort', sort)
    if (descending !== descendsFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
    return `#/users${query(params)}`
  },
}

export const toUsers = users.format({ screen: 'users', view: newestFirst })

/** The Users list with some of the filter set, the rest open to anyone. */
export function toUsersWith(filter: Partial<UsersFilter>): string {
  return users.format({ screen: 'users', view: { ...newestFirst, filter: { ...anyone, ...filter } } })
}
