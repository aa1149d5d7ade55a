// A button that goes away with what it does hands the focus on first, so that the keyboard goes on from there:
//   <Button onclick={({ currentTarget }) => { handOn(currentTarget); retry() }}>

/** Moves the focus from a button to the heading it stands under. One that was only clicked holds none. */
export function handOn(from: HTMLElement) {
  if (document.activeElement !== from) return
  for (let place = from.parentElement; place; place = place.parentElement) {
    const heading = place.querySelector<HTMLElement>('h1, h2, h3')
    if (heading) {
      if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1
      return heading.focus({ preventScroll: true })
    }
    // What lies outside is another part of the window.
    if (place.matches('main, dialog, [popover]')) return
  }
}
