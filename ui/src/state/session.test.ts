import { describe, expect, it, vi } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import { coreAnswers, failure, pending } from '../test.answers'
import { SessionWatch } from './session.svelte'

const opened = (id: string): Session => ({
  workspace: { id, name: id, kind: 'sandbox', colour: null, address: 'localhost:5432/postgres', login: 'me', open: true },
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

  it('tries a database that is away again by itself, more and more patiently, and keeps saying why', async () => {
    vi.useFakeTimers()
    let state: Session['state'] = { state: 'failed', failure: failure('Nobody answers.') }
    const asked = coreAnswers({ session: () => ({ ...opened('a'), state }), reopen: () => null })
    const reopened = () => asked.filter(({ command }) => command === 'reopen').length
    const session = new SessionWatch()
    const stop = session.watch()
    await vi.advanceTimersByTimeAsync(4900)
    expect(reopened()).toBe(0)
    await vi.advanceTimersByTimeAsync(200)
    expect(reopened()).toBe(1)
    await vi.advanceTimersByTimeAsync(9000)
    expect(reopened(), 'the second pause is longer').toBe(1)
    state = { state: 'starting', step: 'Connecting', percent: null }
    await vi.advanceTimersByTimeAsync(7000)
    expect(reopened()).toBe(2)
    expect(session.before?.message, 'the reason stays on screen while it is tried').toBe('Nobody answers.')
    state = { state: 'ready', product: 'managed Hopsworks', login: 'me', lacks: [], signed_in: null }
    await vi.advanceTimersByTimeAsync(6000)
    expect(session.before).toBeNull()
    stop()
    vi.useRealTimers()
  })

  it('does not try a wrong password again by itself', async () => {
    vi.useFakeTimers()
    const state: Session['state'] = { state: 'failed', failure: failure('Refused.', 'credentials') }
    const asked = coreAnswers({ session: () => ({ ...opened('a'), state }), reopen: () => null })
    const session = new SessionWatch()
    const stop = session.watch()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(asked.filter(({ command }) => command === 'reopen')).toEqual([])
    stop()
    vi.useRealTimers()
  })
})
