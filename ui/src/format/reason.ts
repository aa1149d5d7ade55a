// The reason that everything wants which is kept on record.

export const shortestReason = 3
export const longestReason = 500

/** What is wrong with it, as a sentence; null when it will do. */
export function reasonProblem(reason: string): string | null {
  const { length } = reason.trim()
  if (length < shortestReason) return `Say why, in at least ${shortestReason} letters.`
  if (length > longestReason) return `${longestReason} letters at most.`
  return null
}
