// Addresses of screens: text to route and back. A screen's own part is a file beside this one; here it is
// one line in `places`, under the name that its routes carry as `screen`, and its links for the others.

import { audit, auditEntry } from './audit'
import { creditAccount, credits } from './credits'
import { event, events } from './events'
import { invoice, invoices } from './invoices'
import { cluster, clusters } from './clusters'
import { overview } from './overview'
import { schema } from './schema'
import { settings } from './settings'
import type { Place } from './place'
import { team } from './team'
import { teams } from './teams'
import { usage } from './usage'
import { customer, user } from './user'
import { users } from './users'

export { anyEntry, toAudit, toAuditEntry, toAuditWith, type AuditView } from './audit'
export { anyEvent, toEvent, toEvents, toEventsWith, type EventsView } from './events'
export {
  anyCredits,
  creditsDescendFirst,
  soonestOut,
  toCreditAccount,
  toCredits,
  toCreditsWith,
  type CreditsView,
} from './credits'
export {
  anyInvoice,
  invoicesDescendFirst,
  latestInvoices,
  toInvoice,
  toInvoices,
  toInvoicesWith,
  type InvoicesView,
} from './invoices'
export {
  anyCluster,
  clustersDescendFirst,
  fullestFirst,
  toCluster,
  toClusters,
  toClustersWith,
  type ClustersView,
} from './clusters'
export { toOverview } from './overview'
export { toSchema } from './schema'
export { toSettings } from './settings'
export { toTeam } from './team'
export { anyTeam, dearestTeams, teamsDescendFirst, toTeams, toTeamsWith, type TeamsView } from './teams'
export { toUsage, toUsageWith, usageNow, type UsageView } from './usage'
export { toCustomer, toUser } from './user'
export { anyone, bounds, descendsFirst, newestFirst, toUsers, toUsersWith, type UsersView } from './users'

const places = {
  overview,
  users,
  user,
  customer,
  teams,
  team,
  usage,
  credits,
  credit_account: creditAccount,
  invoices,
  invoice,
  events,
  event,
  audit,
  audit_entry: auditEntry,
  schema,
  clusters,
  cluster,
  settings,
}

type Places = typeof places
export type Route = { [S in keyof Places]: Places[S] extends Place<infer R> ? R : never }[keyof Places]

/** The route of an address such as `#/users?status=active`; null for one that leads nowhere. */
export function parseRoute(hash: string): Route | null {
  // A start without an address: no screen has to be asked whether it is its own.
  if (!hash) return null
  const text = hash.startsWith('#/') ? hash.slice(2) : hash
  const end = text.indexOf('?')
  const [path, query] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)]
  let parts: string[]
  try {
    parts = path.split('/').map(decodeURIComponent)
  } catch {
    return null
  }
  const params = new URLSearchParams(query)
  for (const place of Object.values(places)) {
    const route = place.parse(parts, params)
    if (route) return route
  }
  return null
}

export function address(route: Route): string {
  // Each route is handed to the place of its own screen, which the types of a table cannot say.
  return (places[route.screen] as Place<Route>).format(route)
}

/** Whether two routes are different places, not one place filtered or sorted otherwise. */
export function elsewhere(a: Route, b: Route): boolean {
  const path = (route: Route) => address(route).split('?')[0]
  return path(a) !== path(b)
}
