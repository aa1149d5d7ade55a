// Which tables another program keeps to itself, asked only while something on screen waits for one.

import { tableLocks } from '../ipc/commands'
import type { TableLock } from '../ipc/generated/TableLock'
import { clockTime } from '../format/time'
import { live, type Live } from './live.svelte'

/** `locked` answers whether something waits for a table. */
export function heldTables(locked: () => boolean): Live<TableLock[]> {
  return live(() => (locked() ? tableLocks : null), { every: 4000, aside: true })
}

/** `users is held by psql (login postgres, process 7) since 12:03:10.` */
export function heldSentence(locks: readonly TableLock[], now: number): string | null {
  if (!locks.length) return null
  const parts = locks.map(({ table, holder, since }) => {
    const time = since === null ? NaN : Date.parse(since)
    return `${table} is held by ${holder}${Number.isNaN(time) ? '' : ` since ${clockTime(time, now)}`}`
  })
  return `${parts.join('; ')}.`
}
