// Every shortcut of the window, as data: what acts on keys and what the help sheet says read the same table.

import { help } from './help.svelte'
import { router } from './router.svelte'
import { parseRoute } from './routes'
import { screens } from './screens'

export interface Shortcut {
  /** Keys one after another, as `KeyboardEvent.key` names them; those held down stand before a `+`. */
  keys: readonly string[]
  what: string
  group: 'Go to' | 'Find' | 'In a list' | 'Window'
  /** What it does; left out where the control that has the focus takes the key itself. */
  act?: (event: KeyboardEvent) => boolean
}

export const isMac = navigator.platform.startsWith('Mac')
export const commandKey = isMac ? '⌘' : 'Ctrl'
export const backKeys = isMac ? '⌘+[' : 'Alt+←'
export const forwardKeys = isMac ? '⌘+]' : 'Alt+→'

/** Where the rows are entered: the link of the row that Tab comes to, else that row, else any link of a table. */
function firstRow(): Element | null {
  for (const way of ['tr[data-row] a[tabindex="0"]', 'tr[data-row][tabindex="0"]', 'a[href]', '[tabindex="0"]']) {
    const found = document.querySelector(`main tbody ${way}`)
    if (found) return found
  }
  return null
}

/** Moves in the rows of the list: from outside of them first into them. */
function row(key: 'ArrowDown' | 'ArrowUp'): boolean {
  const inside = document.activeElement?.closest('tbody')
  const target = inside ? document.activeElement : firstRow()
  if (!(target instanceof HTMLElement)) return false
  if (inside) target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  else target.focus()
  return true
}

function focusFilter(): boolean {
  const input = document.querySelector<HTMLInputElement>('main [role="group"] input[aria-keyshortcuts="/"]')
  input?.focus()
  input?.select()
  return input !== null
}

/** Screens that this version has. */
const there = () => screens.filter(({ to }) => parseRoute(to) !== null)

let made: readonly Shortcut[] | undefined

/** All of them; made when somebody first asks, which is after the first screen. */
export const shortcuts = (): readonly Shortcut[] => (made ??= make())

const make = (): readonly Shortcut[] => [
  ...there().map(
    ({ title, to, key }): Shortcut => ({ keys: ['g', key], what: title, group: 'Go to', act: () => router.go(to) }),
  ),
  { keys: [`${commandKey}+k`], what: 'Search everything, paste any id', group: 'Find' },
  { keys: ['/'], what: 'Filter the list', group: 'Find', act: focusFilter },
  { keys: ['Tab'], what: 'Complete the operator being typed', group: 'Find' },
  { keys: ['j'], what: 'Next row (also ↓)', group: 'In a list', act: () => row('ArrowDown') },
  { keys: ['k'], what: 'Row before (also ↑)', group: 'In a list', act: () => row('ArrowUp') },
  { keys: ['Enter'], what: 'Open the row', group: 'In a list' },
  { keys: [backKeys], what: 'Back', group: 'Window' },
  { keys: [forwardKeys], what: 'Forward', group: 'Window' },
  { keys: ['?'], what: 'This sheet', group: 'Window', act: () => (help.open = true) },
  { keys: ['Esc'], what: 'Close, or clear what is typed', group: 'Window' },
]

const patience = 1500

/** Whether what has the focus takes letters itself; a box that is ticked does not. */
function types(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable], dialog, [popover]:popover-open') !== null
}

/** The step that a key asks for: Alt and an arrow everywhere, on a Mac the brackets as well. */
function stepOf(event: KeyboardEvent): 'back' | 'forward' | null {
  if (event.ctrlKey || event.shiftKey) return null
  if (isMac && event.metaKey && !event.altKey) return event.key === '[' ? 'back' : event.key === ']' ? 'forward' : null
  if (!event.altKey || event.metaKey) return null
  // On a Mac these keys move by a word while one types.
  if (isMac && event.target instanceof Element && event.target.matches('input, textarea')) return null
  return event.key === 'ArrowLeft' ? 'back' : event.key === 'ArrowRight' ? 'forward' : null
}

/** Goes back or forward; under an open dialog nothing moves. */
function step(to: 'back' | 'forward') {
  if (!document.querySelector('dialog[open]')) router[to]()
}

/** Acts on the table above until the returned function is called. */
export function listen(): () => void {
  let first: { key: string; at: number } | null = null

  function press(event: KeyboardEvent) {
    if (event.defaultPrevented || event.isComposing) return
    const to = stepOf(event)
    if (to) {
      // The engine's own step would not know where this workspace begins.
      event.preventDefault()
      return step(to)
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (types(event.target)) return
    const before = first && event.timeStamp - first.at < patience ? first.key : null
    first = null
    const acting = shortcuts().filter(({ act }) => act)
    const shortcut =
      acting.find(({ keys }) => keys.length === 2 && keys[0] === before && keys[1] === event.key) ??
      acting.find(({ keys }) => keys.length === 1 && keys[0] === event.key)
    if (shortcut?.act?.(event)) event.preventDefault()
    else if (!shortcut && acting.some(({ keys }) => keys.length === 2 && keys[0] === event.key)) {
      first = { key: event.key, at: event.timeStamp }
    }
  }

  // The side buttons of a mouse, which this engine leaves to the page.
  function pressed(event: MouseEvent) {
    if (event.button !== 3 && event.button !== 4) return
    event.preventDefault()
    step(event.button === 3 ? 'back' : 'forward')
  }

  window.addEventListener('keydown', press)
  window.addEventListener('mouseup', pressed)
  return () => {
    window.removeEventListener('keydown', press)
    window.removeEventListener('mouseup', pressed)
  }
}
