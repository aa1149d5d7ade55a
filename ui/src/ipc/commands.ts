// Every command of the core, typed: its name, its arguments, its answer.

import type { EventSource } from './generated/EventSource'
import type { EventDetail } from './generated/EventDetail'
import type { EventRow } from './generated/EventRow'
import type { EventsQuery } from './generated/EventsQuery'
import type { Replayed } from './generated/Replayed'
import type { ReplayOrder } from './generated/ReplayOrder'
import type { Alerts } from './generated/Alerts'
import type { ActionDone } from './generated/ActionDone'
import type { ActionOffers } from './generated/ActionOffers'
import type { ActionOrder } from './generated/ActionOrder'
import type { AssignmentRule } from './generated/AssignmentRule'
import type { SeatsDue } from './generated/SeatsDue'
import type { AuditDetail } from './generated/AuditDetail'
import type { Auth0Access } from './generated/Auth0Access'
import type { Auth0AccessForm } from './generated/Auth0AccessForm'
import type { AuditEntry } from './generated/AuditEntry'
import type { AuditFacets } from './generated/AuditFacets'
import type { AuditQuery } from './generated/AuditQuery'
import type { AuditVerdict } from './generated/AuditVerdict'
import type { BulkEntry } from './generated/BulkEntry'
import type { BulkLeft } from './generated/BulkLeft'
import type { BulkOpening } from './generated/BulkOpening'
import type { ChangeTopic } from './generated/ChangeTopic'
import type { ClusterAuthority } from './generated/ClusterAuthority'
import type { CustomerView } from './generated/CustomerView'
import type { EffectOrder } from './generated/EffectOrder'
import type { EffectSwitches } from './generated/EffectSwitches'
import type { EffectProgress } from './generated/EffectProgress'
import type { ManyDone } from './generated/ManyDone'
import type { ManyOrder } from './generated/ManyOrder'
import type { Note } from './generated/Note'
import type { SubjectKind } from './generated/SubjectKind'
import type { UserSignIns } from './generated/UserSignIns'
import type { WhoIsThere } from './generated/WhoIsThere'
import type { Attention } from './generated/Attention'
import type { Chart } from './generated/Chart'
import type { ChartRequest } from './generated/ChartRequest'
import type { ClusterDetail } from './generated/ClusterDetail'
import type { ClusterFill } from './generated/ClusterFill'
import type { Credits } from './generated/Credits'
import type { EnrolmentForm } from './generated/EnrolmentForm'
import type { Export } from './generated/Export'
import type { ExportOpening } from './generated/ExportOpening'
import type { ExportOrder } from './generated/ExportOrder'
import type { ClusterFindings } from './generated/ClusterFindings'
import type { ClusterState } from './generated/ClusterState'
import type { ForecastShown } from './generated/ForecastShown'
import type { HoldingsShown } from './generated/HoldingsShown'
import type { NodesShown } from './generated/NodesShown'
import type { NextSeatShown } from './generated/NextSeatShown'
import type { UserFootprint } from './generated/UserFootprint'
import type { UserSeat } from './generated/UserSeat'
import type { ClusterProject } from './generated/ClusterProject'
import type { ClustersPage } from './generated/ClustersPage'
import type { ClustersQuery } from './generated/ClustersQuery'
import type { Deployment } from './generated/Deployment'
import type { FeatureGroup } from './generated/FeatureGroup'
import type { HealthCheck } from './generated/HealthCheck'
import type { KeychainItem } from './generated/KeychainItem'
import type { KeychainItemKind } from './generated/KeychainItemKind'
import type { KeychainStatus } from './generated/KeychainStatus'
import type { CreditAccount } from './generated/CreditAccount'
import type { CreditsFilter } from './generated/CreditsFilter'
import type { CreditsPage } from './generated/CreditsPage'
import type { CreditsQuery } from './generated/CreditsQuery'
import type { CreditTotals } from './generated/CreditTotals'
import type { FiscalSettings } from './generated/FiscalSettings'
import type { InvoiceDetail } from './generated/InvoiceDetail'
import type { InvoiceOrigin } from './generated/InvoiceOrigin'
import type { InvoicesFacets } from './generated/InvoicesFacets'
import type { InvoicesFilter } from './generated/InvoicesFilter'
import type { InvoicesPage } from './generated/InvoicesPage'
import type { InvoicesQuery } from './generated/InvoicesQuery'
import type { InvoiceTotals } from './generated/InvoiceTotals'
import type { LedgerHead } from './generated/LedgerHead'
import type { LedgerPage } from './generated/LedgerPage'
import type { LedgerQuery } from './generated/LedgerQuery'
import type { OutsideSettings } from './generated/OutsideSettings'
import type { OutsideTarget } from './generated/OutsideTarget'
import type { OverviewFigures } from './generated/OverviewFigures'
import type { Panel } from './generated/Panel'
import type { PictureOrder } from './generated/PictureOrder'
import type { Link } from './generated/Link'
import type { ListOperators } from './generated/ListOperators'
import type { QueryHelp } from './generated/QueryHelp'
import type { QueryList } from './generated/QueryList'
import type { SchemaAttachment } from './generated/SchemaAttachment'
import type { SchemaIndexes } from './generated/SchemaIndexes'
import type { SchemaRollup } from './generated/SchemaRollup'
import type { SchemaTable } from './generated/SchemaTable'
import type { PriceOverride } from './generated/PriceOverride'
import type { Rows } from './generated/Rows'
import type { SearchHits } from './generated/SearchHits'
import type { SeatedPage } from './generated/SeatedPage'
import type { SeatedQuery } from './generated/SeatedQuery'
import type { NewClusterForm } from './generated/NewClusterForm'
import type { RecipientsShown } from './generated/RecipientsShown'
import type { SecretKept } from './generated/SecretKept'
import type { SecretKindNamed } from './generated/SecretKindNamed'
import type { Session } from './generated/Session'
import type { SignInForm } from './generated/SignInForm'
import type { SignInMethod } from './generated/SignInMethod'
import type { TableLock } from './generated/TableLock'
import type { Team } from './generated/Team'
import type { OpenInvites } from './generated/OpenInvites'
import type { TeamChartRequest } from './generated/TeamChartRequest'
import type { TeamPeople } from './generated/TeamPeople'
import type { TeamRow } from './generated/TeamRow'
import type { TeamsPage } from './generated/TeamsPage'
import type { TeamsQuery } from './generated/TeamsQuery'
import type { UsageAccountsPage } from './generated/UsageAccountsPage'
import type { UsageAccountsQuery } from './generated/UsageAccountsQuery'
import type { UsageChartRequest } from './generated/UsageChartRequest'
import type { UsageQuery } from './generated/UsageQuery'
import type { UsageScope } from './generated/UsageScope'
import type { UsageSums } from './generated/UsageSums'
import type { UserChange } from './generated/UserChange'
import type { UserInvoice } from './generated/UserInvoice'
import type { UserProfile } from './generated/UserProfile'
import type { UserProject } from './generated/UserProject'
import type { UsersFacets } from './generated/UsersFacets'
import type { UsersPage } from './generated/UsersPage'
import type { UsersQuery } from './generated/UsersQuery'
import type { Workspace } from './generated/Workspace'
import type { WorkspaceForm } from './generated/WorkspaceForm'
import type { WorkspaceOnFile } from './generated/WorkspaceOnFile'
import type { WorkspaceProbe } from './generated/WorkspaceProbe'
import { invoke } from './transport'

type Nothing = Record<never, never>

export interface Commands {
  session: { args: Nothing; answer: Session }
  sign_in: { args: { method: SignInMethod }; answer: null }
  open_sign_in_page: { args: Nothing; answer: null }
  cancel_sign_in: { args: Nothing; answer: null }
  skip_sign_in: { args: Nothing; answer: null }
  try_sign_in: { args: Nothing; answer: null }
  sign_out: { args: Nothing; answer: null }
  present: { args: Nothing; answer: null }
  set_sign_in: { args: { form: SignInForm }; answer: null }
  reopen: { args: Nothing; answer: null }
  renew_page: { args: Nothing; answer: null }
  overview_figures: { args: Nothing; answer: Panel<OverviewFigures> }
  overview_usage: { args: { request: ChartRequest }; answer: Panel<Chart> }
  overview_attention: { args: Nothing; answer: Panel<Attention[]> }
  overview_clusters: { args: Nothing; answer: Panel<ClusterFill[]> }
  schema_attachment: { args: Nothing; answer: Panel<SchemaAttachment> }
  schema_tables: { args: Nothing; answer: Panel<SchemaTable[]> }
  schema_indexes: { args: Nothing; answer: Panel<SchemaIndexes> }
  schema_rollups: { args: Nothing; answer: Panel<SchemaRollup[]> }
  make_index: { args: { name: string }; answer: null }
  cancel_index: { args: Nothing; answer: null }
  users_page: { args: { query: UsersQuery }; answer: UsersPage }
  users_facets: { args: Nothing; answer: UsersFacets }
  user_profile: { args: { id: string }; answer: Panel<UserProfile> }
  user_credits: { args: { id: string }; answer: Panel<Credits> }
  user_team: { args: { id: string }; answer: Panel<Team> }
  user_usage: {
    args: { id: string; scope: UsageScope; request: ChartRequest }
    answer: Panel<Chart>
  }
  teams_page: { args: { query: TeamsQuery }; answer: TeamsPage }
  team_head: { args: { id: string }; answer: Panel<TeamRow> }
  team_people: { args: { id: string }; answer: Panel<TeamPeople> }
  team_invites: { args: { id: string }; answer: Panel<OpenInvites> }
  team_usage: { args: { id: string; request: TeamChartRequest }; answer: Panel<Chart> }
  usage_sums: { args: { query: UsageQuery }; answer: Panel<UsageSums> }
  usage_chart: { args: { query: UsageQuery; request: UsageChartRequest }; answer: Panel<Chart> }
  usage_accounts: { args: { query: UsageAccountsQuery }; answer: UsageAccountsPage }
  user_invoices: { args: { id: string; after: string | null; limit: number }; answer: Rows<UserInvoice> }
  user_projects: { args: { id: string; after: string | null; limit: number }; answer: Rows<UserProject> }
  user_feature_groups: { args: { id: string; after: string | null; limit: number }; answer: Rows<FeatureGroup> }
  user_deployments: { args: { id: string; after: string | null; limit: number }; answer: Rows<Deployment> }
  user_health_checks: { args: { id: string; after: string | null; limit: number }; answer: Rows<HealthCheck> }
  user_changes: { args: { id: string; topic: ChangeTopic | null; after: string | null; limit: number }; answer: Rows<UserChange> }
  view_as: { args: { id: string; reason: string }; answer: CustomerView }
  cluster_projects: { args: { id: string; after: string | null; limit: number }; answer: Rows<ClusterProject> }
  user_prices: { args: { id: string }; answer: Panel<PriceOverride[]> }
  user_sign_ins: { args: { id: string }; answer: Panel<UserSignIns> }
  auth0_access: { args: Nothing; answer: Auth0Access }
  set_auth0_access: { args: { form: Auth0AccessForm }; answer: null }
  forget_auth0_access: { args: Nothing; answer: null }
  clusters_page: { args: { query: ClustersQuery }; answer: ClustersPage }
  cluster_facts: { args: { id: string }; answer: Panel<ClusterDetail> }
  cluster_usage: { args: { id: string; request: ChartRequest }; answer: Panel<Chart> }
  cluster_people: { args: { id: string; query: SeatedQuery }; answer: SeatedPage }
  cluster_findings: { args: { id: string }; answer: Panel<ClusterFindings> }
  cluster_state: { args: { id: string }; answer: Panel<ClusterState> }
  cluster_nodes: { args: { id: string }; answer: Panel<NodesShown> }
  cluster_holdings: { args: { id: string }; answer: Panel<HoldingsShown> }
  replace_cluster_secret: { args: { id: string; kind: SecretKindNamed; secret: string; reason: string; despite: string | null }; answer: string | null }
  add_cluster: { args: { form: NewClusterForm; reason: string }; answer: string }
  recipients: { args: {}; answer: Panel<RecipientsShown> }
  make_identity: { args: {}; answer: string }
  add_recipient: { args: { key: string; name: string; reason: string }; answer: null }
  remove_recipient: { args: { key: string; reason: string }; answer: null }
  cluster_secrets: { args: { id: string }; answer: Panel<SecretKept[]> }
  cluster_forecasts: { args: { id: string }; answer: Panel<ForecastShown[]> }
  look_at_cluster: { args: { id: string }; answer: string }
  user_footprint: { args: { id: string }; answer: Panel<UserFootprint> }
  next_seat: { args: Nothing; answer: Panel<NextSeatShown> }
  assignment_rule: { args: Nothing; answer: Panel<AssignmentRule> }
  set_assignment_rule: { args: { dueOn: SeatsDue; reason: string }; answer: null }
  user_seat: { args: { id: string }; answer: Panel<UserSeat> }
  search: { args: { text: string }; answer: SearchHits }
  credits_page: { args: { query: CreditsQuery }; answer: CreditsPage }
  credits_totals: { args: { filter: CreditsFilter; whole: boolean }; answer: Panel<CreditTotals> }
  credit_account: { args: { id: string }; answer: Panel<CreditAccount> }
  ledger_head: { args: { id: string }; answer: Panel<LedgerHead> }
  ledger_page: { args: { query: LedgerQuery }; answer: LedgerPage }
  invoices_page: { args: { query: InvoicesQuery }; answer: InvoicesPage }
  invoices_totals: { args: { filter: InvoicesFilter; whole: boolean }; answer: Panel<InvoiceTotals> }
  invoices_facets: { args: Nothing; answer: InvoicesFacets }
  invoice_detail: { args: { origin: InvoiceOrigin; id: string }; answer: Panel<InvoiceDetail> }
  fiscal_settings: { args: Nothing; answer: FiscalSettings }
  set_fiscal_zone: { args: { zone: string }; answer: null }
  query_help: { args: { list: QueryList | null; text: string; caret: number }; answer: QueryHelp }
  operators: { args: Nothing; answer: ListOperators[] }
  workspaces: { args: Nothing; answer: Workspace[] }
  keychain_status: { args: Nothing; answer: KeychainStatus }
  keychain_items: { args: Nothing; answer: KeychainItem[] }
  remove_keychain_item: { args: { workspace: string; kind: KeychainItemKind }; answer: null }
  probe_workspace: { args: { form: WorkspaceForm }; answer: WorkspaceProbe }
  add_workspace: { args: { form: WorkspaceForm }; answer: Workspace }
  enrol_workspace: { args: { form: EnrolmentForm }; answer: Workspace }
  workspace_form: { args: { id: string }; answer: WorkspaceOnFile }
  change_workspace: { args: { id: string; form: WorkspaceForm }; answer: null }
  open_workspace: { args: { id: string }; answer: null }
  remove_workspace: { args: { id: string }; answer: null }
  table_locks: { args: Nothing; answer: TableLock[] }
  open_link: { args: { target: OutsideTarget }; answer: null }
  outside_settings: { args: Nothing; answer: OutsideSettings }
  set_auth0_domain: { args: { domain: string }; answer: null }
  export_list: { args: { order: ExportOrder }; answer: Export }
  exports: { args: Nothing; answer: Export[] }
  dismiss_export: { args: { id: number }; answer: null }
  open_export: { args: { id: number; what: ExportOpening }; answer: null }
  save_chart: { args: { order: PictureOrder }; answer: Export }
  next_link: { args: Nothing; answer: Link | null }
  who_is_there: { args: Nothing; answer: WhoIsThere }
  elevate: { args: { reason: string; minutes: number }; answer: WhoIsThere }
  reauthenticate: { args: Nothing; answer: null }
  cancel_reauthentication: { args: Nothing; answer: null }
  end_elevation: { args: Nothing; answer: WhoIsThere }
  actions_for: { args: { kind: SubjectKind; subject: string | null }; answer: ActionOffers }
  preview_action: { args: { order: ActionOrder }; answer: ActionDone }
  perform_action: { args: { order: ActionOrder }; answer: ActionDone }
  undo_action: { args: { auditId: number; reason: string | null; dry: boolean }; answer: ActionDone }
  perform_on_many: { args: { order: ManyOrder }; answer: ManyDone }
  action_effects: { args: { auditId: number }; answer: EffectProgress[] }
  notes: { args: { kind: SubjectKind; subject: string }; answer: Note[] }
  events_page: { args: { query: EventsQuery; after: string | null; limit: number }; answer: Rows<EventRow> }
  event: { args: { id: string }; answer: EventDetail }
  replay_events: { args: { order: ReplayOrder }; answer: Replayed }
  dismiss_event: { args: { id: string; reason: string }; answer: null }
  event_sources: { args: Nothing; answer: EventSource[] }
  alerts: { args: Nothing; answer: Alerts }
  acknowledge_alert: { args: { id: number; note: string | null }; answer: null }
  audit_page: { args: { query: AuditQuery; after: string | null; limit: number }; answer: Rows<AuditEntry> }
  audit_entry: { args: { id: number }; answer: AuditDetail }
  verify_audit: { args: Nothing; answer: AuditVerdict[] }
  audit_facets: { args: Nothing; answer: AuditFacets }
  open_bulk: { args: { opening: BulkOpening }; answer: null }
  end_bulk: { args: { run: string }; answer: null }
  bulks_left: { args: Nothing; answer: BulkLeft[] }
  bulk_entries: { args: { run: string; login: string }; answer: BulkEntry[] }
  undo_many: { args: { entries: number[]; reason: string | null; run: string | null }; answer: ManyDone }
  effects: { args: Nothing; answer: Panel<EffectSwitches> }
  set_effect: { args: { order: EffectOrder }; answer: null }
  cluster_authority: { args: { id: string }; answer: ClusterAuthority | null }
  set_cluster_authority: { args: { id: string; pem: string | null; reason: string }; answer: null }
}

export type CommandName = keyof Commands

function call<K extends CommandName>(name: K, args: Commands[K]['args']) {
  return invoke<Commands[K]['answer']>(name, args)
}

export const session = () => call('session', {})
export const signIn = (method: SignInMethod) => call('sign_in', { method })
export const openSignInPage = () => call('open_sign_in_page', {})
export const cancelSignIn = () => call('cancel_sign_in', {})
export const skipSignIn = () => call('skip_sign_in', {})
export const trySignIn = () => call('try_sign_in', {})
export const signOut = () => call('sign_out', {})
export const present = () => call('present', {})
export const setSignIn = (form: SignInForm) => call('set_sign_in', { form })
export const reopen = () => call('reopen', {})
export const renewPage = () => call('renew_page', {})

export const overviewFigures = () => call('overview_figures', {})
export const overviewUsage = (request: ChartRequest) => call('overview_usage', { request })
export const overviewAttention = () => call('overview_attention', {})
export const overviewClusters = () => call('overview_clusters', {})

export const schemaAttachment = () => call('schema_attachment', {})
export const schemaTables = () => call('schema_tables', {})
export const schemaIndexes = () => call('schema_indexes', {})
export const schemaRollups = () => call('schema_rollups', {})
/** Begins to make a proposed index; `schemaIndexes` tells how far it is. */
export const makeIndex = (name: string) => call('make_index', { name })
export const cancelIndex = () => call('cancel_index', {})

export const usersPage = (query: UsersQuery) => call('users_page', { query })
export const usersFacets = () => call('users_facets', {})

export const userProfile = (id: string) => call('user_profile', { id })
export const userCredits = (id: string) => call('user_credits', { id })
export const userTeam = (id: string) => call('user_team', { id })
export const userUsage = (id: string, scope: UsageScope, request: ChartRequest) =>
  call('user_usage', { id, scope, request })

export const teamsPage = (query: TeamsQuery) => call('teams_page', { query })
export const teamHead = (id: string) => call('team_head', { id })
export const teamPeople = (id: string) => call('team_people', { id })
export const teamInvites = (id: string) => call('team_invites', { id })
export const teamUsage = (id: string, request: TeamChartRequest) => call('team_usage', { id, request })

export const usageSums = (query: UsageQuery) => call('usage_sums', { query })
export const usageChart = (query: UsageQuery, request: UsageChartRequest) => call('usage_chart', { query, request })
export const usageAccounts = (query: UsageAccountsQuery) => call('usage_accounts', { query })
export const creditsPage = (query: CreditsQuery) => call('credits_page', { query })
export const creditsTotals = (filter: CreditsFilter, whole: boolean) => call('credits_totals', { filter, whole })
export const creditAccount = (id: string) => call('credit_account', { id })
export const ledgerHead = (id: string) => call('ledger_head', { id })
export const ledgerPage = (query: LedgerQuery) => call('ledger_page', { query })

export const invoicesPage = (query: InvoicesQuery) => call('invoices_page', { query })
export const invoicesTotals = (filter: InvoicesFilter, whole: boolean) => call('invoices_totals', { filter, whole })
export const invoicesFacets = () => call('invoices_facets', {})
export const invoiceDetail = (origin: InvoiceOrigin, id: string) => call('invoice_detail', { origin, id })

export const fiscalSettings = () => call('fiscal_settings', {})
export const setFiscalZone = (zone: string) => call('set_fiscal_zone', { zone })
export const userInvoices = (id: string, after: string | null, limit: number) => call('user_invoices', { id, after, limit })
export const userProjects = (id: string, after: string | null, limit: number) => call('user_projects', { id, after, limit })
export const userFeatureGroups = (id: string, after: string | null, limit: number) => call('user_feature_groups', { id, after, limit })
export const userDeployments = (id: string, after: string | null, limit: number) => call('user_deployments', { id, after, limit })
export const userHealthChecks = (id: string, after: string | null, limit: number) => call('user_health_checks', { id, after, limit })
export const userChanges = (id: string, topic: ChangeTopic | null, after: string | null, limit: number) => call('user_changes', { id, topic, after, limit })
/** Reads as the customer does; each time is on record. */
export const viewAs = (id: string, reason: string) => call('view_as', { id, reason })
export const clusterProjects = (id: string, after: string | null, limit: number) => call('cluster_projects', { id, after, limit })
export const userPrices = (id: string) => call('user_prices', { id })
export const userSignIns = (id: string) => call('user_sign_ins', { id })
export const auth0Access = () => call('auth0_access', {})
export const setAuth0Access = (form: Auth0AccessForm) => call('set_auth0_access', { form })
export const forgetAuth0Access = () => call('forget_auth0_access', {})

export const clustersPage = (query: ClustersQuery) => call('clusters_page', { query })
export const clusterFacts = (id: string) => call('cluster_facts', { id })
export const clusterUsage = (id: string, request: ChartRequest) => call('cluster_usage', { id, request })
export const clusterPeople = (id: string, query: SeatedQuery) => call('cluster_people', { id, query })
export const clusterFindings = (id: string) => call('cluster_findings', { id })
export const clusterState = (id: string) => call('cluster_state', { id })
export const clusterNodes = (id: string) => call('cluster_nodes', { id })
export const clusterHoldings = (id: string) => call('cluster_holdings', { id })
export const clusterSecrets = (id: string) => call('cluster_secrets', { id })
/** It is tried at the cluster and sealed. Answers what speaks against it, and then nothing was kept; with that as `despite` it is. */
export const replaceClusterSecret = (id: string, kind: SecretKindNamed, secret: string, reason: string, despite: string | null) => call('replace_cluster_secret', { id, kind, secret, reason, despite })
/** All of it is tried there first. Answers the id. */
export const addCluster = (form: NewClusterForm, reason: string) => call('add_cluster', { form, reason })
export const recipients = () => call('recipients', {})
/** The private key stays in the keychain; answers the public one. */
export const makeIdentity = () => call('make_identity', {})
export const addRecipient = (key: string, name: string, reason: string) => call('add_recipient', { key, name, reason })
export const removeRecipient = (key: string, reason: string) => call('remove_recipient', { key, reason })
export const clusterForecasts = (id: string) => call('cluster_forecasts', { id })
/** Has a cluster looked at soon; says when, or why not. */
export const lookAtCluster = (id: string) => call('look_at_cluster', { id })
export const userFootprint = (id: string) => call('user_footprint', { id })
/** Where the next user would go, and why. */
export const nextSeat = () => call('next_seat', {})
export const assignmentRule = () => call('assignment_rule', {})
export const setAssignmentRule = (dueOn: SeatsDue, reason: string) => call('set_assignment_rule', { dueOn, reason })
export const userSeat = (id: string) => call('user_seat', { id })

export const search = (text: string) => call('search', { text })
/** Without a list: of the search box, whose text may begin with the name of one. */
export const queryHelp = (list: QueryList | null, text: string, caret: number) => call('query_help', { list, text, caret })
export const operators = () => call('operators', {})

export const workspaces = () => call('workspaces', {})
export const keychainStatus = () => call('keychain_status', {})
export const keychainItems = () => call('keychain_items', {})
export const removeKeychainItem = (workspace: string, kind: KeychainItemKind) =>
  call('remove_keychain_item', { workspace, kind })
export const probeWorkspace = (form: WorkspaceForm) => call('probe_workspace', { form })
export const addWorkspace = (form: WorkspaceForm) => call('add_workspace', { form })
export const enrolWorkspace = (form: EnrolmentForm) => call('enrol_workspace', { form })
export const workspaceForm = (id: string) => call('workspace_form', { id })
export const changeWorkspace = (id: string, form: WorkspaceForm) => call('change_workspace', { id, form })
export const openWorkspace = (id: string) => call('open_workspace', { id })
export const removeWorkspace = (id: string) => call('remove_workspace', { id })

/** Tables that another program keeps to itself now. */
export const tableLocks = () => call('table_locks', {})

/** The next link into the console from outside; null when somebody asks after this. */
export const nextLink = () => call('next_link', {})

/** Opens the address of something on record in the person's own browser. The core makes the address. */
export const openLink = (target: OutsideTarget) => call('open_link', { target })
export const outsideSettings = () => call('outside_settings', {})
/** An empty domain takes it away. */
export const setAuth0Domain = (domain: string) => call('set_auth0_domain', { domain })

/** Begins to write a list to a file, in the background. */
export const exportList = (order: ExportOrder) => call('export_list', { order })
export const exports = () => call('exports', {})
/** Cancels an export that runs, or takes one that has ended off the list. The file stays. */
export const dismissExport = (id: number) => call('dismiss_export', { id })
export const openExport = (id: number, what: ExportOpening) => call('open_export', { id, what })
/** Saves a chart as PNG, drawn again in the light theme. */
export const saveChart = (order: PictureOrder) => call('save_chart', { order })

/** Who the database takes the login for, and until when it lets them write. */
export const whoIsThere = () => call('who_is_there', {})
export const elevate = (reason: string, minutes: number) => call('elevate', { reason, minutes })
/** Asks in the browser who is there; answers once that is known. */
export const reauthenticate = () => call('reauthenticate', {})
export const cancelReauthentication = () => call('cancel_reauthentication', {})
export const endElevation = () => call('end_elevation', {})

/** What may be done to a subject; null for what can be added to the service. */
export const actionsFor = (kind: SubjectKind, subject: string | null) => call('actions_for', { kind, subject })
export const previewAction = (order: ActionOrder) => call('preview_action', { order })
export const performAction = (order: ActionOrder) => call('perform_action', { order })
/** Takes an action back; `dry` only shows what that would do. */
export const undoAction = (auditId: number, reason: string | null, dry: boolean) =>
  call('undo_action', { auditId, reason, dry })
/** Without a run it is a dry run; the same run again goes on where an earlier call ended. */
export const performOnMany = (order: ManyOrder) => call('perform_on_many', { order })
export const actionEffects = (auditId: number) => call('action_effects', { auditId })
export const notes = (kind: SubjectKind, subject: string) => call('notes', { kind, subject })

export const eventsPage = (query: EventsQuery, after: string | null, limit: number) =>
  call('events_page', { query, after, limit })
export const event = (id: string) => call('event', { id })
/** Applies events and tries effects again; dry: tells how many that would be. */
export const replayEvents = (order: ReplayOrder) => call('replay_events', { order })
export const dismissEvent = (id: string, reason: string) => call('dismiss_event', { id, reason })
/** When each provider was heard of, and how far it is read back. */
export const eventSources = () => call('event_sources', {})

/** What is wrong, and what was lately. */
export const alerts = () => call('alerts', {})
/** Says that whoever is here sees to it. */
export const acknowledgeAlert = (id: number, note: string | null) => call('acknowledge_alert', { id, note })

export const auditPage = (query: AuditQuery, after: string | null, limit: number) =>
  call('audit_page', { query, after, limit })
export const auditEntry = (id: number) => call('audit_entry', { id })
export const verifyAudit = () => call('verify_audit', {})
export const auditFacets = () => call('audit_facets', {})

/** Keeps a bulk before its first row, so that it can go on after a break. */
export const openBulk = (opening: BulkOpening) => call('open_bulk', { opening })
export const endBulk = (run: string) => call('end_bulk', { run })
export const bulksLeft = () => call('bulks_left', {})
export const bulkEntries = (run: string, login: string) => call('bulk_entries', { run, login })
export const undoMany = (entries: number[], reason: string | null, run: string | null) => call('undo_many', { entries, reason, run })

export const effectSwitches = () => call('effects', {})
export const setEffect = (order: EffectOrder) => call('set_effect', { order })
export const clusterAuthority = (id: string) => call('cluster_authority', { id })
export const setClusterAuthority = (id: string, pem: string | null, reason: string) => call('set_cluster_authority', { id, pem, reason })
