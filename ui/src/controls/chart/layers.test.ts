import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { Chart } from '../../ipc/generated/Chart'
import ChartView from './ChartView.svelte'

const chart: Chart = {
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><polyline points="0,1 2,3"/></svg>',
  width: 300,
  height: 100,
  top: 10,
  bottom: 80,
  unit: 'USD',
  total: '33.00',
  total_kind: 'total',
  from: '2026-11-01',
  to: '2026-11-02',
  layers: [
    { name: 'eu-west-1', total: '30.00' },
    { name: 'us-east-1', total: '3.00' },
  ],
  points: [
    { date: '2026-11-01', label: 'Sun 1 Nov 2026', x: 40, y: 50, shown: '13.00', parts: ['10.00', '3.00'] },
    { date: '2026-11-02', label: 'Mon 2 Nov 2026', x: 140, y: 20, shown: '20.00', parts: ['20.00', null] },
  ],
}

const compared: Chart = {
  ...chart,
  layers: undefined,
  before: '1–2 Oct 2026',
  points: [
    { date: '2026-11-01', label: 'Sun 1 Nov 2026', x: 40, y: 50, shown: '13.00', before: '11.00' },
    { date: '2026-11-02', label: 'Mon 2 Nov 2026', x: 140, y: null, shown: null },
  ],
}

const shown = (which: Chart) => render(ChartView, { chart: which, label: 'Usage cost per day', height: 100, onwidth() {} })
const cells = (row: number) => [...(screen.getAllByRole<HTMLTableRowElement>('row')[row]?.cells ?? [])].map((cell) => cell.textContent)

describe('a chart of several layers', () => {
  it('names its layers in words, the top one first as they lie', () => {
    shown(chart)
    const legend = within(screen.getByRole('list', { name: 'Legend' })).getAllByRole('listitem')
    expect(legend.map((item) => item.textContent)).toEqual(['us-east-1', 'eu-west-1'])
  })

  it('says what a day is made of as the arrow keys move along it', async () => {
    shown(chart)
    screen.getByRole('slider').focus()
    await userEvent.keyboard('{Home}')
    const text = 'Sun 1 Nov 2026: 13.00 USD; eu-west-1 10.00; us-east-1 3.00'
    expect(screen.getByRole('slider')).toHaveAttribute('aria-valuetext', text)
    expect(document.querySelector('[aria-live=polite]')).toHaveTextContent(text)
    await userEvent.keyboard('{ArrowRight}')
    expect(screen.getByRole('slider'), 'nothing recorded is not said as a zero').toHaveAttribute(
      'aria-valuetext',
      'Mon 2 Nov 2026: 20.00 USD; eu-west-1 20.00',
    )
  })

  it('has a column for each layer and the whole in its table', async () => {
    shown(chart)
    await userEvent.click(screen.getByRole('button', { name: 'Show as table' }))
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toEqual([
      'Day',
      'eu-west-1',
      'us-east-1',
      'all, USD',
    ])
    expect(cells(1)).toEqual(['Mon 2 Nov 2026', '20.00', '—', '20.00'])
  })
})

describe('a chart beside the period before', () => {
  it('names the days of the thin line, and says their values', async () => {
    shown(compared)
    expect(screen.getByRole('list', { name: 'Legend' })).toHaveTextContent('1–2 Oct 2026')
    screen.getByRole('slider').focus()
    await userEvent.keyboard('{Home}')
    expect(screen.getByRole('slider')).toHaveAttribute(
      'aria-valuetext',
      'Sun 1 Nov 2026: 13.00 USD; 1–2 Oct 2026: 11.00',
    )
    await userEvent.keyboard('{End}')
    expect(screen.getByRole('slider')).toHaveAttribute('aria-valuetext', 'Mon 2 Nov 2026: no data')
  })
})

it('a chart of months says months', () => {
  shown({ ...compared, before: undefined, step: 'month', points: [{ ...compared.points[0]!, label: 'November 2026' }] })
  expect(screen.getByRole('slider', { name: 'Usage cost per day, month by month' })).toHaveAttribute(
    'aria-valuetext',
    '1 months; press an arrow key',
  )
  expect(screen.getByText(/November 2026 – November 2026/)).toBeInTheDocument()
})
