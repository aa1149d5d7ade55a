// A part of the window whose script is read once it is wanted, or ahead of that: the first screen does not wait for it.

import type { Failure } from '../ipc/failure'

const unread = (): Failure => ({
  code: 'unexpected',
  message: 'This part of the window could not be read.',
  reference: null,
  argument: null,
})

export class Part<T> {
  /** Null until it is read. */
  here = $state.raw<T | null>(null)
  /** Why it is not here: another object each time; null while it is being read, or nobody knows a reason. */
  failure = $state.raw<Failure | null>(null)
  readonly #read: () => Promise<T>
  #reading: Promise<void> | null = null

  constructor(read: () => Promise<T>) {
    this.#read = read
  }

  /** Reads it, unless it is here or on its way; settled when it is here or could not be read. */
  want = (): Promise<void> => {
    if (this.here) return Promise.resolve()
    this.#reading ??= this.#try()
    return this.#reading
  }

  /** For the button "Try again". */
  again = () => void this.want()

  async #try() {
    this.failure = null
    try {
      this.here = await this.#read()
    } catch {
      this.failure = unread()
    }
    this.#reading = null
  }
}
