// What a chart is of, apart from how it is drawn.

interface Drawn {
  theme: unknown
  width: unknown
  height: unknown
}

/** Two requests of the same say the same, however wide, high and light they are drawn. */
export function drawnOf(request: Drawn | null): string {
  return JSON.stringify({ ...request, theme: null, width: null, height: null })
}
