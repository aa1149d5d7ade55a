import { flushSync } from 'svelte'
import { render, screen, waitFor } from '@testing-library/svelte'
import { afterEach, expect, it, vi } from 'vitest'

import type { ChartRequest } from '../../ipc/generated/ChartRequest'
import { forgetAhead } from '../../state/ahead'
import { forget, remember } from '../../state/remembered'
import { theme } from '../../state/theme.svelte'
import { coreAnswers } from '../../test.answers'
import Overview from './Overview.svelte'
import { askOverview } from './reads'

/** What the engine says of the chart's place once the page is laid out. */
let room = 0
vi.stubGlobal('ResizeObserver', class {
  constructor(private readonly told: ResizeObserverCallback) {}
  observe(target: Element) {
    const entry = { target, contentRect: { width: room } } as unknown as ResizeObserverEntry
    queueMicrotask(() => this.told([entry], this as unknown as ResizeObserver))
  }
  unobserve() {}
  disconnect() {}
})

const panel = <T>(data: T) => ({ source: 'clusters', read_at: new Date().toISOString(), as_of: null, data, lacking: null })

afterEach(() => {
  room = 0
  forget('overview.drawn')
  forgetAhead()
})

it('is drawn once where its answers are here before it, and asks nothing twice', async () => {
  const asked = coreAnswers({
    overview_attention: () => panel([]),
    overview_clusters: () => panel([]),
  })
  await askOverview()
  const count = (command: string) => asked.filter((one) => one.command === command).length
  render(Overview)
  // At once: nothing has been waited for.
  expect(screen.getByText('Nothing needs attention')).toBeInTheDocument()
  expect(screen.getByText('This service has none yet.')).toBeInTheDocument()
  flushSync()
  expect([count('overview_attention'), count('overview_clusters')]).toEqual([1, 1])
  expect(count('overview_figures'), 'what failed ahead is asked again').toBe(2)
})

it('asks for the chart by the width it has, where it was drawn by another the last time', async () => {
  const last: ChartRequest = { days: 90, metric: 'cost', theme: theme.shown, width: 700, height: 248 }
  remember('overview.drawn', JSON.stringify({ window: innerWidth, request: last }))
  const asked = coreAnswers({ overview_usage: () => panel(null) as never })
  await askOverview()
  const widths = () => asked.filter(({ command }) => command === 'overview_usage').map(({ args }) => (args.request as ChartRequest).width)
  expect(widths()).toEqual([700])
  room = 640
  render(Overview)
  await waitFor(() => expect(widths()).toEqual([700, 640]))
})
