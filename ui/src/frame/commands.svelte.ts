// What the search box can do besides going somewhere.

import { help } from '../state/help.svelte'
import { router } from '../state/router.svelte'
import { session } from '../state/session.svelte'
import { theme } from '../state/theme.svelte'
import { toasts } from '../state/toasts.svelte'
import type { Command } from './choices'

/** The present screen as a link that opens it from anywhere on a machine with Hopsdesk. */
export function linkHere(): string {
  const here = router.here.replace(/^#\//, '')
  const workspace = session.current?.workspace.id
  const mark = here.includes('?') ? '&' : '?'
  return `hopsdesk://${here}${workspace ? `${mark}workspace=${encodeURIComponent(workspace)}` : ''}`
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(linkHere())
    toasts.say('The link to this screen is copied.')
  } catch {
    toasts.say('The system did not allow copying.', 'bad')
  }
}

export const commands = (): readonly Command[] => [
  { title: 'Help: keys and operators', also: 'keys keyboard shortcuts operators ?', detail: '?', act: () => (help.open = true) },
  { title: 'Copy link to this screen', also: 'link url', act: () => void copyLink() },
  { title: 'Light theme', also: 'theme appearance', act: () => theme.choose('light') },
  { title: 'Dark theme', also: 'theme appearance', act: () => theme.choose('dark') },
  { title: 'Theme of the system', also: 'appearance', act: () => theme.choose('system') },
]
