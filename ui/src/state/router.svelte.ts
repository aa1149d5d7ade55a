// Where the window is. The address is the truth: links are plain `<a href="#/…">`, back and forward
// are the engine's own history.

import { remember, remembered } from './remembered'
import { address, elsewhere, parseRoute, toOverview, type Route } from './routes'

class Router {
  route = $state.raw<Route>({ screen: 'overview' })
  /** Counts arrivals at another screen, so that the frame moves the focus there once each. */
  arrivals = $state(0)

  /** The address as it stands, to come back to. */
  get here() {
    return address(this.route)
  }

  start() {
    const wanted = location.hash || remembered('screen') || toOverview
    const route = parseRoute(wanted) ?? { screen: 'overview' }
    history.replaceState(null, '', address(route))
    this.#show(route)
    window.addEventListener('popstate', () => this.#follow())
    window.addEventListener('hashchange', () => this.#follow())
    window.addEventListener('keydown', (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      // On a Mac these keys move by a word while one types.
      const typing = event.target instanceof Element && event.target.matches('input, textarea')
      if (typing && navigator.platform.startsWith('Mac')) return
      if (event.key === 'ArrowLeft') history.back()
      else if (event.key === 'ArrowRight') history.forward()
      else return
      event.preventDefault()
    })
  }

  /**
   * Goes to an address; `replace` for what is not worth a step back, such as a letter typed. False for one
   * that leads nowhere.
   */
  go(to: string, { replace = false } = {}): boolean {
    const route = parseRoute(to)
    if (!route) return false
    const next = address(route)
    if (next === this.here) return true
    if (replace) history.replaceState(null, '', next)
    else history.pushState(null, '', next)
    this.#show(route)
    return true
  }

  #follow() {
    const route = parseRoute(location.hash)
    if (route) this.#show(route)
    else this.go(toOverview, { replace: true })
  }

  #show(route: Route) {
    const before = this.route
    const moved = elsewhere(before, route)
    if (address(before) !== address(route) || this.arrivals === 0) this.route = route
    if (moved || this.arrivals === 0) this.arrivals += 1
    remember('screen', address(route))
  }
}

export const router = new Router()
