// What the switches of effects are, in words.

import type { EffectMode } from '../ipc/generated/EffectMode'
import type { Severity } from '../ipc/generated/Severity'

const effects: Record<string, { name: string; does: string }> = {
  hopsworks_status: { name: 'Hopsworks status', does: 'Suspending and reactivating people on their cluster' },
  hopsworks_user: { name: 'Hopsworks users', does: 'Making the user on a cluster that a seat is given on' },
  hopsworks_quota: { name: 'Hopsworks quota', does: 'Raising how many projects somebody may have' },
  auth0: { name: 'Auth0', does: 'Blocking and unblocking sign-in, and sending verification e-mails' },
  stripe_plan: { name: 'Stripe plan', does: 'Changing the subscription with the plan' },
  stripe_events: { name: 'Stripe events', does: 'Applying what Stripe reports to plans, credits and invoices' },
  meter_reports: { name: 'Meter reports', does: 'Reporting usage to Stripe' },
  prepaid_deduction: { name: 'Prepaid deduction', does: 'Taking usage from prepaid credits' },
  assignment: { name: 'Assignment', does: 'Giving new users a seat on a cluster' },
  usage_daily: { name: 'Daily usage', does: 'Writing the service’s own table of daily usage' },
}

export function effectName(effect: string): string {
  return effects[effect]?.name ?? effect.replaceAll('_', ' ')
}

/** What it does where it is live; null for one that is new to this window. */
export function effectDoes(effect: string): string | null {
  return effects[effect]?.does ?? null
}

export const modeWord: Record<EffectMode, string> = { off: 'off', shadow: 'shadow', live: 'live' }
export const modeSeverity: Record<EffectMode, Severity> = { off: 'muted', shadow: 'warn', live: 'ok' }
export const modeMeans: Record<EffectMode, string> = {
  off: 'Nothing is sent and nothing computed.',
  shadow: 'It is computed, compared with what is there, and shown; nothing is sent.',
  live: 'It really happens.',
}
