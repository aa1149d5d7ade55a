// The service's codes in the words of the people who use it.

import type { Concern } from '../ipc/generated/Concern'
import type { InviteState } from '../ipc/generated/InviteState'
import type { Plan } from '../ipc/generated/Plan'
import type { Severity } from '../ipc/generated/Severity'
import type { TeamRole } from '../ipc/generated/TeamRole'
import type { UserStatus } from '../ipc/generated/UserStatus'
import type { WorkspaceKind } from '../ipc/generated/WorkspaceKind'

export const planWord: Record<Plan, string> = {
  prepaid: 'prepaid',
  postpaid: 'postpaid',
  free: 'free',
  none: 'no plan',
}

export const statusWord: Record<UserStatus, string> = {
  active: 'active',
  suspended: 'suspended',
  deleted: 'deleted',
}

export const statusSeverity: Record<UserStatus, Severity> = {
  active: 'ok',
  suspended: 'bad',
  deleted: 'muted',
}

export const roleWord: Record<TeamRole, string> = { owner: 'owner', member: 'team member' }

export const concernWord: Record<Concern, string> = {
  no_seat: 'no seat on a cluster',
  credits_low: 'credits run out within 7 days',
  invoice_overdue: 'invoice overdue',
  invite_expired: 'invite expired unanswered',
}

export const inviteWord: Record<InviteState, string> = {
  pending: 'invited',
  expired: 'invite expired',
  accepted: 'accepted',
}

export const inviteSeverity: Record<InviteState, Severity> = {
  pending: 'muted',
  expired: 'warn',
  accepted: 'ok',
}

export const kindWord: Record<WorkspaceKind, string> = {
  production: 'production',
  staging: 'staging',
  sandbox: 'sandbox',
}

/** `1 member`, `4 members`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
