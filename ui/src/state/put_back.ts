// Puts a page back where it was scrolled to. Its panels come one after another, so the place may not be
// there yet, or be pushed down again: it is sought anew with each of them, until somebody moves the page.

/** Longer than this nobody waits for a page to stand still. */
const patience = 3000

export function putBack(scroller: HTMLElement, top: number): () => void {
  const seek = () => (scroller.scrollTop = top)
  const observer = new ResizeObserver(seek)
  // The screen itself may have to be read first.
  const arrival = new MutationObserver(watch)
  const theirs = ['wheel', 'pointerdown', 'keydown'] as const
  const timer = setTimeout(stop, patience)

  function watch() {
    const page = scroller.firstElementChild
    if (!page) return
    arrival.disconnect()
    observer.observe(page)
    seek()
  }

  function stop() {
    clearTimeout(timer)
    arrival.disconnect()
    observer.disconnect()
    for (const type of theirs) window.removeEventListener(type, stop, { capture: true })
  }

  for (const type of theirs) window.addEventListener(type, stop, { capture: true })
  arrival.observe(scroller, { childList: true })
  watch()
  return stop
}
