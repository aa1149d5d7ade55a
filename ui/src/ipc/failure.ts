// Failures as they arrive from the core.

import type { Failure } from './generated/Failure'

export type { Failure }

export function isFailure(thrown: unknown): thrown is Failure {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    typeof (thrown as Failure).code === 'string' &&
    typeof (thrown as Failure).message === 'string'
  )
}

/** The core answers with `Failure`; Tauri itself (a command that is not allowed) with a string. */
export function asFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown
  const detail = thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : ''
  return {
    code: 'unexpected',
    message: detail
      ? `The window could not reach the core of Hopsdesk: ${detail}`
      : 'The window could not reach the core of Hopsdesk. Restart the program.',
    reference: null,
    argument: null,
  }
}
