// The window's clock: one timer for every relative time on screen.

import { createSubscriber } from 'svelte/reactivity'

let now = Date.now()

const everySecond = createSubscriber((update) => {
  const timer = setInterval(() => {
    now = Date.now()
    update()
  }, 1000)
  now = Date.now()
  return () => clearInterval(timer)
})

export const clock = {
  /** Milliseconds since 1970, read again every second by whatever shows it. */
  get now() {
    everySecond()
    return now
  },
}
