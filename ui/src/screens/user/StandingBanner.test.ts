import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import type { Standing } from '../../ipc/generated/Standing'
import StandingBanner from './StandingBanner.svelte'

const standing: Standing = {
  code: 'no_seat',
  severity: 'warn',
  short: 'no seat',
  headline: 'Cannot work:',
  reason: 'no seat on any cluster since 14 Mar 2026.',
}

describe('the standing banner', () => {
  it('says in one line that somebody cannot work, and why', () => {
    render(StandingBanner, { standing })
    const banner = screen.getByTestId('standing')
    expect(banner).toHaveTextContent('Cannot work: no seat on any cluster since 14 Mar 2026.')
    expect(banner.querySelector('svg'), 'colour is never alone').toBeInTheDocument()
  })

  it('is not there when nothing is wrong', () => {
    render(StandingBanner, { standing: { ...standing, code: 'working', severity: 'ok', headline: null, reason: null } })
    expect(screen.queryByTestId('standing')).not.toBeInTheDocument()
  })
})
