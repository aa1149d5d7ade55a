// Help with the operators that filter a list, for the text of its filters.

import { queryHelp } from '../ipc/commands'
import type { QueryList } from '../ipc/generated/QueryList'

/** Operators in the text: what could come, and what is wrong once its word is left. */
export function assistFor(list: QueryList) {
  return async (text: string, caret: number) => {
    const help = await queryHelp(list, text, caret)
    const problem = help.problems.find(({ end }) => end < text.length || help.completions.length === 0)
    return { completions: help.completions, problem: problem?.sentence ?? null, ready: help.problems.length === 0 }
  }
}
