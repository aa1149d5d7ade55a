// Finding one's way among the days of a chart.

import type { ChartPoint } from '../../ipc/generated/ChartPoint'

/** The index of the day nearest to a place on the x axis; points are ordered by it. */
export function nearest(points: readonly ChartPoint[], x: number): number {
  let low = 0
  let high = points.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (points[middle]!.x <= x) low = middle
    else high = middle
  }
  const left = points[low]
  const right = points[high]
  if (!left || !right) return -1
  return x - left.x <= right.x - x ? low : high
}

/** Where a key leads from a day; null for keys that lead nowhere. */
export function step(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null
  const last = count - 1
  switch (key) {
    case 'ArrowLeft':
      return at === null ? last : Math.max(0, at - 1)
    case 'ArrowRight':
      return at === null ? last : Math.min(last, at + 1)
    case 'PageUp':
      return Math.max(0, (at ?? last) - 7)
    case 'PageDown':
      return Math.min(last, (at ?? last) + 7)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
