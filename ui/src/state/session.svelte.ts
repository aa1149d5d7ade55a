// The workspace that is open, and how far opening it has come.

import { openWorkspace, reopen, session as askSession } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { FailureCode } from '../ipc/generated/FailureCode'
import type { Session } from '../ipc/generated/Session'

// Opening takes a moment when all is well: looked for often, so that nobody waits for a look.
const whileStarting = 40
const whileSigningIn = 200
const afterwards = 5000

/** What passes by itself, so that trying again by itself makes sense; and how long it is waited for. */
const passing: FailureCode[] = ['unreachable', 'timeout', 'locked']
const pauses = [5000, 10_000, 20_000, 30_000]

export class SessionWatch {
  current = $state.raw<Session | null>(null)
  /** Set when the core itself does not answer. */
  failure = $state.raw<Failure | null>(null)
  /** When a workspace that could not be opened is tried again by itself (milliseconds since 1970). */
  againAt = $state<number | null>(null)
  /** Why it could not be opened, while that is tried again. */
  before = $state.raw<Failure | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #watching = false
  #question = 0
  #again: ReturnType<typeof setTimeout> | undefined
  #attempts = 0
  #begun = false

  /** Asks before anything is there to show the answer. */
  begin() {
    this.#begun = true
    void this.#look()
  }

  watch() {
    this.#watching = true
    if (!this.#begun) void this.#look()
    this.#begun = false
    return () => {
      this.#watching = false
      clearTimeout(this.#timer)
      this.#stopTrying()
    }
  }

  get ready() {
    const state = this.current?.state
    return state?.state === 'ready' ? state : null
  }

  /** Tries the same workspace again. */
  reopen = () => {
    this.#stopTrying()
    return this.#afterwards(reopen())
  }

  open = (id: string) => {
    this.#stopTrying()
    this.before = null
    return this.#afterwards(openWorkspace(id))
  }

  async #afterwards(asked: Promise<null>) {
    await asked
    await this.#look()
  }

  async #look() {
    clearTimeout(this.#timer)
    const question = (this.#question += 1)
    try {
      const current = await askSession()
      // An answer from before a workspace was opened would show the one that was left.
      if (question !== this.#question) return
      this.current = current
      this.failure = null
      this.#tryAgainBySelf(current)
    } catch (thrown) {
      if (question !== this.#question) return
      this.failure = asFailure(thrown)
    }
    if (this.#watching) this.#timer = setTimeout(() => void this.#look(), this.#pause())
  }

  /** Looks now, when something was asked of the core. */
  look = () => this.#look()

  #pause() {
    const state = this.current?.state
    if (!state || state.state === 'starting') return whileStarting
    const underWay = state.state === 'sign_in' && state.step.at !== 'choose'
    return underWay ? whileSigningIn : afterwards
  }

  /** A database that is away comes back; whoever waits for it should not have to press a button. */
  #tryAgainBySelf({ state }: Session) {
    if (state.state === 'ready') {
      this.#attempts = 0
      this.before = null
    }
    if (state.state !== 'failed') return
    this.before = null
    if (!this.#watching || this.againAt !== null || !passing.includes(state.failure.code)) return
    const pause = pauses[Math.min(this.#attempts, pauses.length - 1)]!
    this.#attempts += 1
    this.againAt = Date.now() + pause
    this.#again = setTimeout(() => {
      this.againAt = null
      this.before = state.failure
      // What it answers is looked at as always; a refusal is nothing new.
      this.#afterwards(reopen()).catch(() => {})
    }, pause)
  }

  #stopTrying() {
    clearTimeout(this.#again)
    this.againAt = null
    this.#attempts = 0
  }
}

export const session = new SessionWatch()
