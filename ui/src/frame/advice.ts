// What a person can do about a workspace that does not open.

import type { FailureCode } from '../ipc/generated/FailureCode'

const advice: Partial<Record<FailureCode, string>> = {
  unreachable: 'Check the network, and that the project is not paused; then try again.',
  timeout: 'The database may be busy or far away. Trying again is safe.',
  credentials: 'Remove the workspace in Settings and add it again with the right password.',
  tls: 'The server showed a certificate that cannot be verified. Name the right CA file in Settings.',
}

export const adviceFor = (code: FailureCode): string | undefined => advice[code]
