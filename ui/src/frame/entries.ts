// The entries of the sidebar, top to bottom: a screen adds one line here when it works.
// Order: Overview, Users, Teams, Usage, Credits, Invoices, Clusters, Events, Audit, Schema, Settings.

import Coins from '@lucide/icons/icons/coins'
import Database from '@lucide/icons/icons/database'
import Inbox from '@lucide/icons/icons/inbox'
import LayoutDashboard from '@lucide/icons/icons/layout-dashboard'
import ReceiptText from '@lucide/icons/icons/receipt-text'
import Server from '@lucide/icons/icons/server'
import Settings from '@lucide/icons/icons/settings'
import ChartColumnStacked from '@lucide/icons/icons/chart-column-stacked'
import ShieldCheck from '@lucide/icons/icons/shield-check'
import Network from '@lucide/icons/icons/network'
import Users from '@lucide/icons/icons/users'

import type { Icon } from '../controls/icon'
import { toAudit, toClusters, toCredits, toEvents, toInvoices, toOverview, toSchema, toSettings, toTeams, toUsage, toUsers, type Route } from '../state/routes'

export interface Entry {
  word: string
  to: string
  icon: Icon
  /** The screens that are in this entry's part. */
  screens: Route['screen'][]
}

/** Groups, with a line between them: the customers first, the service and this program after. */
export const entries: Entry[][] = [
  [
    { word: 'Overview', to: toOverview, icon: LayoutDashboard, screens: ['overview'] },
    { word: 'Users', to: toUsers, icon: Users, screens: ['users', 'user'] },
    { word: 'Teams', to: toTeams, icon: Network, screens: ['teams', 'team'] },
    { word: 'Usage', to: toUsage, icon: ChartColumnStacked, screens: ['usage'] },
    { word: 'Credits', to: toCredits, icon: Coins, screens: ['credits', 'credit_account'] },
    { word: 'Invoices', to: toInvoices, icon: ReceiptText, screens: ['invoices', 'invoice'] },
    { word: 'Clusters', to: toClusters, icon: Server, screens: ['clusters', 'cluster'] },
  ],
  [
    { word: 'Events', to: toEvents, icon: Inbox, screens: ['events', 'event'] },
    { word: 'Audit', to: toAudit, icon: ShieldCheck, screens: ['audit', 'audit_entry'] },
    { word: 'Schema', to: toSchema, icon: Database, screens: ['schema'] },
    { word: 'Settings', to: toSettings, icon: Settings, screens: ['settings'] },
  ],
]
