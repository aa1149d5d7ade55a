// What may be done to a subject, as the database says it, and the way to begin it.

import { actionsFor } from '../ipc/commands'
import type { ActionOffer } from '../ipc/generated/ActionOffer'
import type { SubjectKind } from '../ipc/generated/SubjectKind'
import type { FormValues } from './action_forms'
import { acting } from './acting.svelte'
import { live } from './live.svelte'
import { staff } from './staff.svelte'

const every = 30_000

interface Subject {
  kind: SubjectKind
  /** Null where something is added to the service. */
  id: string | null
  /** What people call it. */
  name: string
  /** What is recorded now, for the forms that change it. */
  known?: FormValues
}

/** For a component, for as long as it is on screen; while `subject` answers null nothing is asked. */
export function offersFor(subject: () => Subject | null) {
  const about = $derived(subject())
  // Plain values: the name may be read again every few seconds without another question.
  const kind = $derived(about?.kind ?? null)
  const id = $derived(about?.id ?? null)
  const elevated = $derived(staff.elevated)
  const times = $derived(acting.times)
  const answer = live(
    () => {
      const [what, whom] = [kind, id]
      // Asked again when writing begins and ends, and when something was done: what is offered depends on it.
      void elevated
      void times
      return what && (() => actionsFor(what, whom))
    },
    { every, aside: true, about: () => `${kind} ${id}` },
  )

  return {
    get all(): readonly ActionOffer[] | null {
      return answer.data?.actions ?? null
    },
    get problem(): string | null {
      return answer.failure && !answer.data ? answer.failure.message : null
    },
    offer(action: string): ActionOffer | null {
      return answer.data?.actions.find((each) => each.action === action) ?? null
    },
    begin({ action, title }: ActionOffer) {
      if (!about) return
      acting.begin({
        what: 'act',
        action,
        title,
        kind: about.kind,
        subject: about.id,
        name: about.name,
        expected: answer.data?.version ?? null,
        known: about.known,
      })
    },
  }
}
