// Sizes of files.

import { grouped } from './number'

const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** `512 bytes`, `1.4 kB`, `96 MB`: a thousand at a time, as file managers count. */
export function fileSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const shown = unit > 0 && value < 9.95 ? value.toFixed(1) : grouped(Math.round(value))
  return `${shown} ${units[unit]}`
}
