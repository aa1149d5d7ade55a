// Words of the sign-in.

import type { SignInWaiting } from '../ipc/generated/SignInWaiting'

export const waitingWords: Record<SignInWaiting, string> = {
  pending: 'Waiting for you to confirm …',
  slowed_down: 'Waiting for you to confirm … (Auth0 wants to be asked less often)',
  no_network: 'Auth0 cannot be reached; it is tried again.',
}

/** `14:32 left`, by the second. */
export function timeLeft(seconds: number): string {
  if (seconds <= 0) return 'The code has expired'
  const rest = String(seconds % 60).padStart(2, '0')
  return `${Math.floor(seconds / 60)}:${rest} left`
}
