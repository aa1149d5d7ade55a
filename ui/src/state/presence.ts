// Tells the core now and then that somebody is at the window: whoever is away for long is signed out.

import { present } from '../ipc/commands'

const pause = 20_000
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/** Listens until it is told to stop. */
export function watchPresence(): () => void {
  let told = 0
  const tell = () => {
    if (Date.now() - told < pause) return
    told = Date.now()
    // Nothing depends on a single answer.
    present().catch(() => {})
  }
  for (const sign of signs) window.addEventListener(sign, tell, { passive: true })
  return () => {
    for (const sign of signs) window.removeEventListener(sign, tell)
  }
}
