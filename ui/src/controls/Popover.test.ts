import { createRawSnippet, flushSync } from 'svelte'
import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import Popover from './Popover.svelte'

const snippet = (html: string) => createRawSnippet(() => ({ render: () => html }))

function opened(content: string, look = {}) {
  render(Popover, { haspopup: 'dialog', label: 'Open', trigger: snippet('<span>Open</span>'), children: snippet(`<div>${content}</div>`), ...look })
  flushSync()
  return userEvent.click(screen.getByRole('button', { name: 'Open' }))
}

describe('what opens', () => {
  const box = () => document.querySelector<HTMLElement>('[popover]')!
  /** Where the button is, and how high what opens is, in a window of 1000 by 600. */
  let layout = { top: 0, height: 0 }
  beforeEach(() => {
    vi.spyOn(document.documentElement, 'clientWidth', 'get').mockReturnValue(1000)
    vi.spyOn(document.documentElement, 'clientHeight', 'get').mockReturnValue(600)
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
      if (this.matches('button')) return new DOMRect(100, layout.top, 80, 30)
      const at = Number.parseFloat((this as HTMLElement).style.top)
      return new DOMRect(100, at, 200, layout.height)
    })
  })
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    ['below its button', { top: 100, height: 200 }, 134],
    ['above it where there is no room below', { top: 500, height: 200 }, 296],
    ['inside the window where there is room neither below nor above', { top: 300, height: 400 }, 192],
  ])('stands %s', async (_, at, top) => {
    layout = at
    await opened('<button>One</button>')
    await waitFor(() => expect(box().style.top).toBe(`${top}px`))
  })
})

describe('the focus', () => {
  it('goes to the chosen one of a list of choices', async () => {
    await opened('<input type="radio" name="a" aria-label="one"><input type="radio" name="a" checked aria-label="two">')
    await waitFor(() => expect(screen.getByRole('radio', { name: 'two' })).toHaveFocus())
  })

  it('goes to the first field of a form, not to a choice further down', async () => {
    await opened('<input type="text" aria-label="Reason"><input type="radio" name="a" checked aria-label="15 min">')
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Reason' })).toHaveFocus())
  })
})
