import { beforeEach, expect, it } from 'vitest'

import { diedBefore, endsWell } from './inherited'

beforeEach(() => sessionStorage.clear())

it('tells a page that died from one that was left, and from none', () => {
  expect(diedBefore(), 'the first of its window').toBe(false)
  expect(diedBefore(), 'it was there, and did not leave').toBe(true)
  window.dispatchEvent(new Event('pagehide'))
  expect(diedBefore(), 'it was left').toBe(false)
  endsWell()
  expect(diedBefore(), 'it said that it would end').toBe(false)
})
