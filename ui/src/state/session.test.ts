import { describe, expect, it } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import { coreAnswers, failure, pending } from '../test.answers'
import { SessionWatch } from './session.svelte'

const opened = (id: string): Session => ({
  workspace: { id, name: id, kind: 'sandbox', address: 'localhost:5432/postgres', login: 'me', open: true },
  version: '0.1.0',
  state: { state: 'starting', step: 'Connecting', percent: null },
})

describe('the session', () => {
  it('does not go back to the workspace that was left when an earlier answer is late', async () => {
    const slow = pending<Session>()
    let first = true
    coreAnswers({
      session() {
        if (!first) return opened('new')
        first = false
        return slow.promise
      },
      open_workspace: () => null,
    })
    const session = new SessionWatch()
    const stop = session.watch()
    await session.open('new')
    slow.give(opened('old'))
    await new Promise((resolve) => setTimeout(resolve))
    expect(session.current?.workspace.id).toBe('new')
    stop()
  })

  it('keeps what it knew when the core does not answer, and says so', async () => {
    let down = false
    coreAnswers({
      session() {
        if (down) throw failure('No answer.')
        return opened('a')
      },
      reopen: () => null,
    })
    const session = new SessionWatch()
    const stop = session.watch()
    await session.reopen()
    down = true
    await session.reopen()
    expect(session.current?.workspace.id).toBe('a')
    expect(session.failure?.message).toBe('No answer.')
    stop()
  })
})
