// Small choices that outlive the window (theme, last address of each workspace). Never data, never secrets.

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`hopsdesk.${key}`)
  } catch {
    return null
  }
}

export function remember(key: string, value: string) {
  try {
    localStorage.setItem(`hopsdesk.${key}`, value)
  } catch {
    // A window without storage works; it only forgets.
  }
}

export function forget(key: string) {
  try {
    localStorage.removeItem(`hopsdesk.${key}`)
  } catch {
    // As above.
  }
}
