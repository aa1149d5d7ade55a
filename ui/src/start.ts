// Mounts the window. The pages with invented data call this too, after swapping the transport.

import { mount } from 'svelte'

import App from './App.svelte'
import { askOverview } from './screens/overview/reads'
import { diedBefore } from './state/inherited'
import { painted } from './state/painted.svelte'
import { router } from './state/router.svelte'
import { session } from './state/session.svelte'
import { theme } from './state/theme.svelte'
import { toasts } from './state/toasts.svelte'

export function start() {
  painted.start()
  theme.start()
  router.start()
  // Asked before anything is drawn: the answers are on their way while the elements are made.
  session.begin()
  if (router.route.screen === 'overview') void askOverview()
  const target = document.getElementById('app')
  if (!target) throw new Error('index.html has no #app')
  mount(App, { target })
  if (diedBefore()) toasts.leave('The page stopped working and was loaded again. What was being typed is lost.', 'bad')
}
