// Puts the page in order while nobody is at the window: collects what past screens left, and after many of them has
// the page begin anew in a process of its own.
//
// WebKitGTK weighs elements lightly: those of screens that were left wait until scripts alone have filled its heap, and
// a hundred screens later they are a hundred megabytes. A page cannot ask for a collection; memory that it asks for and
// drops without touching it makes the engine begin one. What the engine keeps for itself goes with its process only.

import { renewPage } from '../ipc/commands'
import { freshness } from './freshness.svelte'
import { endsWell, goesOn } from './inherited'
import { router } from './router.svelte'

const [second, minute] = [1000, 60_000]
/** Between two looks whether anybody is there. */
const every = 10 * second
/** Without a sign of anybody, and screens that were left: fewer are not worth it. */
const collecting = { after: 30 * second, worth: 20 }
const renewing = { after: 5 * minute, worth: 200 }

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/** What is done while nobody is there. */
export interface Rest {
  collect: () => void
  /** Whether little would be lost. */
  mayRenew: () => boolean
  renew: () => void
}

/** Watches until it is told to stop; `arrivals` counts the screens that were shown. */
export function watchRest(arrivals: () => number, rest: Rest = { collect, mayRenew, renew }): () => void {
  let moved = performance.now()
  let seen = arrivals()
  let collected = seen
  let renewed = seen
  const sign = () => (moved = performance.now())
  const look = () => {
    const now = arrivals()
    if (now !== seen) {
      // Moved without a hand: by a link from outside.
      seen = now
      sign()
    }
    const resting = performance.now() - moved
    if (resting >= collecting.after && now - collected >= collecting.worth) {
      collected = now
      rest.collect()
    }
    if (resting >= renewing.after && now - renewed >= renewing.worth && rest.mayRenew()) {
      // Once, should there be nobody to do it.
      renewed = now
      rest.renew()
    }
  }
  for (const each of signs) window.addEventListener(each, sign, { passive: true })
  const timer = setInterval(look, every)
  return () => {
    clearInterval(timer)
    for (const each of signs) window.removeEventListener(each, sign)
  }
}

/** Other engines collect by themselves, and keep house in processes of their own. */
const needed = () => navigator.platform.startsWith('Linux')

/** Bytes of one piece, and how many make the engine begin; asked for three times, since one collection follows another. */
const [piece, pieces, times] = [2 ** 26, 8, 3]

function collect() {
  if (!needed()) return

  for (let time = 0; time < times; time += 1) {
    setTimeout(() => {
      try {
        for (let n = 0; n < pieces; n += 1) void new ArrayBuffer(piece)
      } catch {
        // Where so much is not even lent, the engine has just collected all there is.
      }
    }, time * second)
  }
}

/** What a new page would not have: something open, ticked or asked for, or what it takes a while to find out again. */
const underWay = [
  'dialog[open]',
  '[popover]:popover-open',
  'main details[open]',
  'main [type="checkbox"]:checked',
  'main [type="checkbox"]:indeterminate',
  'main [aria-busy="true"]',
].join()
const written = 'textarea, input:not([type]), input[type="text"], input[type="search"], input[type="number"], input[type="password"]'

/** What was typed and is not in the address, as a filter is. */
function typed(): boolean {
  const asked = [...new URLSearchParams(router.here.split('?')[1]).values()]
  const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(written)]
  return fields.some(({ value, defaultValue }) => value !== defaultValue && !asked.includes(value.trim()))
}

/** How far down a list of its own is, no new page knows. */
const scrolled = () => [...document.querySelectorAll('main *')].some((element) => element.scrollTop > 0)

/** Only where everything can be read again: what an unreachable database gave last is only here. */
export function mayRenew(): boolean {
  const seen = document.visibilityState === 'visible' && freshness.readAt !== null && !freshness.stale(Date.now())
  return (
    needed() &&
    seen &&
    freshness.partFailure === null &&
    router.route.screen !== 'settings' &&
    document.querySelector(underWay) === null &&
    !typed() &&
    !scrolled()
  )
}

/** Gives this page up. What it leaves is for the next one. */
export function renew() {
  router.leaveSteps()
  endsWell()
  renewPage().catch(goesOn)
}
