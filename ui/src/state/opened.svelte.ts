// Whether the rest of a page may be asked for: what it opens with comes first.

import type { Live } from './live.svelte'

export class Opened {
  /** The head has answered, or failed otherwise than by not being there. Once so, so for good. */
  yes = $state(false)

  /** For a component, for as long as it is on screen. */
  constructor(head: Live<unknown>) {
    $effect(() => {
      if (head.data !== undefined || (head.failure !== null && head.failure.code !== 'not_found')) this.yes = true
    })
  }
}
