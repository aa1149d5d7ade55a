import { flushSync } from 'svelte'
import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import { coreAnswers } from '../../test.answers'
import Overview from './Overview.svelte'
import { askOverview } from './reads'

const panel = <T>(data: T) => ({ source: 'clusters', read_at: new Date().toISOString(), as_of: null, data, lacking: null })

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
