// Addresses outside the window open in the person's own browser.

import { openLink } from '../ipc/commands'
import { asFailure } from '../ipc/failure'
import { toasts } from './toasts.svelte'

export async function openOutside(url: string) {
  try {
    await openLink(url)
  } catch (thrown) {
    toasts.say(asFailure(thrown).message, 'bad')
  }
}
