// Mounts the window. The pages with invented data call this too, after swapping the transport.

import { mount } from 'svelte'

import App from './App.svelte'
import { router } from './state/router.svelte'
import { theme } from './state/theme.svelte'

export function start() {
  theme.start()
  router.start()
  const target = document.getElementById('app')
  if (!target) throw new Error('index.html has no #app')
  mount(App, { target })
}
