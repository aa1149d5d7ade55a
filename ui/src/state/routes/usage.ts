// The address of Usage: the period, whose usage it is, and how the accounts are ordered.

import type { Metric } from '../../ipc/generated/Metric'
import { parsePeriod, writePeriod, type Period } from '../period'
import { isPath, one, query, type Place } from './place'

/** What the Usage screen shows. */
export interface UsageView {
  period: Period
  /** A cluster id; null for all. */
  cluster: string | null
  /** The id of an account's owner; null for all. */
  account: string | null
  /** What the accounts are looked for by. */
  text: string | null
  sort: Metric
  descending: boolean
}

export interface UsageRoute {
  screen: 'usage'
  view: UsageView
}

const monthSoFar: Period = { preset: 'this_month' }

export const usageNow: UsageView = {
  period: monthSoFar,
  cluster: null,
  account: null,
  text: null,
  sort: 'cost',
  descending: true,
}

const metrics: Metric[] = ['cost', 'cpu_hours', 'gpu_hours', 'storage_gb', 'feature_store_calls', 'inference_calls']

export const usage: Place<UsageRoute> = {
  parse(path, params) {
    if (!isPath(path, 'usage')) return null
    const view = {
      period: parsePeriod(params, monthSoFar),
      cluster: params.get('cluster') || null,
      account: params.get('account') || null,
      text: params.get('q') || null,
      sort: one(params.get('sort'), metrics) ?? usageNow.sort,
      descending: params.get('dir') !== 'asc',
    }
    return { screen: 'usage', view }
  },
  format({ view: { period, cluster, account, text, sort, descending } }) {
    const params = new URLSearchParams()
    writePeriod(params, period, monthSoFar)
    if (cluster) params.set('cluster', cluster)
    if (account) params.set('account', account)
    if (text) params.set('q', text)
    if (sort !== usageNow.sort) params.set('sort', sort)
    if (!descending) params.set('dir', 'asc')
    return `#/usage${query(params)}`
  },
}

export const toUsage = usage.format({ screen: 'usage', view: usageNow })

/** Usage with some of the view set, the rest as it is at first. */
export function toUsageWith(view: Partial<UsageView>): string {
  return usage.format({ screen: 'usage', view: { ...usageNow, ...view } })
}
