// Clusters for the tests of this screen.

import type { ClusterRow } from '../../ipc/generated/ClusterRow'

/** One of which nothing is recorded but its name, with what a test wants to be different. */
export const clusterRow = (change: Partial<ClusterRow> = {}): ClusterRow => ({
  id: 'c1',
  name: 'eu-west-1',
  region: null,
  status: 'active',
  status_shown: 'active',
  severity: 'ok',
  seats: { limit: null, recorded: null, assigned: null, left: null, percent: null, severity: 'muted', word: null, drift: null, drift_word: null },
  assigned_lately: null,
  last_assigned_at: null,
  people: null,
  people_day: null,
  month_cost: null,
  month_before_cost: null,
  glance: { word: 'answers', severity: 'ok', seen_at: null, cpu_percent: null, memory_percent: null, gpu: null, stale: false },
  runs_out: { severity: 'muted', word: null, each: 'Nobody has looked at it yet', made_at: null, stale: false },
  findings: null,
  ...change,
})
