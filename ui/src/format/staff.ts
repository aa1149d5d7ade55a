// Who of the staff somebody is, and how long they may write, in words.

import type { StaffGroup } from '../ipc/generated/StaffGroup'

export const groupWord: Record<StaffGroup, string> = {
  support: 'support',
  finance: 'finance',
  admin: 'admin',
  auditor: 'auditor',
}

/** `4:09`: what is left of a time to write. */
export function countdown(left: number): string {
  const seconds = Math.ceil(left / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
