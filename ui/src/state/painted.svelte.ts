// Whether the first screen has been painted: what it does not show is asked and read after that.

/** Milliseconds: a window that is not drawn, being hidden, does not wait for ever. */
const patience = 300

class Painted {
  once = $state(true)

  /** A window begins: nothing is on screen yet. */
  start() {
    this.once = false
  }

  /** Begins to wait for it, from when the first screen stands; the returned function gives up. */
  wait(): () => void {
    if (this.once) return () => {}
    const seen = () => (this.once = true)
    let afterwards: ReturnType<typeof setTimeout> | undefined
    // A frame's callbacks run before it is painted, a task that they begin after.
    const frame = requestAnimationFrame(() => (afterwards = setTimeout(seen)))
    const limit = setTimeout(seen, patience)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(afterwards)
      clearTimeout(limit)
    }
  }
}

export const painted = new Painted()
