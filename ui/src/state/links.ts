// What is shown outside this window opens in the person's own browser.

import { openLink } from '../ipc/commands'
import { asFailure } from '../ipc/failure'
import type { OutsideTarget } from '../ipc/generated/OutsideTarget'
import { toasts } from './toasts.svelte'

export async function openOutside(target: OutsideTarget) {
  try {
    await openLink(target)
  } catch (thrown) {
    toasts.say(asFailure(thrown).message, 'bad')
  }
}
