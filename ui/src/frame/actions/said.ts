// What was done from here, said below the screen with the way back.

import { doneSentence } from '../../format/actions'
import type { ActionDone } from '../../ipc/generated/ActionDone'
import { acting, type UndoRequest } from '../../state/acting.svelte'
import { toasts } from '../../state/toasts.svelte'

/** Says what was done, with the way back. */
export function sayDone({ action, title, name, done }: { action: string; title: string; name: string; done: ActionDone }) {
  const sentence = doneSentence(action, title, name, done.cascade)
  const { audit_id: auditId } = done
  const undo = { word: 'Undo', act: () => acting.begin({ what: 'undo', auditId: auditId!, sentence, name }) }
  toasts.say(sentence, 'ok', done.reversible && auditId !== null ? undo : undefined)
}

export function sayUndone({ name }: UndoRequest) {
  toasts.say(`Taken back: ${name} is as before.`)
}
