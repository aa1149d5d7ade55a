// What a bound of the filter says on its tag.

import { date } from '../../format/time'
import type { bounds } from '../../state/routes'

type Bound = (typeof bounds)[number]

const words: Record<Bound, string> = {
  cost_over: 'Cost over',
  cost_under: 'Cost under',
  seen_after: 'Seen since',
  seen_before: 'Last seen before',
  registered_after: 'Registered since',
  registered_before: 'Registered before',
}

/** `Cost over $100`, `Registered since 14 Mar 2026`; what is no amount or time stays as it is. */
export function boundWord(bound: Bound, value: string): string {
  if (bound.startsWith('cost')) return `${words[bound]} $${value}`
  const time = Date.parse(value)
  return `${words[bound]} ${Number.isNaN(time) ? value : date(time)}`
}
