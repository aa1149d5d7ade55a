// What jsdom lacks of a browser, as little as the components need.

import '@testing-library/jest-dom/vitest'
import { configure } from '@testing-library/svelte'

// What is waited for comes at once, but for a machine that is slow or busy.
configure({ asyncUtilTimeout: 15_000 })

class NoResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoResizeObserver
window.matchMedia ??= (media) =>
  ({ media, matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList
Element.prototype.scrollIntoView ??= () => {}

// Popovers open and close, and say so; where they are drawn is the engine's business.
function announce(popover: HTMLElement, newState: 'open' | 'closed') {
  for (const type of ['beforetoggle', 'toggle']) {
    popover.dispatchEvent(Object.assign(new Event(type), { newState }))
  }
}
HTMLElement.prototype.showPopover ??= function (this: HTMLElement) {
  announce(this, 'open')
}
HTMLElement.prototype.hidePopover ??= function (this: HTMLElement) {
  announce(this, 'closed')
}
document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[popovertarget]')
  const popover = button && document.getElementById(button.getAttribute('popovertarget') ?? '')
  if (popover) announce(popover, button.getAttribute('aria-expanded') === 'true' ? 'closed' : 'open')
})

// A modal dialog, open as soon as it is asked to be.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false
}
