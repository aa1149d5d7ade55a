// How old what the screen shows is: the oldest of the data it is mainly about; and whether any of it, even
// the least panel, cannot be read now.

import type { Failure } from '../ipc/failure'

export interface Aged {
  readonly readAt: number | null
  readonly failure: Failure | null
  refresh(): Promise<void>
  /** Reads again even while a read is under way, which may have begun before something changed. */
  renew?(): Promise<void>
}

const staleAfter = 30_000

class Freshness {
  #leading = $state.raw<readonly Aged[]>([])
  #others = $state.raw<readonly Aged[]>([])

  /** `leading`: the screen is mainly about this, and its age is the age in the top bar. */
  follow(aged: Aged, { leading = true } = {}) {
    if (leading) this.#leading = [...this.#leading, aged]
    else this.#others = [...this.#others, aged]
    return () => {
      this.#leading = this.#leading.filter((other) => other !== aged)
      this.#others = this.#others.filter((other) => other !== aged)
    }
  }

  /** When the oldest was read; null while nothing has arrived. */
  get readAt(): number | null {
    const times = this.#leading.map((aged) => aged.readAt).filter((time) => time !== null)
    return times.length ? Math.min(...times) : null
  }

  get failure(): Failure | null {
    return this.#leading.find((aged) => aged.failure)?.failure ?? null
  }

  /** Why a part of the screen that shows earlier data cannot be read again. */
  get partFailure(): Failure | null {
    return this.#others.find((aged) => aged.failure && aged.readAt !== null)?.failure ?? null
  }

  /** Whether data on screen should not be trusted to be current. */
  stale(now: number): boolean {
    return this.readAt !== null && (this.failure !== null || now - this.readAt > staleAfter)
  }

  /** Somebody was answered: whoever waits only because nobody was there asks again at once. */
  answered() {
    for (const aged of this.#all()) if (aged.failure?.code === 'unreachable') void aged.refresh()
  }

  refresh() {
    for (const aged of this.#all()) if (aged.failure || this.#leading.includes(aged)) void aged.refresh()
  }

  /** Something was changed from here: all that is on screen is read again at once. */
  renew() {
    for (const aged of this.#all()) void (aged.renew?.() ?? aged.refresh())
  }

  #all() {
    return [...this.#leading, ...this.#others]
  }
}

export const freshness = new Freshness()
