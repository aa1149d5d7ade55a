// The service's codes in the words of the people who use it.

import type { ClusterStatus } from '../ipc/generated/ClusterStatus'
import type { Concern } from '../ipc/generated/Concern'
import type { InviteState } from '../ipc/generated/InviteState'
import type { Plan } from '../ipc/generated/Plan'
import type { SeatFinding } from '../ipc/generated/SeatFinding'
import type { Severity } from '../ipc/generated/Severity'
import type { TeamConcern } from '../ipc/generated/TeamConcern'
import type { TeamRole } from '../ipc/generated/TeamRole'
import type { UserStatus } from '../ipc/generated/UserStatus'
import type { Workspace } from '../ipc/generated/Workspace'
import type { WorkspaceKind } from '../ipc/generated/WorkspaceKind'
import { grouped } from './number'

export const planWord: Record<Plan, string> = {
  prepaid: 'prepaid',
  postpaid: 'postpaid',
  free: 'free',
  none: 'no plan',
  other: 'another word',
}

/** The plan, by the service's own word where it is none of ours. */
export const planOf = (row: { plan: Plan; plan_word?: string }) => row.plan_word ?? planWord[row.plan]

export const statusWord: Record<UserStatus, string> = {
  active: 'active',
  suspended: 'suspended',
  deleted: 'deleted',
  other: 'another word',
}

/** The status, by the service's own word where it is none of ours. */
export const statusOf = (row: { status: UserStatus; status_word?: string }) => row.status_word ?? statusWord[row.status]

export const statusSeverity: Record<UserStatus, Severity> = {
  active: 'ok',
  suspended: 'bad',
  deleted: 'muted',
  other: 'warn',
}

export const roleWord: Record<TeamRole, string> = { owner: 'owner', member: 'team member' }

export const concernWord: Record<Concern, string> = {
  no_seat: 'no seat on a cluster',
  credits_low: 'credits run out within 7 days',
  invoice_overdue: 'invoice overdue',
  invite_expired: 'invite expired unanswered',
}

export const teamConcernWord: Record<TeamConcern, string> = {
  suspended_members: 'suspended members',
  pending_invites: 'pending invites',
  expired_invites: 'expired invites',
  owner_out: 'owner out, members at work',
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

/** The classes that give what is inside the colour of a workspace. */
export const shade = (workspace: Pick<Workspace, 'kind' | 'colour'>) =>
  workspace.colour ? `${workspace.kind} colour-${workspace.colour}` : workspace.kind

/** `1 member`, `4 members`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`
}

/** `4 active, 1 suspended`, `no members`; of `all`, those with a word of the service's own as `2 other`. */
export function membersSentence(active: number, suspended: number, all = active + suspended): string {
  const parts = []
  const other = all - active - suspended
  if (active) parts.push(`${grouped(active)} active`)
  if (suspended) parts.push(`${grouped(suspended)} suspended`)
  if (other > 0) parts.push(`${grouped(other)} other`)
  return parts.join(', ') || 'no members'
}

/** `2 pending, 1 expired`; nothing without any. */
export function invitesSentence(pending: number, expired: number): string {
  const parts = []
  if (pending) parts.push(`${grouped(pending)} pending`)
  if (expired) parts.push(`${grouped(expired)} expired`)
  return parts.join(', ')
}

export const clusterStatusWord: Record<ClusterStatus, string> = {
  active: 'active',
  full: 'full',
  maintenance: 'maintenance',
  inactive: 'inactive',
  other: 'another word',
  missing: 'not on record',
}

export const seatFindingWord: Record<SeatFinding, string> = {
  two_clusters: 'on two clusters',
  nobody: 'user gone',
  no_hopsworks_user: 'no Hopsworks user',
  idle: 'idle for two months',
}

export const seatFindingSeverity: Record<SeatFinding, Severity> = {
  two_clusters: 'bad',
  nobody: 'bad',
  no_hopsworks_user: 'warn',
  idle: 'muted',
}
