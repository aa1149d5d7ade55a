import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { toInvoices } from './routes'
import { Router } from './router.svelte'
import { toasts } from './toasts.svelte'

/** Waits until the engine has made the step it was asked for. */
async function arrive(router: Router, at: string) {
  await vi.waitFor(() => expect(router.here).toBe(at), { timeout: 15_000 })
}

/** As a link does it. */
async function follow(router: Router, to: string) {
  location.hash = to
  await arrive(router, to)
}

/** In a window of its own, which has inherited nothing. */
function started(workspace = 'a') {
  sessionStorage.clear()
  history.replaceState(null, '', '#')
  const router = new Router()
  router.start()
  router.enter(workspace)
  return router
}

const listens = vi.spyOn(window, 'addEventListener')

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  toasts.all = []
})

// A router is there as long as its page; the next test is another page.
afterEach(() => {
  for (const [type, listener] of listens.mock.calls) window.removeEventListener(type, listener)
  listens.mockClear()
})

describe('a page that is loaded anew', () => {
  it('stands where the one before stood, and goes back, forward and down as that would have', async () => {
    const before = started()
    const page = { scrollTop: 0 }
    before.page = page
    await follow(before, '#/users')
    page.scrollTop = 300
    before.go('#/teams')
    page.scrollTop = 70
    before.leaveSteps()

    const router = new Router()
    router.start()
    router.enter('a')
    expect([router.here, router.canGoBack, router.canGoForward]).toEqual(['#/teams', true, false])
    expect([router.travelled, router.scroll]).toEqual([true, 70])
    router.back()
    await arrive(router, '#/users')
    expect([router.scroll, router.canGoBack, router.canGoForward]).toEqual([300, true, true])
  })

  it('knows its step where the engine has forgotten it', async () => {
    const before = started()
    await follow(before, '#/users')
    before.go('#/teams')
    history.replaceState(null, '', '#/teams')
    const router = new Router()
    router.start()
    router.enter('a')
    expect([router.here, router.canGoBack, router.canGoForward]).toEqual(['#/teams', true, false])
    router.back()
    await arrive(router, '#/users')
    expect(router.canGoForward).toBe(true)
  })

  it('stands a step further where it was sent elsewhere', async () => {
    const before = started()
    await follow(before, '#/users')
    history.replaceState(null, '', '#/teams')
    const router = new Router()
    router.start()
    router.enter('a')
    expect([router.here, router.canGoBack, router.canGoForward, router.scroll]).toEqual(['#/teams', true, false, 0])
  })

  it('has no part in the steps of another workspace', async () => {
    const before = started('a')
    await follow(before, '#/users/somebody')
    const router = new Router()
    router.start()
    router.enter('b')
    expect([router.here, router.canGoBack]).toEqual(['#/overview', false])
  })

  it('begins at its own step where nothing was left to it, or nothing that fits', () => {
    for (const left of ['', 'x', 'null', '{"workspace":"a","address":"#/users","at":9,"first":9,"last":12,"scrolls":[]}', '{"workspace":"a","address":"#/users","at":1,"first":0,"last":9}']) {
      started().go('#/users')
      sessionStorage.setItem('hopsdesk.steps', left)
      const router = new Router()
      router.start()
      expect([router.here, router.canGoBack, router.canGoForward], left).toEqual(['#/users', false, false])
    }
  })
})

describe('back and forward', () => {
  it('are possible exactly as far as one has gone', async () => {
    const router = started()
    expect([router.canGoBack, router.canGoForward]).toEqual([false, false])
    await follow(router, '#/users')
    router.go('#/teams')
    expect([router.canGoBack, router.canGoForward]).toEqual([true, false])
    router.back()
    await arrive(router, '#/users')
    expect([router.canGoBack, router.canGoForward]).toEqual([true, true])
    router.back()
    await arrive(router, '#/overview')
    expect([router.canGoBack, router.canGoForward]).toEqual([false, true])
    router.forward()
    await arrive(router, '#/users')
    await follow(router, '#/invoices')
    expect(router.canGoForward, 'a new way ends the old one ahead').toBe(false)
  })

  it('make no step of a letter typed', () => {
    const router = started()
    router.go('#/users')
    router.go('#/users?q=a', { replace: true })
    router.go('#/users?q=al', { replace: true })
    expect(router.here).toBe('#/users?q=al')
    router.back()
    return arrive(router, '#/overview')
  })

  it('know how far each step was scrolled, and that one came back to it', async () => {
    const router = started()
    router.page = { scrollTop: 420 }
    router.go('#/users')
    router.page = { scrollTop: 0 }
    expect([router.scroll, router.travelled]).toEqual([0, false])
    router.back()
    await arrive(router, '#/overview')
    expect([router.scroll, router.travelled]).toEqual([420, true])
    router.go('#/teams')
    expect([router.scroll, router.travelled], 'a new step begins at the top').toEqual([0, false])
  })
})

describe('the last address', () => {
  it('is kept for each workspace, and put back when that one is opened', () => {
    const router = started('a')
    router.go('#/invoices/invoices/inv-7')
    router.enter('b')
    expect(router.here, 'nothing is known of b').toBe('#/overview')
    router.go('#/users?status=suspended')
    router.enter('a')
    expect(router.here).toBe('#/invoices/invoices/inv-7')
    expect(started('b').here, 'and at the next start').toBe('#/users?status=suspended')
  })

  it('ends the way back: what lies before it is of another workspace', async () => {
    const router = started('a')
    router.go('#/users')
    router.enter('b')
    expect(router.canGoBack).toBe(false)
    // The engine's own step, as by a gesture; the router's answers it.
    const stepped = vi.fn()
    window.addEventListener('popstate', stepped)
    history.back()
    await vi.waitFor(() => expect(stepped).toHaveBeenCalledTimes(2), { timeout: 15_000 })
    expect([router.here, location.hash]).toEqual(['#/overview', '#/overview'])
  })

  it('is no Settings: they are of this computer', () => {
    const router = started('a')
    router.go('#/users')
    router.go('#/settings')
    expect(started('a').here).toBe('#/users')
  })

  it('does not take somebody away who went somewhere before the workspace was open', () => {
    started('a').go('#/users')
    history.replaceState(null, '', '#')
    const router = new Router()
    router.start()
    router.go('#/settings')
    router.enter('a')
    expect(router.here).toBe('#/settings')
  })

  it('is the one a link has asked for, where a link opens the workspace', () => {
    const router = started('a')
    router.expect('b', '#/teams/t-1')
    router.enter('b')
    expect(router.here).toBe('#/teams/t-1')
  })

  it('leads to the list with a sentence where the place is gone, and only then', () => {
    started('a').go('#/invoices/invoices/inv-7')
    const router = started('a')
    router.gone(toInvoices, 'The invoice is gone.')
    expect(router.here).toBe('#/invoices')
    expect(toasts.all.map(({ text }) => text)).toEqual(['The invoice is gone.'])
    router.go('#/invoices/invoices/inv-8')
    router.gone(toInvoices, 'The invoice is gone.')
    expect(router.here, 'one asked for it: it says that it is not there').toBe('#/invoices/invoices/inv-8')
  })
})
