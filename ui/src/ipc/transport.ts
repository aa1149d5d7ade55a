// The one door to the core. Nothing else in the window imports `@tauri-apps`.

import { invoke as ask, isTauri } from '@tauri-apps/api/core'

import { asFailure } from './failure'

export type Transport = (command: string, args: Record<string, unknown>) => Promise<unknown>

const core: Transport = (command, args) => {
  if (!isTauri()) {
    return Promise.reject({
      code: 'unexpected',
      message: 'This page works only inside the Hopsdesk window.',
      reference: null,
      argument: null,
    })
  }
  return ask(command, args)
}

let transport = core

/** For tests and for the pages with invented data. */
export function useTransport(other: Transport) {
  transport = other
}

/** Asks the core. What it throws is always a `Failure`. */
export async function invoke<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return (await transport(command, args)) as T
  } catch (thrown) {
    throw asFailure(thrown)
  }
}
