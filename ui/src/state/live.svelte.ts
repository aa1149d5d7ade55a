// Data that stays current on its own: read at once, then again and again while the window is visible.
//
// A repeated read is quiet: what is on screen stays until something newer arrives, and stays when the
// read fails. Reads of the same thing never overlap, and an answer to a question that has changed in
// the meantime is dropped. The answer to another question stays until the new one is here, and goes when that fails.

import { untrack } from 'svelte'

import { asFailure, type Failure } from '../ipc/failure'
import type { Read } from './ahead'
import { freshness } from './freshness.svelte'

const longestPause = 30_000

/** A reading that took long is repeated less often: at most a twentieth of the time is spent reading. */
const restPerReading = 20
const longestRest = 120_000

export interface LiveOptions {
  /** Milliseconds between reads. */
  every: number
  /** Whether the age of this data is the age shown in the top bar. */
  leading?: boolean
  /** Not a part of what the screen shows: its failures are its own. */
  aside?: boolean
  /** Its first answer may be here already; `question` is called at once then, so all that it reads must be there. */
  ahead?: boolean
  /**
   * What the answer is about, where a question may change without that: in how wide it is drawn. The answer to one
   * about the same stays when another read of it fails. Left out: each question is about something else.
   */
  about?: () => string
}

export class Live<T> {
  data = $state.raw<T | undefined>(undefined)
  /** Why the last read failed; null after one that worked. */
  failure = $state.raw<Failure | null>(null)
  /** When the data on screen was read, in milliseconds since 1970. */
  readAt = $state<number | null>(null)
  /** When the figures in it were summed up (milliseconds since 1970), where that was earlier. */
  asOf = $state<number | null>(null)
  /** Since when the read that is under way has been; null while none is. */
  askedAt = $state<number | null>(null)
  /** The question has changed and its answer is not here yet. */
  changing = $state(false)

  readonly #every: number
  #read: Read<T> | null = null
  #question = 0
  /** What is asked about, and what the answer on screen is about. */
  #about: string | null = null
  #answers: string | null = null
  #inFlight = false
  #again = false
  #failures = 0
  #took = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(every: number) {
    this.#every = every
  }

  /** Nothing to show yet, and no reason to think that there will not be. */
  get loading() {
    return this.data === undefined && this.failure === null
  }

  /** Starts reading, or asks another question: the old answer stays until the new one is here. */
  ask(read: Read<T>, about: string | null = null) {
    this.#question += 1
    this.#about = about
    this.#read = read
    this.#inFlight = false
    this.#failures = 0
    this.changing = this.data !== undefined
    // Why an earlier question was not answered is no answer to this one.
    if (!this.changing) this.failure = null
    void this.refresh()
  }

  /** Begins with an answer that is here already, so that it is drawn at once. */
  begin(read: Read<T>, data: T, about: string | null = null) {
    this.#read = read
    this.#about = about
    this.#take(data)
    this.#schedule()
  }

  stop() {
    this.#question += 1
    this.#read = null
    this.#inFlight = false
    this.askedAt = null
    clearTimeout(this.#timer)
  }

  /** Nothing is asked any more: the answer goes with its question. */
  drop() {
    this.stop()
    this.changing = false
    this.failure = null
    this.#clear()
  }

  /** Reads now; does nothing while a read is under way. */
  async refresh(): Promise<void> {
    if (!this.#read || this.#inFlight) return
    clearTimeout(this.#timer)
    const question = this.#question
    this.#inFlight = true
    this.askedAt = Date.now()
    const began = performance.now()
    try {
      const data = await this.#read()
      if (question !== this.#question) return
      this.#take(data)
      untrack(() => freshness.answered())
    } catch (thrown) {
      if (question !== this.#question) return
      // What is here answers another question: it must not pass for the answer to this one.
      if (this.changing && (this.#about === null || this.#about !== this.#answers)) this.#clear()
      this.failure = asFailure(thrown)
      this.#failures += 1
    }
    this.changing = false
    this.#inFlight = false
    this.askedAt = null
    this.#took = performance.now() - began
    if (this.#again) return this.renew()
    this.#schedule()
  }

  /** Reads now; a read that is under way is followed by another, for it may not know the newest. */
  async renew(): Promise<void> {
    this.#again = this.#inFlight
    if (!this.#inFlight) await this.refresh()
  }

  /** For the button "Try again": forgets the failure, so that the panel shows that it is trying. */
  retry() {
    this.failure = null
    this.#failures = 0
    void this.refresh()
  }

  wake() {
    if (this.#read) void this.refresh()
  }

  #take(data: T) {
    this.data = data
    this.#answers = this.#about
    this.readAt = stampOf(data, 'read_at') ?? Date.now()
    this.asOf = stampOf(data, 'as_of')
    this.failure = null
    this.#failures = 0
  }

  #clear() {
    this.data = undefined
    this.readAt = null
    this.asOf = null
  }

  #schedule() {
    const pause = this.#failures
      ? Math.min(this.#every * 2 ** (this.#failures - 1), Math.max(longestPause, this.#every))
      : Math.max(this.#every, Math.min(longestRest, restPerReading * this.#took))
    this.#timer = setTimeout(() => {
      // A hidden window asks nothing; `wake` asks at once when it is shown again.
      if (document.visibilityState === 'visible') void this.refresh()
    }, pause)
  }
}

/** A time that an answer carries, such as when the core read it; null for one that does not say. */
function stampOf(data: unknown, name: 'read_at' | 'as_of'): number | null {
  const stamp = (data as { read_at?: unknown; as_of?: unknown } | null)?.[name]
  const time = typeof stamp === 'string' ? Date.parse(stamp) : NaN
  return Number.isNaN(time) ? null : time
}

/**
 * Live data for a component, for as long as it is on screen. `question` is called again when state
 * that it reads changes; while it answers null, nothing is read and nothing is shown.
 */
export function live<T>(question: () => Read<T> | null, options: LiveOptions): Live<T> {
  const current = new Live<T>(options.every)

  /** The name of the question it began with, whose answer was here; it may be another one by the first effect. */
  let begun = untrack(() => {
    const read = options.ahead ? question() : null
    const data = read?.known?.()
    if (!read?.of || data === undefined) return null
    current.begin(read, data, options.about?.())
    return read.of
  })
  $effect(() => {
    const read = question()
    if (!read) untrack(() => current.drop())
    else if (begun === null || read.of !== begun) untrack(() => current.ask(read, options.about?.()))
    begun = null
  })

  $effect(() => {
    const wake = () => document.visibilityState === 'visible' && current.wake()
    document.addEventListener('visibilitychange', wake)
    const leave = options.aside
      ? undefined
      : untrack(() => freshness.follow(current, { leading: options.leading ?? false }))
    return () => {
      document.removeEventListener('visibilitychange', wake)
      untrack(() => leave?.())
      current.stop()
    }
  })

  return current
}
