// Addresses of screens: text to route and back.

import type { Concern } from '../ipc/generated/Concern'
import type { Plan } from '../ipc/generated/Plan'
import type { TeamRole } from '../ipc/generated/TeamRole'
import type { UserStatus } from '../ipc/generated/UserStatus'
import type { UsersFilter } from '../ipc/generated/UsersFilter'
import type { UsersSort } from '../ipc/generated/UsersSort'

/** What the Users list shows: kept in the address, so that back and forward find it again. */
export interface UsersView {
  filter: UsersFilter
  sort: UsersSort
  descending: boolean
}

export type Route =
  | { screen: 'overview' }
  | { screen: 'users'; view: UsersView }
  | { screen: 'user'; id: string }
  | { screen: 'settings' }

export const anyone: UsersFilter = {
  text: null,
  statuses: [],
  plans: [],
  role: null,
  cluster: null,
  concern: null,
}

export const newestFirst: UsersView = { filter: anyone, sort: 'created', descending: true }

const statuses: UserStatus[] = ['active', 'suspended', 'deleted']
const plans: Plan[] = ['prepaid', 'postpaid', 'free', 'none']
const roles: TeamRole[] = ['owner', 'member']
const concerns: Concern[] = ['no_seat', 'credits_low', 'invoice_overdue', 'invite_expired']
const sorts: UsersSort[] = ['created', 'name', 'email', 'month_cost', 'last_login']

function one<T extends string>(text: string | null, known: T[]): T | null {
  return known.find((value) => value === text) ?? null
}

function several<T extends string>(text: string | null, known: T[]): T[] {
  const named = (text ?? '').split(',')
  return known.filter((value) => named.includes(value))
}

function parseView(params: URLSearchParams): UsersView {
  const sort = one(params.get('sort'), sorts) ?? newestFirst.sort
  return {
    filter: {
      text: params.get('q') || null,
      statuses: several(params.get('status'), statuses),
      plans: several(params.get('plan'), plans),
      role: one(params.get('role'), roles),
      cluster: params.get('cluster') || null,
      concern: one(params.get('concern'), concerns),
    },
    sort,
    descending: params.has('dir') ? params.get('dir') === 'desc' : descendsFirst(sort),
  }
}

/** Which way a column sorts when it is chosen: names upwards, money and dates downwards. */
export function descendsFirst(sort: UsersSort): boolean {
  return sort !== 'name' && sort !== 'email'
}

function formatView({ filter, sort, descending }: UsersView): string {
  const params = new URLSearchParams()
  if (filter.text) params.set('q', filter.text)
  if (filter.statuses.length) params.set('status', filter.statuses.join(','))
  if (filter.plans.length) params.set('plan', filter.plans.join(','))
  if (filter.role) params.set('role', filter.role)
  if (filter.cluster) params.set('cluster', filter.cluster)
  if (filter.concern) params.set('concern', filter.concern)
  if (sort !== newestFirst.sort) params.set('sort', sort)
  if (descending !== descendsFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** The route of an address such as `#/users?status=active`; null for one that leads nowhere. */
export function parseRoute(hash: string): Route | null {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  const [, screen, id, ...rest] = path.split('/')
  if (rest.length) return null
  if (screen === 'overview' && id === undefined) return { screen }
  if (screen === 'settings' && id === undefined) return { screen }
  if (screen === 'users' && id === undefined) {
    return { screen, view: parseView(new URLSearchParams(query)) }
  }
  if (screen === 'users' && id) {
    try {
      return { screen: 'user', id: decodeURIComponent(id) }
    } catch {
      return null
    }
  }
  return null
}

export function address(route: Route): string {
  switch (route.screen) {
    case 'overview':
    case 'settings':
      return `#/${route.screen}`
    case 'users':
      return `#/users${formatView(route.view)}`
    case 'user':
      return `#/users/${encodeURIComponent(route.id)}`
  }
}

export const toOverview = address({ screen: 'overview' })
export const toUsers = address({ screen: 'users', view: newestFirst })
export const toSettings = address({ screen: 'settings' })
export const toUser = (id: string) => address({ screen: 'user', id })

/** The Users list with some of the filter set, the rest open to anyone. */
export function toUsersWith(filter: Partial<UsersFilter>): string {
  return address({
    screen: 'users',
    view: { ...newestFirst, filter: { ...anyone, ...filter } },
  })
}
