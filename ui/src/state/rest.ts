// Has the engine collect what past screens left, once nobody has been at the window for a while.
//
// WebKitGTK weighs elements lightly: those of screens that were left wait until scripts alone have filled its heap, and
// a hundred screens later they are a hundred megabytes. A page cannot ask for a collection; memory that it asks for and
// drops without touching it makes the engine begin one.

/** Milliseconds without a sign of anybody. */
const patience = 30_000
/** Milliseconds between two looks whether that is so. */
const every = 10_000
/** Screens that were left: fewer are not worth it. */
const worth = 20

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const

/** Watches until it is told to stop; `arrivals` counts the screens that were shown. */
export function watchRest(arrivals: () => number, collect: () => void = collectSoon): () => void {
  let moved = performance.now()
  let seen = arrivals()
  let collected = seen
  const sign = () => (moved = performance.now())
  const look = () => {
    const now = arrivals()
    if (now !== seen) {
      // Moved without a hand: by a link from outside.
      seen = now
      sign()
    }
    if (performance.now() - moved < patience || now - collected < worth) return
    collected = now
    collect()
  }
  for (const each of signs) window.addEventListener(each, sign, { passive: true })
  const timer = setInterval(look, every)
  return () => {
    clearInterval(timer)
    for (const each of signs) window.removeEventListener(each, sign)
  }
}

/** Bytes of one piece, and how many make the engine begin; asked for three times, since one collection follows another. */
const [piece, pieces, times] = [2 ** 26, 8, 3]

function collectSoon() {
  // Other engines collect by themselves, and may not leave untouched what they give.
  if (!navigator.platform.startsWith('Linux')) return

  for (let time = 0; time < times; time += 1) {
    setTimeout(() => {
      try {
        for (let n = 0; n < pieces; n += 1) void new ArrayBuffer(piece)
      } catch {
        // Where so much is not even lent, the engine has just collected all there is.
      }
    }, time * 1000)
  }
}
