// Puts a page back where it was scrolled to. Its panels come one after another, so the place may not be
// there yet, or be pushed down again: it is sought anew with each of them, until somebody moves the page.

/** Longer than this nobody waits for a page to stand still. */
const patience = 3000

export function putBack(scroller: HTMLElement, top: number): () => void {
  const page = scroller.firstElementChild
  const seek = () => (scroller.scrollTop = top)
  const observer = new ResizeObserver(seek)
  const theirs = ['wheel', 'pointerdown', 'keydown'] as const
  const timer = setTimeout(stop, patience)

  function stop() {
    clearTimeout(timer)
    observer.disconnect()
    for (const type of theirs) window.removeEventListener(type, stop, { capture: true })
  }

  for (const type of theirs) window.addEventListener(type, stop, { capture: true })
  if (page) observer.observe(page)
  seek()
  return stop
}
