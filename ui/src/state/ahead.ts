// What a screen will ask, asked before it is drawn. Drawing takes longer than being answered: what is drawn
// with its answers is drawn once.

interface Answer {
  promise: Promise<unknown>
  /** Set once it is here. */
  here?: { value: unknown }
}

/** A read whose first answer may be here before it is asked for. */
export interface Read<T> {
  (): Promise<T>
  /** The name of its question; reads of the same name ask the same. */
  of?: string
  /** Takes the answer that is here already; undefined where none is. */
  known?: () => T | undefined
}

const answers = new Map<string, Answer>()
/** How often what was asked ahead was forgotten: what was asked before then is not kept any more. */
let forgotten = 0

/**
 * Asks now, unless that was asked already, and keeps the answer under a name for the first who wants it; settled when
 * it is here. One that failed is asked once more: it may have come too early.
 */
export async function askAhead(name: string, read: () => Promise<unknown>): Promise<void> {
  const since = forgotten
  const before = answers.get(name)
  if (before && ((await has(name, before)) || since !== forgotten)) return
  const answer: Answer = { promise: read() }
  answers.set(name, answer)
  await has(name, answer)
}

/** Waits for it; one that fails is dropped: the screen asks again by itself, and says what is wrong. */
async function has(name: string, answer: Answer): Promise<boolean> {
  try {
    answer.here = { value: await answer.promise }
    return true
  } catch {
    if (answers.get(name) === answer) answers.delete(name)
    return false
  }
}

/** `read`, whose first answer is the one that was asked for ahead, where there is one. */
export function ahead<T>(name: string, read: () => Promise<T>): Read<T> {
  const take = () => {
    const answer = answers.get(name)
    answers.delete(name)
    return answer
  }
  return Object.assign(() => (take()?.promise as Promise<T> | undefined) ?? read(), {
    of: name,
    known: () => (answers.get(name)?.here ? (take()?.here?.value as T) : undefined),
  })
}

/** What nobody has taken is old by now, or of another workspace. */
export function forgetAhead() {
  forgotten += 1
  answers.clear()
}
