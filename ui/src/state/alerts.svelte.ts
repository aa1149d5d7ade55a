// What is wrong with the service's own machinery, for the bell: read again and again while the window is visible.

import { acknowledgeAlert, alerts as readAlerts } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { AlertRow } from '../ipc/generated/AlertRow'
import type { Alerts as Seen } from '../ipc/generated/Alerts'
import { clock } from './clock.svelte'
import { freshness } from './freshness.svelte'
import { watch } from './watch'

const every = 5000
/** Whoever looks does so every ten seconds; after so long nobody does any more. */
const patience = 5 * 60_000

export class Alerts {
  seen = $state.raw<Seen | null>(null)
  failure = $state.raw<Failure | null>(null)
  /** When what is shown was read, by the clock of this computer. */
  #readHere = 0
  #question = 0

  get open(): AlertRow[] {
    return this.seen?.open ?? []
  }

  /** Those that nobody sees to yet. */
  readonly unseen = $derived(this.open.filter(({ acknowledged }) => acknowledged === null))
  readonly worst = $derived(this.unseen.some(({ severity }) => severity === 'bad') ? 'bad' : this.unseen.length ? 'warn' : null)

  /** Why what is shown may not be all: nobody looks what is wrong. Null: somebody does. */
  readonly unwatched = $derived.by((): 'never' | 'stopped' | null => {
    if (!this.seen) return null
    const { looked_at: lookedAt, read_at: readAt } = this.seen
    if (lookedAt === null) return 'never'
    // By the database's clock, which tells both; this computer's only measures how long the core has not answered since.
    const since = this.failure ? Math.max(clock.now - this.#readHere, 0) : 0
    return Date.parse(readAt) + since - Date.parse(lookedAt) > patience ? 'stopped' : null
  })

  watch(): () => void {
    this.seen = null
    this.failure = null
    return watch(async () => {
      await this.look()
      return this.failure === null
    }, every)
  }

  async look() {
    const question = (this.#question += 1)
    try {
      const seen = await readAlerts()
      if (question !== this.#question) return
      this.#readHere = Date.now()
      this.seen = seen
      this.failure = null
    } catch (thrown) {
      if (question === this.#question) this.failure = asFailure(thrown)
    }
  }

  /** Throws the failure when it is refused. */
  async acknowledge(id: number, note: string | null) {
    try {
      await acknowledgeAlert(id, note)
    } finally {
      // Also when somebody else was first.
      await this.look()
      freshness.renew()
    }
  }
}

export const alerts = new Alerts()
