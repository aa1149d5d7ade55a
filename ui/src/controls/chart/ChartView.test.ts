import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { Chart } from '../../ipc/generated/Chart'
import ChartView from './ChartView.svelte'
import { nearest, step } from './points'

const chart: Chart = {
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><polyline points="0,1 2,3"/></svg>',
  width: 300,
  height: 100,
  top: 10,
  bottom: 80,
  unit: 'USD',
  total: '30.00',
  total_kind: 'total',
  from: '2026-11-01',
  to: '2026-11-03',
  points: [
    { date: '2026-11-01', label: 'Sun 1 Nov 2026', x: 40, y: 50, shown: '10.00' },
    { date: '2026-11-02', label: 'Mon 2 Nov 2026', x: 140, y: null, shown: null },
    { date: '2026-11-03', label: 'Tue 3 Nov 2026', x: 240, y: 20, shown: '20.00' },
  ],
}

const shown = (change: Partial<Chart> = {}) =>
  render(ChartView, { chart: { ...chart, ...change }, label: 'Usage cost per day', height: 100, onwidth() {} })

describe('a chart', () => {
  it('puts the drawing of the core on the page', () => {
    shown()
    expect(document.querySelector('[data-testid=chart] svg polyline')).toBeInTheDocument()
  })

  it('says a day and its value as the arrow keys move along it', async () => {
    shown()
    screen.getByRole('slider', { name: 'Usage cost per day, day by day' }).focus()
    await userEvent.keyboard('{End}')
    expect(screen.getByRole('slider')).toHaveAttribute('aria-valuetext', 'Tue 3 Nov 2026: 20.00 USD')
    expect(document.querySelector('[aria-live=polite]')).toHaveTextContent('Tue 3 Nov 2026: 20.00 USD')
    await userEvent.keyboard('{ArrowLeft}')
    expect(document.querySelector('[aria-live=polite]'), 'a day without a row is not a zero').toHaveTextContent(
      'Mon 2 Nov 2026: no data',
    )
    await userEvent.keyboard('{Home}{ArrowLeft}')
    expect(screen.getByRole('slider')).toHaveAttribute('aria-valuenow', '0')
  })

  it('lets go of the day on Escape', async () => {
    shown()
    screen.getByRole('slider').focus()
    await userEvent.keyboard('{End}{Escape}')
    expect(document.querySelector('[aria-live=polite]')).toHaveTextContent('')
  })

  it('shows the same values as a table, the newest day first', async () => {
    shown()
    await userEvent.click(screen.getByRole('button', { name: 'Show as table' }))
    const rows = screen.getAllByRole('row').map((row) => row.textContent?.trim().replace(/\s+/g, ' '))
    expect(rows[1]).toContain('Tue 3 Nov 2026')
    expect(rows[1]).toContain('20.00')
    expect(rows[2]).toContain('no data')
    expect(screen.queryByRole('slider')).not.toBeInTheDocument()
  })

  it('that holds more than shapes is not drawn; its values are shown as a table', async () => {
    shown({ svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>' })
    expect(await screen.findByRole('table')).toBeInTheDocument()
    expect(document.querySelector('script')).toBeNull()
  })

  it('says so when nobody used anything', () => {
    shown({ points: chart.points.map((point) => ({ ...point, y: null, shown: null })) })
    expect(screen.getByText('No usage in this period.')).toBeInTheDocument()
  })
})

describe('the day nearest to the mouse', () => {
  it.each([
    [-50, 0],
    [89, 0],
    [91, 1],
    [999, 2],
  ])('at %d is day %d', (x, day) => expect(nearest(chart.points, x)).toBe(day))

  it('is none in an empty chart', () => expect(nearest([], 10)).toBe(-1))
})

it('starts from the last day when an arrow is pressed first', () => {
  expect(step('ArrowLeft', null, 90)).toBe(89)
  expect(step('ArrowLeft', 0, 90)).toBe(0)
  expect(step('Tab', 3, 90)).toBeNull()
  expect(step('Home', null, 0)).toBeNull()
})
