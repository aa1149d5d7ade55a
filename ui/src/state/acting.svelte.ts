// The action that is being asked for. Screens begin one; the frame shows its dialog; when it is done, everything
// on screen is read again.

import { bulkEntries } from '../ipc/commands'
import { asFailure } from '../ipc/failure'
import type { SubjectKind } from '../ipc/generated/SubjectKind'
import type { FormValues } from './action_forms'
import { freshness } from './freshness.svelte'
import { toasts } from './toasts.svelte'

/** An action on one subject. */
export interface ActRequest {
  what: 'act'
  action: string
  /** As the database calls it: `Suspend`. */
  title: string
  kind: SubjectKind
  /** Null where something is added to the service. */
  subject: string | null
  /** What people call it. */
  name: string
  /** The version that is on screen. */
  expected: string | null
  /** What the form begins with. */
  known?: FormValues
}

/** Taking one back. */
export interface UndoRequest {
  what: 'undo'
  auditId: number
  /** What was done: `Suspended Acme and 4 members.` */
  sentence: string
  name: string
}

/** An action on many. `undo` takes entries of the trail back: its subjects are their numbers. */
export interface ManyRequest {
  what: 'many'
  action: string
  title: string
  subjects: readonly { id: string; name: string }[]
  /** One that was cut off, and goes on where it was. */
  kept?: { run: string; reason: string; arguments: Record<string, unknown>; done: ReadonlySet<string> }
}

export type Request = ActRequest | UndoRequest | ManyRequest

class Acting {
  request = $state.raw<Request | null>(null)
  /** How often something was done from here: what may be done next depends on it. */
  times = $state(0)

  begin(request: Request) {
    this.request = request
  }

  close() {
    this.request = null
  }

  /** Begins to take a whole bulk back: what of it was not taken back yet. */
  async beginUndoOfBulk(run: string, login: string) {
    try {
      const subjects = (await bulkEntries(run, login)).filter(({ undone }) => !undone).map(({ id, name }) => ({ id: String(id), name }))
      if (subjects.length) this.begin({ what: 'many', action: 'undo', title: 'Undo', subjects })
      else toasts.say('All of this bulk was taken back already.')
    } catch (thrown) {
      toasts.say(`The bulk could not be read: ${asFailure(thrown).message}`, 'bad')
    }
  }

  /** Something was done, from here. */
  changed() {
    this.times += 1
    freshness.renew()
  }
}

export const acting = new Acting()
