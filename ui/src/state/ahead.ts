// What a screen will ask, asked before it is drawn. Drawing takes longer than being answered: what is drawn
// with its answers is drawn once.

const answers = new Map<string, Promise<unknown>>()

/** Asks now, and keeps the answer under a name for the first who wants it; settled when it is here. */
export async function askAhead(name: string, read: () => Promise<unknown>): Promise<void> {
  const answer = read()
  answers.set(name, answer)
  try {
    await answer
  } catch {
    // The screen asks again by itself, and says what is wrong.
    answers.delete(name)
  }
}

/** `read`, whose first answer is the one that was asked for ahead, where there is one. */
export function ahead<T>(name: string, read: () => Promise<T>): () => Promise<T> {
  return () => {
    const answer = answers.get(name) as Promise<T> | undefined
    answers.delete(name)
    return answer ?? read()
  }
}

/** What nobody has taken is old by now. */
export function forgetAhead() {
  answers.clear()
}
