// What the search box knows: the answer to the latest question, never to an earlier one.

import { search as ask } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { SearchHits } from '../ipc/generated/SearchHits'
import { statusWord } from '../format/words'
import { toOverview, toSettings, toUser, toUsers, toUsersWith } from '../state/routes'

export interface Choice {
  to: string
  title: string
  detail: string
  kind: 'screen' | 'user' | 'all'
}

const screens = [
  { title: 'Overview', to: toOverview },
  { title: 'Users', to: toUsers },
  { title: 'Settings', to: toSettings },
]

const debounce = 80
export const fewest = 2

export class Search {
  text = $state('')
  failure = $state.raw<Failure | null>(null)
  waiting = $state(false)
  #hits = $state.raw<SearchHits | null>(null)
  #question = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  get long() {
    return this.text.trim().length >= fewest
  }

  /** An id that names exactly one record: Enter goes there. */
  get exact() {
    return this.#hits?.exact ?? false
  }

  get choices(): Choice[] {
    const wanted = this.text.trim().toLowerCase()
    if (!this.long) return []
    const named = screens
      .filter((screen) => screen.title.toLowerCase().startsWith(wanted))
      .map((screen): Choice => ({ ...screen, detail: 'screen', kind: 'screen' }))
    const found = (this.#hits?.hits ?? []).map(
      (hit): Choice => ({
        to: toUser(hit.id),
        title: hit.name ?? hit.email,
        detail: [hit.name ? hit.email : null, hit.status === 'active' ? null : statusWord[hit.status]]
          .filter(Boolean)
          .join(' · '),
        kind: 'user',
      }),
    )
    const all: Choice[] = this.#hits?.more
      ? [{ to: toUsersWith({ text: this.text.trim() }), title: 'All matches in Users', detail: '', kind: 'all' }]
      : []
    return this.exact ? found : [...named, ...found, ...all]
  }

  type(text: string) {
    this.text = text
    this.#question += 1
    clearTimeout(this.#timer)
    this.failure = null
    if (!this.long) {
      this.#hits = null
      this.waiting = false
      return
    }
    this.waiting = true
    const question = this.#question
    this.#timer = setTimeout(() => void this.#ask(question), debounce)
  }

  /** Resolves with the address that Enter leads to once the latest answer is here. */
  async settle(): Promise<void> {
    if (!this.waiting) return
    clearTimeout(this.#timer)
    await this.#ask(this.#question)
  }

  clear() {
    this.type('')
  }

  async #ask(question: number) {
    try {
      const hits = await ask(this.text.trim())
      if (question !== this.#question) return
      this.#hits = hits
    } catch (thrown) {
      if (question !== this.#question) return
      this.#hits = null
      this.failure = asFailure(thrown)
    }
    this.waiting = false
  }
}
