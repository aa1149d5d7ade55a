// Invented clusters, and what one customer has on them.

import type { Commands } from '../src/ipc/commands'
import type { ClusterRow } from '../src/ipc/generated/ClusterRow'
import type { Panel } from '../src/ipc/generated/Panel'
import type { Rows } from '../src/ipc/generated/Rows'
import { draw } from './drawing'
import { usd } from './people'

type Answers = { [K in keyof Commands]: (args: Commands[K]['args']) => Commands[K]['answer'] }

const now = () => new Date().toISOString()
const rows = <T>(source: string, all: T[]): Rows<T> => ({ rows: all, next: null, count: String(all.length), missing: null, notes: [], source, read_at: now(), as_of: null })
const panel = <T>(source: string, data: T): Panel<T> => ({ source, read_at: now(), as_of: null, data, lacking: null })

const cluster = (id: string, name: string | null, change: Partial<ClusterRow> = {}): ClusterRow => ({
  id,
  name,
  region: 'Ireland',
  status: 'active',
  status_shown: 'active',
  severity: 'ok',
  seats: { limit: 100, recorded: 97, assigned: 97, left: 3, percent: 97, severity: 'bad', word: 'nearly full', drift: null, drift_word: null },
  assigned_lately: 13,
  last_assigned_at: now(),
  people: 64,
  people_day: '19 Nov',
  month_cost: usd(1840.22),
  month_before_cost: usd(2210),
  glance: { word: 'answers', severity: 'ok', seen_at: now(), cpu_percent: 71, memory_percent: 88, gpu: '3 / 8', stale: false },
  runs_out: { severity: 'warn', word: 'Memory, 14 Jan', each: 'Seats does not grow; Memory around 14 Jan, between 6 Jan and 2 Feb', made_at: now(), stale: false },
  findings: { count: 3, severity: 'warn', word: '3 found' },
  ...change,
})

const cpu = { name: 'CPU', unit: 'cores', requested: '11.2', allocatable: '15.7', capacity: '16', free: '2.5', limits: '22.4', used: '6.3', requested_percent: 71, used_percent: 40, severity: 'ok' as const }

const all = [
  cluster('c1', 'eu-west-1'),
  cluster('c2', 'us-east-1', {
    seats: { limit: 120, recorded: 96, assigned: 91, left: 29, percent: 75, severity: 'warn', word: 'filling', drift: '+5', drift_word: 'counts 5 too many' },
  }),
  cluster('c9', null, { region: null, status: 'missing', status_shown: 'not on record', severity: 'bad' }),
]

export const places: Pick<
  Answers,
  | 'user_invoices'
  | 'user_projects'
  | 'user_feature_groups'
  | 'user_deployments'
  | 'user_health_checks'
  | 'user_changes'
  | 'user_prices'
  | 'user_sign_ins'
  | 'auth0_access'
  | 'set_auth0_access'
  | 'forget_auth0_access'
  | 'clusters_page'
  | 'cluster_facts'
  | 'cluster_usage'
  | 'cluster_people'
  | 'cluster_findings'
  | 'cluster_state'
  | 'cluster_nodes'
  | 'cluster_holdings'
  | 'cluster_forecasts'
  | 'cluster_secrets'
  | 'replace_cluster_secret'
  | 'add_cluster'
  | 'recipients'
  | 'make_identity'
  | 'add_recipient'
  | 'remove_recipient'
  | 'look_at_cluster'
  | 'user_footprint'
  | 'cluster_projects'
> = {
  user_invoices: () => rows('invoices, billing_history', []),
  user_projects: () => rows('user_projects, project_member_roles', []),
  user_feature_groups: () => rows('feature_groups', Array.from({ length: 8 }, (_, n) => ({ id: String(n), name: `clickstream_${n}h`, version: 1, created_at: now(), deleted_at: null }))),
  user_deployments: () => rows('model_deployments', []),
  user_health_checks: () => rows('health_check_failures', []),
  user_changes: () => rows('all tables', [{ id: 'registered', at: now(), sentence: 'Registered', detail: 'by way of website', severity: 'ok', source: 'users', by: null, leads_to: null, number: null }]),
  user_prices: () => panel('user_pricing_overrides', []),
  user_sign_ins: () =>
    panel('Auth0, acme.eu.auth0.com', {
      state: 'known',
      person: {
        blocked: false,
        email: 'ada@acme.example',
        email_verified: false,
        logins: 212,
        last_login: now(),
        last_ip: '203.0.113.7',
        registered_at: now(),
        identities: [{ connection: 'Username-Password-Authentication', provider: 'auth0' }],
        multifactor: ['guardian'],
        tries: [
          { at: now(), outcome: 'signed_in', place: 'Stockholm, Sweden', connection: 'Username-Password-Authentication', client: 'Acme ML', ip: '203.0.113.7' },
          { at: now(), outcome: 'wrong_password', place: 'Stockholm, Sweden', connection: null, client: null, ip: '203.0.113.7' },
        ],
        tries_missing: null,
        addresses_hidden: false,
      },
    }),
  auth0_access: () => ({ sandbox: false, domain: 'acme.eu.auth0.com', client_id: null, ready: false }),
  set_auth0_access: () => null,
  forget_auth0_access: () => null,
  clusters_page: () => ({ rows: all, next: null, count: String(all.length), cost_title: 'Cost, Nov', cost_before_title: 'Cost, Oct', lacking: [], source: 'hopsworks_clusters', read_at: now(), as_of: now() }),
  cluster_facts: ({ id }) =>
    panel('hopsworks_clusters', {
      ...(all.find((each) => each.id === id) ?? all[0]!),
      api_url: 'https://eu-west-1.hopsworks.example',
      api_link: 'https://eu-west-1.hopsworks.example/',
      created_at: now(),
      updated_at: now(),
      month: 'November 2026',
      month_before: 'October 2026',
      month_cpu: null,
      month_gpu: null,
      month_before_cpu: null,
      month_before_gpu: null,
      drift_explained: null,
      as_of: now(),
      lacking: [],
    }),
  cluster_usage: ({ request }) => panel('usage_daily', draw(request, 40)),
  cluster_people: () => ({ rows: [], next: null, count: '0', cost_title: 'Cost, Nov', lacking: [], source: 'user_hopsworks_assignments', read_at: now() }),
  cluster_state: () =>
    panel('cluster snapshots', {
      looked_at: now(),
      next_at: now(),
      unwatched: null,
      word: 'answers',
      severity: 'ok' as const,
      problem: null,
      stale: false,
      systems: [
        { name: 'Hopsworks', severity: 'ok' as const, word: 'answers in 41 ms', version: '4.6.0', sentence: null },
        { name: 'Kubernetes', severity: 'ok' as const, word: 'answers in 12 ms', version: 'v1.34.2', sentence: null },
      ],
      certificates: [{ name: 'API server', until: now(), severity: 'warn' as const, word: '9 days left' }],
      carried: { at: now(), resources: [cpu], nodes: '1 node', nodes_severity: 'ok' as const, waiting: null, disk: '12 claims on volumes ask for 480 GiB and were given 480 GiB.', unmeasured: null, unread: null },
    }),
  cluster_nodes: () =>
    panel('last snapshot', {
      rows: [{ name: 'ip-10-0-0-1', severity: 'ok' as const, word: 'ready', sentence: null, taints: [], machine: 'm6i.4xlarge', kubelet: 'v1.34.2', cpu, memory: cpu, gpu: cpu, pods: cpu }],
      count: '1 node',
    }),
  cluster_holdings: () => panel('last snapshot, user_projects', { at: now(), rows: [], count: '', unmapped: null, costs: 'OpenCost was not asked yet.' }),
  replace_cluster_secret: () => null,
  add_cluster: () => 'c1',
  recipients: () => panel('console.recipients', { rows: [{ name: 'collector', public_key: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p', added_by: 'Ann', added_at: now(), is_here: false, held_at: null }], ours: [], warning: null }),
  make_identity: () => 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
  add_recipient: () => null,
  remove_recipient: () => null,
  cluster_secrets: () => panel('console.cluster_secrets', [{ kind: 'api_key' as const, name: 'API key', severity: 'ok' as const, word: 'sealed', sentence: 'To collector, Ann. The service’s table holds it in plain, too.', sealed_at: now(), sealed_by: 'Ann' }, { kind: 'kubeconfig' as const, name: 'Kubeconfig', severity: 'warn' as const, word: 'plain in the database', sentence: 'Whoever reads the database reads it. “hopsdesk-webhook secrets import” seals a copy.', sealed_at: null, sealed_by: null }]),
  cluster_forecasts: () => panel('cluster snapshots', [{ name: 'CPU', severity: 'warn' as const, word: 'around 20 Jan 2027', day: '2027-01-20', range: 'between 5 Jan and 12 Mar 2027', basis: 'By 34 days, 20 Oct to 26 Nov.' }]),
  look_at_cluster: () => 'It is looked at as soon as a program is free.',
  user_footprint: () => panel('last snapshot, user_projects', { rows: [], total: null, unlisted: 0 }),
  cluster_findings: () => panel('assignments', { seats: [], without_seat: null, strangers: [], groups: [], unknown: [] }),
  cluster_projects: () => rows('user_projects', []),
}
