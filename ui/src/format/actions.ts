// Actions of staff in words: what a button says, what was done, what a column and another system are called.

import type { ActionCascade } from '../ipc/generated/ActionCascade'
import type { EffectState } from '../ipc/generated/EffectState'
import type { Severity } from '../ipc/generated/Severity'
import { counted } from './words'

interface Phrase {
  /** `Suspend {name}`. */
  act: string
  /** `Suspended {name}.` */
  done: string
  /** What the others are whom it reaches. */
  others?: string
  /** It takes something away: red, and named in full. */
  grave?: boolean
}

/** `{name}` is the subject. An action that is not here is called by the title that the database gives it. */
const phrases: Record<string, Phrase> = {
  undo: { act: 'Take {name} back', done: 'Took {name} back' },
  suspend_account: { act: 'Suspend {name}', done: 'Suspended {name}', others: 'member', grave: true },
  reactivate_account: { act: 'Reactivate {name}', done: 'Reactivated {name}', others: 'member' },
  block_user: { act: 'Block {name} at Auth0', done: 'Blocked {name} at Auth0', grave: true },
  unblock_user: { act: 'Unblock {name} at Auth0', done: 'Unblocked {name} at Auth0' },
  resend_verification: { act: 'Send {name} a verification e-mail', done: 'Auth0 is asked to send {name} a verification e-mail' },
  delete_user: { act: 'Delete {name}', done: 'Deleted {name}', grave: true },
  restore_user: { act: 'Restore {name}', done: 'Restored {name}' },
  change_plan: { act: 'Change the plan of {name}', done: 'Changed the plan of {name}' },
  set_spending_cap: { act: 'Set the cap of {name}', done: 'Set the spending cap of {name}' },
  edit_feature_flags: { act: 'Change the flags of {name}', done: 'Changed the flags of {name}' },
  set_admin: { act: 'Make {name} an admin', done: '{name} is an admin of the service now', grave: true },
  clear_admin: { act: 'Take the admin flag from {name}', done: '{name} is no admin of the service any more', grave: true },
  grant_credits: { act: 'Grant credits to {name}', done: 'Granted credits to {name}' },
  adjust_credits: { act: 'Adjust the credits of {name}', done: 'Adjusted the credits of {name}' },
  refund_credits: { act: 'Refund credits to {name}', done: 'Refunded credits to {name}' },
  reverse_credits: { act: 'Take the entry of {name} back', done: 'Took an entry of {name} back' },
  set_price_override: { act: 'Set a price for {name}', done: 'Set a price for {name}' },
  end_price_override: { act: 'End a price of {name}', done: 'Ended a price of {name}' },
  invite_member: { act: 'Invite to {name}', done: 'Invited to {name}' },
  resend_invite: { act: 'Renew the invite of {name}', done: 'Renewed the invite of {name}' },
  cancel_invite: { act: 'Cancel the invite of {name}', done: 'Cancelled the invite of {name}', grave: true },
  remove_member: { act: 'Remove {name} from the team', done: 'Removed {name} from the team', grave: true },
  join_team: { act: 'Take {name} back into the team', done: 'Took {name} back into the team' },
  assign_cluster: { act: 'Place {name} on a cluster', done: 'Placed {name} on a cluster' },
  unassign_cluster: { act: 'Take the seat of {name} away', done: 'Took the seat of {name} away', grave: true },
  join_seat_line: { act: 'Put {name} in line for a seat', done: 'Put {name} in line for a seat' },
  leave_seat_line: { act: 'Take {name} out of the line for a seat', done: 'Took {name} out of the line for a seat', grave: true },
  add_cluster: { act: 'Add the cluster', done: 'Added the cluster' },
  edit_cluster: { act: 'Change {name}', done: 'Changed {name}' },
  drain_cluster: { act: 'Take no new users on {name}', done: '{name} takes no new users' },
  retire_cluster: { act: 'Retire {name}', done: 'Retired {name}', grave: true },
  recount_seats: { act: 'Put the counter of {name} right', done: 'The counter of {name} is right' },
  restore_counter: { act: 'Put the counter of {name} back', done: 'Put the counter of {name} back' },
  create_hopsworks_user: { act: 'Have the Hopsworks user of {name} made', done: 'Asked for the Hopsworks user of {name}' },
  take_over_hopsworks_ids: { act: 'Take over what Hopsworks says of {name}', done: 'Took over what Hopsworks says of {name}' },
  restore_hopsworks_ids: { act: 'Put number and login of {name} back', done: 'Put number and login of {name} back' },
  reopen_cluster: { act: 'Open {name} for new users', done: '{name} is open for new users' },
  add_note: { act: 'Add the note', done: 'Noted on {name}' },
}

/** Whom it reaches besides: ` and 4 members`. */
function andOthers(action: string, cascade: readonly ActionCascade[]): string {
  if (!cascade.length) return ''
  return ` and ${counted(cascade.length, phrases[action]?.others ?? 'other')}`
}

/** `Suspend Acme and 4 members`: what a button says. */
export function actSentence(action: string, title: string, name: string, cascade: readonly ActionCascade[] = []): string {
  const phrase = phrases[action]
  if (!phrase) return `${title}: ${name}`
  return phrase.act.replace('{name}', () => name) + (phrase.act.endsWith('{name}') ? andOthers(action, cascade) : '')
}

/** `Suspended Acme and 4 members.` */
export function doneSentence(action: string, title: string, name: string, cascade: readonly ActionCascade[] = []): string {
  const phrase = phrases[action]
  if (!phrase) return `${title}: done for ${name}.`
  return `${phrase.done.replace('{name}', () => name)}${phrase.done.endsWith('{name}') ? andOthers(action, cascade) : ''}.`
}

/** It takes something away from somebody. */
export function isGrave(action: string): boolean {
  return phrases[action]?.grave ?? false
}

/** An action in the trail, where its title is not at hand: `suspend account`. */
export function actionWord(action: string): string {
  return action.replaceAll('_', ' ')
}

/** The same where it stands first: `Suspend account`. */
export function actionTitle(action: string): string {
  const word = actionWord(action)
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const columns: Record<string, string> = {
  account_owner_id: 'team (its owner)',
  api_url: 'address',
  billing_mode: 'plan',
  blocked: 'blocked at Auth0',
  is_admin: 'admin of the service',
  max_users: 'seats',
  override_price: 'price',
}

/** What many of an action are counted as. */
export function manyWord(action: string): string {
  return action === 'undo' ? 'action' : 'user'
}

/** A column in words; `*` is a whole row. */
export function columnWord({ table, column, before }: { table: string; column: string; before: string | null }): string {
  if (column !== '*') return columns[column] ?? column.replaceAll('_', ' ')
  return `${before === null ? 'new in' : 'taken out of'} ${table.replaceAll('_', ' ')}`
}

const systems: Record<string, string> = { hopsworks: 'Hopsworks', auth0: 'Auth0', stripe: 'Stripe', supabase: 'Supabase' }

export function systemWord(system: string): string {
  return systems[system] ?? system
}

const kinds: Record<string, string> = {
  set_status: 'set the status',
  ensure_user: 'make sure of the user',
  raise_projects: 'raise the number of projects',
  set_blocked: 'block or unblock sign-in',
  send_verification: 'send the verification e-mail, unless it is verified',
  change_plan: 'change the subscription',
}

/** What another system is asked to do. */
export function effectWord(kind: string): string {
  return kinds[kind] ?? kind.replaceAll('_', ' ')
}

export const effectStateWord: Record<EffectState, string> = {
  pending: 'under way',
  done: 'done',
  dead: 'given up',
  shadow: 'not sent',
  cancelled: 'cancelled',
  unknown: 'not known',
}

/** What a state means, where its word does not say it all. */
export const effectStateNote: Partial<Record<EffectState, string>> = {
  dead: 'It was tried too often. Somebody must look at it.',
  shadow: 'This database only computes this effect; it is not switched on.',
  cancelled: 'A later change made it needless.',
  unknown: 'A later version of the database says something this window does not know.',
}

export const effectSeverity: Record<EffectState, Severity> = {
  pending: 'warn',
  done: 'ok',
  dead: 'bad',
  shadow: 'muted',
  cancelled: 'muted',
  unknown: 'warn',
}

const parts: readonly { name: string; actions: readonly string[] }[] = [
  { name: 'Access', actions: ['suspend_account', 'reactivate_account', 'block_user', 'unblock_user', 'resend_verification', 'delete_user', 'restore_user', 'set_admin', 'clear_admin'] },
  {
    name: 'Plan and money',
    actions: ['change_plan', 'set_spending_cap', 'grant_credits', 'adjust_credits', 'refund_credits', 'set_price_override', 'end_price_override'],
  },
  { name: 'Team', actions: ['invite_member', 'remove_member', 'resend_invite', 'cancel_invite'] },
  { name: 'Cluster', actions: ['assign_cluster', 'unassign_cluster', 'join_seat_line', 'leave_seat_line', 'add_cluster', 'edit_cluster', 'drain_cluster', 'retire_cluster', 'reopen_cluster', 'recount_seats', 'create_hopsworks_user', 'take_over_hopsworks_ids'] },
]
const rest = 'Other'

/** Actions by what they are about, each group in the order of the database; what is new to this window comes last. */
export function grouped<T extends { action: string }>(offers: readonly T[]): { name: string; offers: T[] }[] {
  const partOf = ({ action }: T) => parts.find(({ actions }) => actions.includes(action))?.name ?? rest
  return [...parts.map(({ name }) => name), rest]
    .map((name) => ({ name, offers: offers.filter((offer) => partOf(offer) === name) }))
    .filter(({ offers }) => offers.length > 0)
}
