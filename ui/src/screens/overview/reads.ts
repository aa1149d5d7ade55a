// What the Overview asks. It is the first screen of most starts, so it can be asked ahead.

import { overviewAttention, overviewClusters, overviewFigures, overviewUsage } from '../../ipc/commands'
import type { ChartRequest } from '../../ipc/generated/ChartRequest'
import { ahead, askAhead } from '../../state/ahead'
import { remember, remembered } from '../../state/remembered'
import { theme } from '../../state/theme.svelte'

/** What was drawn last, and in a window of which width: another has another drawing. */
const drawn = 'overview.drawn'

export const figuresOf = ahead('overview.figures', overviewFigures)
export const attentionOf = ahead('overview.attention', overviewAttention)
export const clustersOf = ahead('overview.clusters', overviewClusters)

export function usageOf(request: ChartRequest) {
  remember(drawn, JSON.stringify({ window: innerWidth, request }))
  return ahead(nameOf(request), () => overviewUsage(request))
}

/** Asks for everything on the screen; settled when all of it is here. */
export async function askOverview() {
  const request = drawnLast()
  await Promise.all([
    askAhead('overview.figures', overviewFigures),
    askAhead('overview.attention', overviewAttention),
    askAhead('overview.clusters', overviewClusters),
    request && askAhead(nameOf(request), () => overviewUsage(request)),
  ])
}

/** Whether two drawings are the same one. */
export const sameDrawing = (one: ChartRequest | null, other: ChartRequest) => one !== null && nameOf(one) === nameOf(other)

const nameOf = (request: ChartRequest) =>
  ['overview.usage', request.metric, request.days, request.theme, request.width, request.height].join(' ')

/** What will be asked for once the place of the drawing is known, if nothing has changed since the last time. */
export function drawnLast(): ChartRequest | null {
  try {
    const last = JSON.parse(remembered(drawn) ?? 'null') as { window: number; request: ChartRequest } | null
    return last?.window === innerWidth && last.request.theme === theme.shown ? last.request : null
  } catch {
    return null
  }
}
