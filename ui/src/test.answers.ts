// Answers of the core for tests: only what a test names is answered, everything else fails.

import type { CommandName, Commands } from './ipc/commands'
import type { Failure } from './ipc/generated/Failure'
import type { UserRow } from './ipc/generated/UserRow'
import type { UsersPage } from './ipc/generated/UsersPage'
import { useTransport } from './ipc/transport'

type Answer<K extends CommandName> = (
  args: Commands[K]['args'],
) => Commands[K]['answer'] | Promise<Commands[K]['answer']>

export interface Asked {
  command: string
  args: Record<string, unknown>
}

/** Replaces the core; returns what it is asked, as it is asked. */
export function coreAnswers(answers: { [K in CommandName]?: Answer<K> }): Asked[] {
  const asked: Asked[] = []
  useTransport(async (command, args) => {
    asked.push({ command, args: structuredClone(args) })
    const give = answers[command as CommandName] as ((args: unknown) => unknown) | undefined
    if (!give) throw failure(`The test did not expect the command ${command}.`)
    return give(args)
  })
  return asked
}

export function failure(message: string, code: Failure['code'] = 'unreachable', argument: string | null = null): Failure {
  return { code, message, reference: null, argument }
}

/** A promise, and the way to settle it from outside. */
export function pending<T>() {
  let give!: (value: T) => void
  let refuse!: (reason: unknown) => void
  const promise = new Promise<T>((resolve, reject) => ((give = resolve), (refuse = reject)))
  return { promise, give, refuse }
}

export function userRow(n: number, change: Partial<UserRow> = {}): UserRow {
  return {
    id: `auth0|${n}`,
    name: `Person ${n}`,
    email: `person${n}@acme.example`,
    status: 'active',
    standing: { code: 'working', severity: 'ok', short: 'active', headline: null, reason: null },
    plan: 'postpaid',
    team: null,
    cluster: null,
    month_cost: null,
    created_at: '2026-11-01T00:00:00Z',
    last_login_at: null,
    ...change,
  }
}

export function usersPageOf(rows: UserRow[], next: string | null = null, change: Partial<UsersPage> = {}): UsersPage {
  return {
    rows,
    next,
    count: String(rows.length),
    clusters: [],
    cost_title: 'Cost, Nov',
    lacking: [],
    source: 'users',
    read_at: new Date().toISOString(),
    ...change,
  }
}
