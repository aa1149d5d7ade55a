// Where the window is. The address is the truth: links are plain `<a href="#/…">`, and the steps back and
// forward are the engine's own history, each marked with its number so that one knows where it ends.

import { inherited, leave } from './inherited'
import { forget, remember, remembered } from './remembered'
import { address, elsewhere, parseRoute, toOverview, type Route } from './routes'
import { toasts } from './toasts.svelte'

/** What a step of the engine's history carries: its number. */
interface Mark {
  at: number
}

/** The step the engine stands at; null for one it has just made itself, by a link. */
function mark(): Mark | null {
  const state = history.state as Partial<Mark> | null
  return typeof state?.at === 'number' ? { at: state.at } : null
}

/** How many steps are handed on with how far they were scrolled. */
const remembering = 50

/** What a page knows of the steps: whose they are, where it stands, the ends, and how far each was scrolled. */
interface Steps {
  workspace: string | null
  address: string
  at: number
  first: number
  last: number
  scrolls: [number, number][]
}

/** The address in the window, as it is written here. */
function standing(): string | null {
  const route = parseRoute(location.hash)
  return route && address(route)
}

/** The steps of the page before; the engine forgets the mark of the one where a page died. */
function stepsBefore(): Steps | null {
  try {
    const before = JSON.parse(inherited('steps') ?? '') as Steps
    const { workspace, address: left, first } = before
    const at = mark()?.at
    // Somewhere else without a mark is a step further: a link that was just followed.
    const on = at === undefined && standing() !== left
    const here = at ?? (on ? before.at + 1 : before.at)
    const last = on ? here : before.last
    const scrolls = before.scrolls.filter(([step]) => !on || step < here)
    return first <= here && here <= last ? { workspace, address: left, at: here, first, last, scrolls } : null
  } catch {
    return null
  }
}

/** Where the last address of a workspace is kept. */
const kept = (workspace: string) => `screen.${workspace}`

export class Router {
  route = $state.raw<Route>({ screen: 'overview' })
  /** Counts arrivals at another screen, so that the frame moves the focus there once each. */
  arrivals = $state(0)
  /** The last arrival was a step back or forward: what was left there is put back. */
  travelled = false
  /** What scrolls, so that one knows where a page was left. */
  page: { readonly scrollTop: number } | null = null

  #at = $state(0)
  /** The first step of this workspace: what lies before it is another one's. */
  #first = $state(0)
  #last = $state(0)
  #workspace: string | null = null
  /** Whose steps were inherited. */
  #inherited: string | null = null
  /** Somebody asked for an address before the workspace was open: it is not replaced by the last one. */
  #asked = false
  /** The address that was put back from the last time, until one moves on. */
  #restored: string | null = null
  /** How far each step was scrolled when it was left. */
  readonly #scrolls = new Map<number, number>()

  /** The address as it stands, to come back to. */
  get here() {
    return address(this.route)
  }

  get canGoBack() {
    return this.#at > this.#first
  }

  get canGoForward() {
    return this.#at < this.#last
  }

  /** How far the page was scrolled when this step was left; 0 for a new one. */
  get scroll() {
    return this.#scrolls.get(this.#at) ?? 0
  }

  start() {
    const asked = parseRoute(location.hash)
    this.#asked = asked !== null
    // After a reload the steps go on from where they were.
    const steps = stepsBefore()
    const at = steps?.at ?? mark()?.at ?? 0
    this.#at = at
    this.#inherited = steps?.workspace ?? null
    this.#first = steps?.first ?? at
    this.#last = steps?.last ?? at
    for (const [step, top] of steps?.scrolls ?? []) this.#scrolls.set(step, top)
    this.travelled = this.#scrolls.has(at)
    const route = asked ?? { screen: 'overview' as const }
    this.#write(route, 'replace')
    this.#show(route)
    window.addEventListener('popstate', () => this.#follow())
    window.addEventListener('hashchange', () => this.#follow())
  }

  /**
   * A workspace is open. Shows what was shown of it last, and ends the way back into the one before, whose
   * people and invoices are not here. `stay` where somebody is busy in the Settings.
   */
  enter(workspace: string, { stay = false } = {}) {
    const before = this.#workspace
    if (workspace === before) return
    this.#workspace = workspace
    if (before === null && this.#inherited !== null && this.#inherited !== workspace) this.#disown()
    if (before === null && (stay || this.#asked)) return this.#keep()
    const last = stay ? this.route : parseRoute(remembered(kept(workspace)) ?? '')
    const route = last ?? { screen: 'overview' as const }
    this.travelled = false
    if (before !== null) this.#first = this.#at + 1
    this.#write(route, before === null ? 'replace' : 'push')
    this.#restored = last && !stay ? address(route) : null
    // At the start nobody has moved yet.
    this.#show(route, { restored: true, moved: before !== null })
  }

  /** The steps of the page before are another workspace's: nothing of them is this one's. */
  #disown() {
    this.#asked = false
    this.#first = this.#last = this.#at
    this.#scrolls.clear()
    this.travelled = false
  }

  /** Where a workspace is to begin that is about to be opened. */
  expect(workspace: string, to: string) {
    const route = parseRoute(to)
    if (route) remember(kept(workspace), address(route))
  }

  /** Nothing is kept of a workspace that was removed. */
  forget(workspace: string) {
    forget(kept(workspace))
  }

  /**
   * Goes to an address; `replace` for what is not worth a step back, such as a letter typed. False for one
   * that leads nowhere.
   */
  go(to: string, { replace = false } = {}): boolean {
    const route = parseRoute(to)
    if (!route) return false
    this.#asked = true
    if (address(route) === this.here) return true
    this.travelled = false
    this.#write(route, replace ? 'replace' : 'push')
    this.#show(route)
    return true
  }

  /** A step back; none at the first one. */
  back() {
    if (this.canGoBack) history.back()
  }

  forward() {
    if (this.canGoForward) history.forward()
  }

  /** What this page shows is not in the database. Where it was only put back from the last time, its list is better. */
  gone(list: string, sentence: string) {
    if (this.#restored === null || this.#restored !== this.here) return
    this.#restored = null
    this.go(list, { replace: true })
    toasts.say(sentence, 'bad')
  }

  /** Leaves the steps for the page that is loaded after this one. */
  leaveSteps() {
    this.#leave()
    this.#leaveSteps()
  }

  #leaveSteps() {
    const scrolls = [...this.#scrolls].filter(([, top]) => top > 0).slice(-remembering)
    const [workspace, at] = [this.#workspace ?? this.#inherited, this.#at]
    const steps: Steps = { workspace, address: this.here, at, first: this.#first, last: this.#last, scrolls }
    leave('steps', JSON.stringify(steps))
  }

  #follow() {
    const step = mark()
    const route = parseRoute(location.hash)
    if (step !== null && step.at < this.#first) {
      // The engine went back by itself, into another workspace.
      history.go(this.#first - step.at)
      return
    }
    if (step === null) {
      // A link: the engine has made the step already.
      this.travelled = false
      this.#asked = true
      this.#number(this.#at + 1)
      history.replaceState({ at: this.#at } satisfies Mark, '')
    } else {
      if (step.at !== this.#at) {
        this.#leave()
        this.travelled = true
      }
      this.#at = step.at
      this.#last = Math.max(this.#last, step.at)
    }
    if (route) this.#show(route)
    else this.go(toOverview, { replace: true })
  }

  /** Notes how far down one was, before the page is another one. */
  #leave() {
    if (!this.page) return
    // The one left last comes last.
    this.#scrolls.delete(this.#at)
    this.#scrolls.set(this.#at, this.page.scrollTop)
  }

  /** Stands at a new step; what lay ahead is gone. */
  #number(at: number) {
    this.#leave()
    this.#at = this.#last = at
    for (const step of this.#scrolls.keys()) if (step >= at) this.#scrolls.delete(step)
  }

  /** Writes an address as a new step, or in the place of this one. */
  #write(route: Route, how: 'push' | 'replace') {
    if (how === 'push') {
      this.#number(this.#at + 1)
      history.pushState({ at: this.#at } satisfies Mark, '', address(route))
    } else {
      history.replaceState({ at: this.#at } satisfies Mark, '', address(route))
    }
  }

  #show(route: Route, { restored = false, moved = true } = {}) {
    const before = this.route
    const other = address(before) !== address(route)
    const arrived = moved && elsewhere(before, route)
    if (other || this.arrivals === 0) this.route = route
    if (arrived || this.arrivals === 0) this.arrivals += 1
    if (other && !restored) this.#restored = null
    this.#keep()
    this.#leaveSteps()
  }

  /** The Settings are this computer's, and no place of a workspace to come back to. */
  #keep() {
    if (this.#workspace !== null && this.route.screen !== 'settings') remember(kept(this.#workspace), this.here)
  }
}

export const router = new Router()
