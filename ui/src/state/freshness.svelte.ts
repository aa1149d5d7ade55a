// How old what the screen shows is: the oldest of the data it is mainly about.

import type { Failure } from '../ipc/failure'

export interface Aged {
  readonly readAt: number | null
  readonly failure: Failure | null
  refresh(): Promise<void>
}

const staleAfter = 30_000

class Freshness {
  #followed = $state.raw<readonly Aged[]>([])

  follow(aged: Aged) {
    this.#followed = [...this.#followed, aged]
    return () => {
      this.#followed = this.#followed.filter((other) => other !== aged)
    }
  }

  /** When the oldest was read; null while nothing has arrived. */
  get readAt(): number | null {
    const times = this.#followed.map((aged) => aged.readAt).filter((time) => time !== null)
    return times.length ? Math.min(...times) : null
  }

  get failure(): Failure | null {
    return this.#followed.find((aged) => aged.failure)?.failure ?? null
  }

  /** Whether data on screen should not be trusted to be current. */
  stale(now: number): boolean {
    return this.readAt !== null && (this.failure !== null || now - this.readAt > staleAfter)
  }

  refresh() {
    for (const aged of this.#followed) void aged.refresh()
  }
}

export const freshness = new Freshness()
