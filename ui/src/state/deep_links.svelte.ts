// Links into the console, from outside or pasted: shown at once when they are for the workspace that is open,
// asked about first when they are for another.

import { router } from './router.svelte'
import { session } from './session.svelte'
import { toasts } from './toasts.svelte'

export interface DeepLink {
  /** `#/users/auth0%7C1` */
  address: string
  /** Id of a workspace; null for the open one. */
  workspace: string | null
}

class DeepLinks {
  /** A link that waits for an answer: switch to its workspace or not. */
  asking = $state.raw<{ address: string; workspace: string } | null>(null)

  follow(link: DeepLink) {
    const open = session.current?.workspace.id
    if (link.workspace !== null && link.workspace !== open) {
      this.asking = { address: link.address, workspace: link.workspace }
    } else if (!router.go(link.address)) {
      toasts.say('This link leads to no screen of this version.', 'bad')
    }
  }

  leave() {
    this.asking = null
  }
}

export const deepLinks = new DeepLinks()
