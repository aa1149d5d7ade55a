// Lines of a live list that change places: each keeps its element, and the keyboard stays with its line.

/** Lines with keys: what each is about, and the how-manieth of that it is, as a database may say a thing twice. */
export function keyed<T>(lines: readonly T[], about: (line: T) => string): { key: string; line: T }[] {
  const times = new Map<string, number>()
  return lines.map((line) => {
    const what = about(line)
    const time = (times.get(what) ?? 0) + 1
    times.set(what, time)
    return { key: `${time} ${what}`, line }
  })
}

/** Gives the focus back to what holds it: the engine takes it from an element that is moved in the document. */
export function keepFocus(lines: () => unknown) {
  let held: Element | null = null
  $effect.pre(() => {
    void lines()
    held = document.activeElement
  })
  $effect(() => {
    void lines()
    if (held instanceof HTMLElement && held.isConnected && document.activeElement === document.body) held.focus({ preventScroll: true })
    held = null
  })
}
