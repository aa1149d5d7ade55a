// How somebody signs in, in words.

import type { Severity } from '../ipc/generated/Severity'
import type { TenantIdentity } from '../ipc/generated/TenantIdentity'
import type { TryOutcome } from '../ipc/generated/TryOutcome'

export const tryWord: Record<TryOutcome, string> = {
  signed_in: 'signed in',
  wrong_password: 'wrong password',
  throttled: 'turned away, too many tries',
  failed: 'failed',
}

export const trySeverity: Record<TryOutcome, Severity> = {
  signed_in: 'ok',
  wrong_password: 'warn',
  throttled: 'bad',
  failed: 'bad',
}

const providers: Record<string, string> = {
  auth0: 'password',
  'google-oauth2': 'Google',
  github: 'GitHub',
  windowslive: 'Microsoft',
  waad: 'Microsoft Entra',
  apple: 'Apple',
  linkedin: 'LinkedIn',
  email: 'e-mail code',
  sms: 'text message',
}

/** A way to sign in: what everybody calls it, else the company's own connection by its name. */
export function connectionWord({ provider, connection }: TenantIdentity): string {
  return providers[provider] ?? connection
}

const factors: Record<string, string> = {
  guardian: 'Guardian',
  otp: 'one-time codes',
  'google-authenticator': 'one-time codes',
  sms: 'text message',
  email: 'e-mail',
  webauthn: 'security key',
  'webauthn-roaming': 'security key',
  'webauthn-platform': 'this device',
  duo: 'Duo',
}

export function factorWord(factor: string): string {
  return factors[factor] ?? factor
}
