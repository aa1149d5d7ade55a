// What a page leaves for the one that is loaded after it in the same window. It ends with the window.

export function inherited(key: string): string | null {
  try {
    return sessionStorage.getItem(`hopsdesk.${key}`)
  } catch {
    return null
  }
}

export function leave(key: string, value: string) {
  try {
    sessionStorage.setItem(`hopsdesk.${key}`, value)
  } catch {
    // A window without storage works; it only begins at the beginning.
  }
}

const open = 'open'

/** Whether the page before this one did not end as it should: its process died. */
export function diedBefore(): boolean {
  const died = inherited(open) === 'yes'
  goesOn()
  window.addEventListener('pagehide', endsWell)
  return died
}

/** This page is there. */
export function goesOn() {
  leave(open, 'yes')
}

/** This page is about to end, as it should. */
export function endsWell() {
  leave(open, 'no')
}
