// What each screen says about its addresses: one small file a screen beside this one, listed in index.ts.

/** A screen's address as text and back. */
export interface Place<R extends { screen: string }> {
  /**
   * The route of an address, or null when the address is not of this screen. `path` are the parts between
   * the slashes, decoded: `#/users/auth0%7C1` is `['users', 'auth0|1']`.
   */
  parse(path: readonly string[], params: URLSearchParams): R | null
  /** The address of a route, with its `#`. */
  format(route: R): string
}

/** Exactly this path, such as `#/settings`. */
export function isPath(path: readonly string[], ...wanted: string[]): boolean {
  return path.length === wanted.length && wanted.every((part, n) => path[n] === part)
}

/** The one of these that the text names. */
export function one<T extends string>(text: string | null, known: readonly T[]): T | null {
  return known.find((value) => value === text) ?? null
}

/** Those of these that the text names, separated by commas. */
export function several<T extends string>(text: string | null, known: readonly T[]): T[] {
  const named = (text ?? '').split(',')
  return known.filter((value) => named.includes(value))
}

/** `?a=1`, or nothing for no parameters. */
export function query(params: URLSearchParams): string {
  const text = params.toString()
  return text ? `?${text}` : ''
}
