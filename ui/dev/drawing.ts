// A stand-in for the core's charts: the same shape of answer, drawn well enough to look at.

import type { Chart } from '../src/ipc/generated/Chart'
import type { ChartPoint } from '../src/ipc/generated/ChartPoint'
import type { ChartRequest } from '../src/ipc/generated/ChartRequest'
import { random } from './people'

const day = 86_400_000
const units = { cost: 'USD', cpu_hours: 'CPU h', gpu_hours: 'GPU h', storage_gb: 'GB', feature_store_calls: 'calls', inference_calls: 'calls' }

export function draw(request: ChartRequest, scale: number, empty = false): Chart {
  const { days, metric, theme, width, height } = request
  const next = random(days + scale)
  const [left, right, top, bottom] = [46, width - 8, 12, height - 26]
  const today = Math.floor(Date.now() / day) * day - day
  const values = Array.from({ length: days }, (_, n) => {
    const weekday = new Date(today - (days - 1 - n) * day).getUTCDay()
    const value = scale * (weekday % 6 === 0 ? 0.55 : 1) * (0.8 + next() * 0.35 + n / days / 4)
    return empty || (n > days * 0.4 && n < days * 0.43) ? null : value
  })
  const peak = Math.max(...values.map((value) => value ?? 0), 1)
  const unit = 10 ** Math.floor(Math.log10(peak))
  const most = Math.ceil(peak / unit / 2) * 2 * unit
  const x = (n: number) => Math.round(left + ((right - left) * n) / (days - 1))
  const y = (value: number) => Math.round(bottom - ((bottom - top) * value) / most)
  const number = (value: number) => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const name = (n: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(today - (days - 1 - n) * day).replace(',', '')

  const ink = theme === 'dark' ? { line: '#2c2b29', text: '#a3a19a', series: '#8aa4ff' } : { line: '#e6e5e2', text: '#67655f', series: '#3557c9' }
  const parts: string[] = []
  for (let tick = 0; tick <= 4; tick += 1) {
    const at = y((most * tick) / 4)
    parts.push(`<line x1="${left}" x2="${right}" y1="${at}" y2="${at}" stroke="${ink.line}"/>`)
    parts.push(`<text x="${left - 8}" y="${at + 4}" text-anchor="end" font-size="11" fill="${ink.text}">${((most * tick) / 4).toLocaleString('en-US')}</text>`)
  }
  for (const share of [0.02, 0.36, 0.68, 0.98]) {
    const n = Math.round(share * (days - 1))
    parts.push(`<text x="${x(n)}" y="${bottom + 18}" text-anchor="${share < 0.1 ? 'start' : share > 0.9 ? 'end' : 'middle'}" font-size="11" fill="${ink.text}">${name(n, { day: 'numeric', month: 'short' })}</text>`)
  }
  let run: [number, number][] = []
  const flush = () => {
    if (run.length) {
      const path = run.map(([px, py]) => `${px},${py}`).join(' ')
      parts.push(`<polygon points="${run[0]![0]},${bottom} ${path} ${run.at(-1)![0]},${bottom}" fill="${ink.series}" opacity="0.12"/>`)
      parts.push(`<polyline points="${path}" fill="none" stroke="${ink.series}" stroke-width="1.5"/>`)
    }
    run = []
  }
  values.forEach((value, n) => (value === null ? flush() : run.push([x(n), y(value)])))
  flush()

  const points = values.map((value, n): ChartPoint => ({
    date: new Date(today - (days - 1 - n) * day).toISOString().slice(0, 10),
    label: name(n, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }),
    x: x(n),
    y: value === null ? null : y(value),
    shown: value === null ? null : number(value),
  }))
  const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0)
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`,
    width,
    height,
    top,
    bottom,
    unit: units[metric],
    total: number(metric === 'storage_gb' ? sum / days : sum),
    total_kind: metric === 'storage_gb' ? 'mean' : 'total',
    from: points[0]!.date,
    to: points.at(-1)!.date,
    points,
  }
}
