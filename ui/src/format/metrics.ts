// The measures of usage in words, in the order in which screens show them.

import type { Metric } from '../ipc/generated/Metric'
import type { Used } from '../ipc/generated/Used'
import { exactMoney, money } from './money'

export interface MetricWords {
  value: Metric
  /** On a switch. */
  word: string
  /** As a figure's name. */
  name: string
  /** What a chart of it shows. */
  phrase: string
}

export const metrics: readonly MetricWords[] = [
  { value: 'cost', word: 'Cost', name: 'Usage cost', phrase: 'Usage cost' },
  { value: 'cpu_hours', word: 'CPU h', name: 'CPU hours', phrase: 'CPU hours' },
  { value: 'gpu_hours', word: 'GPU h', name: 'GPU hours', phrase: 'GPU hours' },
  { value: 'storage_gb', word: 'Storage', name: 'Storage, GB-months', phrase: 'Storage' },
  { value: 'feature_store_calls', word: 'API calls', name: 'Feature store API calls', phrase: 'Feature store API calls' },
  { value: 'inference_calls', word: 'Inference', name: 'Model inference calls', phrase: 'Model inference calls' },
]

/** Those that this database records. */
export function recorded(lacking: readonly string[]): MetricWords[] {
  return metrics.filter(({ value }) => !lacking.includes(value))
}

/** A measure as it is shown, and every digit of it; null where nothing was recorded. */
export function usedShown(used: Used, metric: Metric): { shown: string; exact: string } | null {
  if (metric === 'cost') return used.cost && { shown: money(used.cost), exact: exactMoney(used.cost) }
  const quantity = used[metric]
  return quantity && { shown: quantity.shown, exact: `${quantity.value} ${quantity.unit}` }
}

/** One sentence about the measures that this database does not record; null when it records all. */
export function unrecordedSentence(lacking: readonly string[]): string | null {
  const absent = metrics
    .filter(({ value }) => lacking.includes(value))
    .map(({ value, phrase }) => (value === 'cost' || value === 'storage_gb' ? phrase.toLowerCase() : phrase.replace(/^(Feature|Model)/, (word) => word.toLowerCase())))
  if (!absent.length) return null
  const list = absent.length === 1 ? absent[0] : `${absent.slice(0, -1).join(', ')} or ${absent.at(-1)}`
  return `This database does not record ${list}; nothing is shown for them.`
}
