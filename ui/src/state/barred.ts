// Why somebody cannot write, in words for whoever is about to.

import type { Staff } from './staff.svelte'

/** Why this login cannot write at all, as a sentence; null when it only has to say what for. */
export function barred({ who, failure, mayElevate }: Pick<Staff, 'who' | 'failure' | 'mayElevate'>): string | null {
  if (mayElevate) return null
  if (who?.group === 'auditor') return 'Auditors look and change nothing. Ask somebody of support, finance or admin.'
  if (who) return `The database login ${who.login} is nobody of the staff here, so it only looks. Ask an admin to add you.`
  return failure ? `Who you are is not known now: ${failure.message}` : 'Who you are is being asked.'
}
