// Whether the chains are whole, as it was last found. Asked once when the screen opens, and again on demand.

import { verifyAudit } from '../../ipc/commands'
import { asFailure, type Failure } from '../../ipc/failure'
import type { AuditVerdict } from '../../ipc/generated/AuditVerdict'

export class Verdicts {
  all = $state.raw<readonly AuditVerdict[] | null>(null)
  failure = $state.raw<Failure | null>(null)
  checking = $state(false)
  checkedAt = $state<number | null>(null)
  #workspace = ''
  #question = 0

  /** Once for an opening of the screen; another workspace is another trail. */
  open(workspace: string) {
    if (workspace !== this.#workspace) {
      this.all = null
      this.checkedAt = null
    }
    this.#workspace = workspace
    void this.verify()
  }

  async verify() {
    const question = (this.#question += 1)
    this.checking = true
    try {
      const all = await verifyAudit()
      if (question !== this.#question) return
      this.all = all
      this.failure = null
      this.checkedAt = Date.now()
    } catch (thrown) {
      if (question !== this.#question) return
      this.failure = asFailure(thrown)
    }
    this.checking = false
  }

  /** The flaw behind an entry, where there is one. */
  flawOf(id: number): string | null {
    return this.all?.find(({ flawed }) => flawed === id)?.flaw ?? null
  }
}

export const verdicts = new Verdicts()
