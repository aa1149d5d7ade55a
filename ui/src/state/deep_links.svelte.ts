// Links into the console, from outside or pasted: shown at once when they are for the workspace that is open,
// asked about first when they are for another.

import { nextLink } from '../ipc/commands'
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

  /** Follows links from outside until the returned function is called. */
  listen(): () => void {
    let listening = true
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2000))
    void (async () => {
      while (listening) {
        try {
          const link = await nextLink()
          if (listening && link) this.follow(link)
          // Without a link another page of this window has asked since: this one is done.
          else if (!link) return
        } catch {
          await pause()
        }
      }
    })()
    return () => (listening = false)
  }
}

export const deepLinks = new DeepLinks()
