// A button that goes away with what it does hands the focus on first, so that the keyboard goes on from there:
//   <Button onclick={({ currentTarget }) => { handOn(currentTarget); retry() }}>

/**
 * Moves the focus from a button to the heading it stands under, or to the dialog or popover that has none above it. One
 * that was only clicked holds none.
 */
export function handOn(from: HTMLElement) {
  if (document.activeElement !== from) return
  for (let place = from.parentElement; place; place = place.parentElement) {
    const headings = [...place.querySelectorAll<HTMLElement>('h1, h2, h3')]
    // One that comes later heads what comes next.
    const heading = headings.find((each) => each.compareDocumentPosition(from) & Node.DOCUMENT_POSITION_FOLLOWING)
    // What lies outside is another part of the window.
    const isBox = place.matches('dialog, [popover]')
    if (heading || isBox) return take(heading ?? place)
    if (place.matches('main')) return
  }
}

function take(place: HTMLElement) {
  if (!place.hasAttribute('tabindex')) place.tabIndex = -1
  place.focus({ preventScroll: true })
}
