// Whether a part of a screen has been in sight yet: what is below the fold is asked for when it comes up.

export class Seen {
  /** Once seen, seen for good. */
  yes = $state(false)

  /** An attachment: `<div {@attach seen.watch}>`. Where nobody can tell what is in sight, everything is. */
  readonly watch = (element: Element) => {
    if (this.yes) return
    if (typeof IntersectionObserver === 'undefined') {
      this.yes = true
      return
    }
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      this.yes = true
      observer.disconnect()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }
}
