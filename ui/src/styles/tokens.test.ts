// Contrast of the colours, computed from the stylesheet (WCAG 2.2, relative luminance).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }] as const,
  ),
)

function luminance(hex: string) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(a: string, b: string) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

const plain = ['background', 'surface', 'raised', 'hover']
const text: [string, string[]][] = [
  ['text', [...plain, 'accent-soft', 'warn-soft', 'bad-soft', 'ok-soft']],
  ['muted', [...plain, 'accent-soft', 'ok-soft']],
  ['accent', [...plain, 'accent-soft']],
  ['ok', [...plain, 'ok-soft', 'accent-soft']],
  ['warn', [...plain, 'warn-soft', 'accent-soft']],
  ['bad', [...plain, 'bad-soft', 'accent-soft']],
  ['on-accent', ['accent', 'accent-strong']],
  ['on-bad', ['bad']],
]
const shapes: [string, string[]][] = [
  ['edge', ['surface', 'background']],
  ...[1, 2, 3, 4, 5, 6].map((n): [string, string[]] => [`series-${n}`, ['surface']]),
]

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const ratio = (one: string, other: string) => contrast(tokens.get(one)![theme], tokens.get(other)![theme])

  it.each(text.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    'words in %s on %s reach 4.5 to 1',
    (ink, ground) => {
      expect(ratio(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    },
  )

  it.each(shapes.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    'shapes in %s on %s reach 3 to 1',
    (ink, ground) => {
      expect(ratio(ink, ground), `${ink} on ${ground}`).toBeGreaterThanOrEqual(3)
    },
  )
})
