// Events in words: how far they are, who sent them or is told, and what a replay comes to.

import type { EventState } from '../ipc/generated/EventState'
import type { EventSystem } from '../ipc/generated/EventSystem'
import type { EventWay } from '../ipc/generated/EventWay'
import type { Replayed } from '../ipc/generated/Replayed'
import type { Severity } from '../ipc/generated/Severity'
import { counted } from './words'

export const eventStateWord: Record<EventState, string> = {
  dead: 'given up',
  conflict: 'conflict',
  pending: 'waiting',
  done: 'done',
  shadow: 'shadow',
  cancelled: 'cancelled',
}

export const eventStateMeans: Record<EventState, string> = {
  dead: 'Given up after the last try: a person must look',
  conflict: 'A person must decide',
  pending: 'Waits for its turn, or its next try',
  done: 'Applied, or carried out',
  shadow: 'Computed and compared, not sent',
  cancelled: 'Not to be sent any more',
}

export const eventStateSeverity: Record<EventState, Severity> = {
  dead: 'bad',
  conflict: 'warn',
  pending: 'muted',
  done: 'ok',
  shadow: 'muted',
  cancelled: 'muted',
}

export const eventSystemWord: Record<EventSystem, string> = {
  auth0: 'Auth0',
  stripe: 'Stripe',
  hopsworks: 'Hopsworks',
  supabase_auth: 'Supabase Auth',
}

export const eventWayWord: Record<EventWay, string> = { in: 'came in', out: 'goes out' }

/** Whether something is left to decide about it. */
export const waitsForPerson = (state: EventState) => state === 'dead' || state === 'conflict'

/** Whether it can be done once more: an effect only when it was given up. */
export const canReplay = (way: EventWay, state: EventState) => (way === 'in' ? state !== 'pending' : state === 'dead')

/** `3 events are applied again, and 1 effect is tried again`; `would` for a dry run. */
export function replayedWords({ events, effects }: Replayed, would: boolean): string {
  const verb = (count: number, what: string) =>
    would ? `would be ${what} again` : `${count === 1 ? 'is' : 'are'} ${what} again`
  const parts = [
    events > 0 && `${counted(events, 'event')} ${verb(events, 'applied')}`,
    effects > 0 && `${counted(effects, 'effect')} ${verb(effects, 'tried')}`,
  ].filter((part) => part !== false)
  return parts.length ? `${parts.join(', and ')}.` : would ? 'Nothing of this can be done again.' : 'Nothing was to be done again.'
}
