// The workspace that is open, and how far opening it has come.

import { openWorkspace, reopen, session as askSession } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { Session } from '../ipc/generated/Session'

const whileStarting = 300
const afterwards = 5000

export class SessionWatch {
  current = $state.raw<Session | null>(null)
  /** Set when the core itself does not answer. */
  failure = $state.raw<Failure | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #watching = false
  #question = 0

  watch() {
    this.#watching = true
    void this.#look()
    return () => {
      this.#watching = false
      clearTimeout(this.#timer)
    }
  }

  get ready() {
    const state = this.current?.state
    return state?.state === 'ready' ? state : null
  }

  /** Tries the same workspace again. */
  reopen = () => this.#afterwards(reopen())

  open = (id: string) => this.#afterwards(openWorkspace(id))

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
    } catch (thrown) {
      if (question !== this.#question) return
      this.failure = asFailure(thrown)
    }
    const settled = this.current && this.current.state.state !== 'starting'
    if (this.#watching) {
      this.#timer = setTimeout(() => void this.#look(), settled ? afterwards : whileStarting)
    }
  }
}

export const session = new SessionWatch()
