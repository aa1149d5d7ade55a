// What somebody has put into the form that lets them write: it stays while the sheet is closed and opened again,
// for this login in this workspace.

import { reasonProblem } from '../format/reason'
import { asFailure } from '../ipc/failure'
import { session } from '../state/session.svelte'
import { staff } from '../state/staff.svelte'
import { toasts } from '../state/toasts.svelte'

export class Elevation {
  reason = $state('')
  minutes = $state(15)
  busy = $state(false)
  pressed = $state(false)
  refused = $state<string | null>(null)

  get problem(): string | null {
    return this.refused ?? (this.pressed ? reasonProblem(this.reason) : null)
  }

  /** Asks for it; answers whether it was given. */
  async begin(): Promise<boolean> {
    this.pressed = true
    this.refused = null
    if (reasonProblem(this.reason)) return false
    this.busy = true
    const before = staff.confirmations
    let given = false
    try {
      await staff.elevate(this.reason.trim(), this.minutes)
      this.reason = ''
      this.pressed = false
      given = true
    } catch (thrown) {
      this.refused = asFailure(thrown).message
      // The sheet closes under the question; what became of it is said all the same.
      if (staff.confirmations > before) toasts.say(this.refused, 'bad')
    }
    this.busy = false
    return given
  }

  /** Ends it; answers whether it has ended. */
  async end(): Promise<boolean> {
    this.busy = true
    let ended = false
    try {
      await staff.end()
      ended = true
    } catch (thrown) {
      toasts.say(asFailure(thrown).message, 'bad')
    }
    this.busy = false
    return ended
  }
}

let kept = { workspace: '', login: '', form: new Elevation() }

/** The form of who is there now; an empty one for another login, and in another workspace. */
export function elevationOfNow(): Elevation {
  const workspace = session.current?.workspace.id ?? ''
  const login = staff.who?.login ?? ''
  if (workspace !== kept.workspace || login !== kept.login) kept = { workspace, login, form: new Elevation() }
  return kept.form
}
