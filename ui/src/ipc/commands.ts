// Every command of the core, typed: its name, its arguments, its answer.

import type { Attention } from './generated/Attention'
import type { Chart } from './generated/Chart'
import type { ChartRequest } from './generated/ChartRequest'
import type { ClusterFill } from './generated/ClusterFill'
import type { Credits } from './generated/Credits'
import type { KeychainStatus } from './generated/KeychainStatus'
import type { OverviewFigures } from './generated/OverviewFigures'
import type { Panel } from './generated/Panel'
import type { SearchHits } from './generated/SearchHits'
import type { Session } from './generated/Session'
import type { TableLock } from './generated/TableLock'
import type { Team } from './generated/Team'
import type { UsageScope } from './generated/UsageScope'
import type { UserProfile } from './generated/UserProfile'
import type { UsersFacets } from './generated/UsersFacets'
import type { UsersPage } from './generated/UsersPage'
import type { UsersQuery } from './generated/UsersQuery'
import type { Workspace } from './generated/Workspace'
import type { WorkspaceForm } from './generated/WorkspaceForm'
import type { WorkspaceProbe } from './generated/WorkspaceProbe'
import { invoke } from './transport'

type Nothing = Record<never, never>

export interface Commands {
  session: { args: Nothing; answer: Session }
  reopen: { args: Nothing; answer: null }
  overview_figures: { args: Nothing; answer: Panel<OverviewFigures> }
  overview_usage: { args: { request: ChartRequest }; answer: Panel<Chart> }
  overview_attention: { args: Nothing; answer: Panel<Attention[]> }
  overview_clusters: { args: Nothing; answer: Panel<ClusterFill[]> }
  users_page: { args: { query: UsersQuery }; answer: UsersPage }
  users_facets: { args: Nothing; answer: UsersFacets }
  user_profile: { args: { id: string }; answer: Panel<UserProfile> }
  user_team: { args: { id: string }; answer: Panel<Team> }
  user_credits: { args: { id: string }; answer: Panel<Credits> }
  user_usage: {
    args: { id: string; scope: UsageScope; request: ChartRequest }
    answer: Panel<Chart>
  }
  search: { args: { text: string }; answer: SearchHits }
  workspaces: { args: Nothing; answer: Workspace[] }
  keychain_status: { args: Nothing; answer: KeychainStatus }
  probe_workspace: { args: { form: WorkspaceForm }; answer: WorkspaceProbe }
  add_workspace: { args: { form: WorkspaceForm }; answer: Workspace }
  open_workspace: { args: { id: string }; answer: null }
  remove_workspace: { args: { id: string }; answer: null }
  table_locks: { args: Nothing; answer: TableLock[] }
  open_link: { args: { url: string }; answer: null }
}

export type CommandName = keyof Commands

function call<K extends CommandName>(name: K, args: Commands[K]['args']) {
  return invoke<Commands[K]['answer']>(name, args)
}

export const session = () => call('session', {})
export const reopen = () => call('reopen', {})

export const overviewFigures = () => call('overview_figures', {})
export const overviewUsage = (request: ChartRequest) => call('overview_usage', { request })
export const overviewAttention = () => call('overview_attention', {})
export const overviewClusters = () => call('overview_clusters', {})

export const usersPage = (query: UsersQuery) => call('users_page', { query })
export const usersFacets = () => call('users_facets', {})

export const userProfile = (id: string) => call('user_profile', { id })
export const userTeam = (id: string) => call('user_team', { id })
export const userCredits = (id: string) => call('user_credits', { id })
export const userUsage = (id: string, scope: UsageScope, request: ChartRequest) =>
  call('user_usage', { id, scope, request })

export const search = (text: string) => call('search', { text })

export const workspaces = () => call('workspaces', {})
export const keychainStatus = () => call('keychain_status', {})
export const probeWorkspace = (form: WorkspaceForm) => call('probe_workspace', { form })
export const addWorkspace = (form: WorkspaceForm) => call('add_workspace', { form })
export const openWorkspace = (id: string) => call('open_workspace', { id })
export const removeWorkspace = (id: string) => call('remove_workspace', { id })

/** Tables that another program keeps to itself now. */
export const tableLocks = () => call('table_locks', {})

/** Opens an https address in the person's own browser. */
export const openLink = (url: string) => call('open_link', { url })
