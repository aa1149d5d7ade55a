// Who the database takes this login for, and until when it lets them write: by the server's own time.

import { cancelReauthentication, elevate, endElevation, reauthenticate, whoIsThere } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { WhoIsThere } from '../ipc/generated/WhoIsThere'
import { clock } from './clock.svelte'
import { watch } from './watch'

/** Said again this often; in between, the server's clock is reckoned from its last answer. */
const every = 30_000
/** From here on the badge warns that the time runs out. */
const soon = 2 * 60_000

const leftMeanwhile: Failure = {
  code: 'stale',
  message: 'Nothing was elevated: a workspace was opened meanwhile.',
  reference: null,
  argument: null,
}

export class Staff {
  who = $state.raw<WhoIsThere | null>(null)
  /** Why it is not known who is there. */
  failure = $state.raw<Failure | null>(null)
  /** While the browser is waited for, to confirm who is there: why, in a sentence. */
  confirming = $state.raw<string | null>(null)
  /** How often it was waited for. */
  confirmations = 0
  /** What the server's clock is ahead of this machine's, in milliseconds. */
  #ahead = $state(0)
  #question = 0
  /** How often somebody began to be watched: another workspace, or another person. */
  #watched = 0

  /** Milliseconds in which may still be written; 0 when it is only read. */
  get left(): number {
    const until = this.who?.elevation?.until
    return until ? Math.max(0, Date.parse(until) - (clock.now + this.#ahead)) : 0
  }

  /** May write now; what depends on it is told when it begins and ends, not every second. */
  readonly elevated = $derived(this.left > 0)
  readonly endsSoon = $derived(this.left > 0 && this.left <= soon)

  /** Auditors only read, and so does whoever is nobody of the staff. */
  get mayElevate(): boolean {
    return this.who?.group != null && this.who.group !== 'auditor'
  }

  watch(): () => void {
    this.who = null
    this.failure = null
    this.confirming = null
    this.#watched += 1
    return watch(async () => {
      await this.look()
      return this.failure === null
    }, every)
  }

  async look() {
    const question = (this.#question += 1)
    try {
      await this.#take(whoIsThere, question)
    } catch (thrown) {
      if (question === this.#question) this.failure = asFailure(thrown)
    }
  }

  /** Throws the failure when it is refused. */
  async elevate(reason: string, minutes: number) {
    const ask = () => this.#take(() => elevate(reason, minutes), (this.#question += 1))
    const watched = this.#watched
    try {
      await ask()
    } catch (thrown) {
      const failure = asFailure(thrown)
      if (failure.code !== 'reauthenticate' || watched !== this.#watched) throw thrown
      await this.#confirm(failure.message)
      // They said it of the workspace that was open then.
      if (watched !== this.#watched) throw leftMeanwhile
      await ask()
    }
  }

  /** Waits until the browser has told that it is really them. */
  async #confirm(why: string) {
    this.confirming = why
    this.confirmations += 1
    const watched = this.#watched
    try {
      await reauthenticate()
    } finally {
      if (watched === this.#watched) this.confirming = null
    }
  }

  async stopConfirming() {
    await cancelReauthentication()
  }

  async end() {
    await this.#take(endElevation, (this.#question += 1))
  }

  async #take(ask: () => Promise<WhoIsThere>, question: number) {
    const asked = Date.now()
    const who = await ask()
    // An answer from before would show an elevation that has ended, or hide one that has begun.
    if (question !== this.#question) return
    // The server looked at its clock somewhere between question and answer.
    const ahead = Date.parse(who.server_time) - (asked + Date.now()) / 2
    this.#ahead = Number.isNaN(ahead) ? 0 : ahead
    this.who = who
    this.failure = null
  }
}

export const staff = new Staff()
