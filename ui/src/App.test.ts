import { flushSync } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import App from './App.svelte'
import type { Session } from './ipc/generated/Session'
import { askAhead } from './state/ahead'
import { router } from './state/router.svelte'
import { coreAnswers, failure, pending } from './test.answers'

const opening = (state: Session['state']): Session => ({
  workspace: { id: 'one', name: 'Acme ML', kind: 'sandbox', address: '', login: 'sam', open: true, expiring: null } as unknown as Session['workspace'],
  state,
  version: '0.1.0',
})

async function after(milliseconds: number) {
  await vi.advanceTimersByTimeAsync(milliseconds)
  flushSync()
}

describe('the window while it starts', () => {
  // Read here, where time is real: the window reads it by itself while it is not.
  beforeAll(async () => void (await import('./Screens.svelte')), 60_000)
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('shows nothing that it would take away at once, and how far it is to whoever waits', async () => {
    coreAnswers({ session: () => opening({ state: 'starting', step: 'Connecting', percent: null }) })
    render(App)
    await after(200)
    expect(document.querySelector('main')).toBeNull()
    await after(100)
    expect(screen.getByRole('heading')).toHaveTextContent('Opening Acme ML')
  })

  it('says at once why it cannot', async () => {
    coreAnswers({ session: () => opening({ state: 'failed', failure: failure('No database answers there.') }) })
    render(App)
    await after(50)
    expect(screen.getByRole('alert')).toHaveTextContent('No database answers there.')
  })

  it('goes from nothing to the first screen where the workspace is open soon', async () => {
    let state: Session['state'] = { state: 'starting', step: 'Connecting', percent: null }
    const never = () => pending<never>().promise
    coreAnswers({ session: () => opening(state), overview_figures: never, overview_attention: never, overview_clusters: never })
    render(App)
    await after(150)
    state = { state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null }
    const seen: (string | undefined)[] = []
    for (let passed = 0; passed < 300; passed += 20) {
      await after(20)
      const shown = document.querySelector('h1')?.textContent
      if (seen.at(-1) !== shown) seen.push(shown)
    }
    expect(seen).toEqual(['Overview'])
  })

  it('is drawn once its font is here, and without it where that takes long', async () => {
    const ready = opening({ state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null })
    const panel = () => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data: [], lacking: null }) as never
    const figures = () => ({ ...(panel() as object), data: null, lacking: 'None.' }) as never
    coreAnswers({ session: () => ready, overview_figures: figures, overview_attention: panel, overview_clusters: panel })
    const title = () => document.querySelector('h1')?.textContent
    try {
      const font = pending<FontFace[]>()
      const fonts = { load: () => font.promise }
      Object.defineProperty(document, 'fonts', { value: fonts, configurable: true })
      const { unmount } = render(App)
      await after(60)
      expect(title()).toBeUndefined()
      font.give([])
      await after(1)
      expect(title()).toBe('Overview')
      unmount()

      fonts.load = () => pending<FontFace[]>().promise
      render(App)
      await after(60)
      expect(title()).toBeUndefined()
      await after(100)
      expect(title()).toBe('Overview')
    } finally {
      Reflect.deleteProperty(document, 'fonts')
    }
  })

  it('shows in a workspace nothing that was asked ahead of another', async () => {
    const ready = opening({ state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null })
    const panel = (lacking: string | null) => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data: [], lacking })
    let current = opening({ state: 'starting', step: 'Connecting', percent: null })
    const never = () => pending<never>().promise
    coreAnswers({ session: () => current, overview_figures: never, overview_attention: () => panel('This is two.') as never, overview_clusters: never })
    void askAhead('overview.attention', () => Promise.resolve(panel('This is one.')))
    render(App)
    await after(100)
    current = { ...ready, workspace: { ...ready.workspace, id: 'two' } }
    await after(300)
    expect(screen.queryByText('This is one.')).toBeNull()
    expect(screen.getByText('This is two.')).toBeInTheDocument()
  })

  it('goes on where one screen breaks, and draws it again when asked, or another one', async () => {
    const ready = opening({ state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null })
    const panel = (data: unknown) => ({ source: 'users', read_at: new Date().toISOString(), as_of: null, data, lacking: null }) as never
    const never = () => pending<never>().promise
    const told = vi.spyOn(console, 'error').mockImplementation(() => {})
    /** A line that leads to a place this window does not know. */
    const strange = { severity: 'bad', sentence: 'Look at this', leads_to: { screen: 'moon' } }
    let lines: unknown[] = [strange]
    coreAnswers({ session: () => ready, overview_figures: never, overview_attention: () => panel(lines), overview_clusters: never, schema_attachment: never, schema_tables: never })
    render(App)
    await after(300)
    expect(screen.getByText(/could not be drawn/)).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Users' })).toBeInTheDocument()
    expect(told).toHaveBeenCalled()

    lines = []
    screen.getByRole('button', { name: 'Try again' }).click()
    await after(50)
    expect(screen.getByText('Nothing needs attention')).toBeInTheDocument()
    expect(document.querySelector('h1')).toHaveFocus()

    lines = [strange]
    await after(60_000)
    expect(screen.getByText(/could not be drawn/)).toBeInTheDocument()
    router.go('#/schema')
    await after(500)
    expect(screen.queryByText(/could not be drawn/)).toBeNull()
    expect(document.querySelector('h1')).toHaveTextContent('Schema')
    expect(document.querySelector('h1')).toHaveFocus()
    router.go('#/')
    told.mockRestore()
  })
})
