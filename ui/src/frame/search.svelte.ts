// What the search box knows: the answer to the latest question, never to an earlier one.

import { queryHelp, search as ask } from '../ipc/commands'
import { asFailure, type Failure } from '../ipc/failure'
import type { QueryHelp } from '../ipc/generated/QueryHelp'
import type { SearchHits } from '../ipc/generated/SearchHits'
import { toUsersWith } from '../state/routes'
import { ofCommands, ofCompletion, ofHit, ofScreens, type Choice, type Command } from './choices'
import { lists } from './lists'

const debounce = 80
export const fewest = 2

/** An address of a database, or another one with a password in it, pasted where it does not belong. */
const confidential = /^\s*postgres(ql)?:\/\/|:\/\/[^\s/]*:[^\s/]*@/i

/** A link for another workspace asks before it switches, and that is not the search box's to do. */
export type Follow = (link: { address: string; workspace: string | null }) => void

export class Search {
  text = $state('')
  failure = $state.raw<Failure | null>(null)
  waiting = $state(false)
  /** Where the caret stands, in what is typed. */
  caret = 0
  #hits = $state.raw<SearchHits | null>(null)
  #help = $state.raw<QueryHelp | null>(null)
  #question = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #commands: () => readonly Command[]
  #follow: Follow

  constructor(commands: () => readonly Command[] = () => [], follow: Follow = () => {}) {
    this.#commands = commands
    this.#follow = follow
  }

  get long() {
    return this.text.trim().length >= fewest
  }

  /** An id that names exactly one record: Enter goes there. */
  get exact() {
    return this.#hits?.exact ?? false
  }

  /** What is wrong with an operator, once its word is left. */
  get problem(): string | null {
    if (confidential.test(this.text)) return 'This may hold a password, so it is not searched for. Connection strings belong into Settings.'
    const problem = this.#help?.problems[0]
    // While its value is being typed it is not finished, not wrong.
    return problem && !(problem.end === this.text.length && this.#help?.completions.length) ? problem.sentence : null
  }

  get choices(): Choice[] {
    const text = this.text.trim()
    if (!this.long || confidential.test(this.text)) return []
    const link = this.#hits?.link
    if (link) {
      const act = () => this.#follow(link)
      return [{ key: 'link', kind: 'command', group: 'Link', title: 'Open this link', detail: link.address, act }]
    }
    const found = (this.#hits?.hits ?? []).map(ofHit)
    // One that would only add a blank is what stands there already: it would take Enter from the list.
    const completions = (this.#help?.completions ?? []).filter(({ whole }) => whole.trim() !== text).map(ofCompletion)
    const filtered = this.#help && this.#filtered(this.#help)
    if (this.#help?.has_operators) {
      return this.#help.problems.length ? completions : [...completions, ...(filtered ? [filtered] : [])]
    }
    const named = ofScreens(text)
    const more: Choice[] = this.#hits?.more_users
      ? [{ key: 'all', kind: 'list', group: 'Users', title: 'All matches in Users', detail: '', to: toUsersWith({ text }) }]
      : []
    const users = found.filter(({ group }) => group === 'Users')
    const exactly = found.filter(({ group }) => group === 'Exactly')
    const others = found.filter(({ group }) => group !== 'Users' && group !== 'Exactly')
    return [
      ...exactly,
      ...named,
      ...users,
      ...more,
      ...others,
      ...ofCommands(text, this.#commands()),
      ...completions,
      ...(filtered && this.#help?.addressed ? [filtered] : []),
    ]
  }

  /** The list that is meant, filtered by what follows its name. */
  #filtered({ list, filter }: QueryHelp): Choice | null {
    const listed = lists.find((each) => each.list === list)
    if (!listed || !filter) return null
    return {
      key: 'filter',
      kind: 'list',
      group: `Filter ${listed.title}`,
      title: `Show these ${listed.rows}`,
      detail: filter,
      to: listed.to(filter),
    }
  }

  type(text: string, caret = text.length) {
    this.text = text
    this.caret = caret
    this.#question += 1
    clearTimeout(this.#timer)
    this.failure = null
    if (!this.long || confidential.test(text)) {
      this.#hits = null
      this.#help = null
      this.waiting = false
      return
    }
    this.waiting = true
    const question = this.#question
    this.#timer = setTimeout(() => void this.#ask(question), debounce)
  }

  /** Resolves once the latest answer is here. */
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
      const [hits, help] = await Promise.all([ask(this.text.trim()), queryHelp(null, this.text, this.caret)])
      if (question !== this.#question) return
      this.#hits = hits
      this.#help = help
    } catch (thrown) {
      if (question !== this.#question) return
      this.#hits = null
      this.#help = null
      this.failure = asFailure(thrown)
    }
    this.waiting = false
  }
}
