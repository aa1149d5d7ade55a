// An action on many: tried dry first, row by row; then done a slice at a time under one key, so that after a failure
// it goes on where it stopped and does nothing twice. The database keeps it from before its first row: a console that
// was killed in the middle goes on with it too.

import { columnWord } from '../../format/actions'
import { reasonProblem } from '../../format/reason'
import { counted } from '../../format/words'
import { endBulk, openBulk, performOnMany, undoMany } from '../../ipc/commands'
import { asFailure, type Failure } from '../../ipc/failure'
import type { ActionDone } from '../../ipc/generated/ActionDone'
import { argumentsOf, firstValues, formOf, problemOf, type FormValues } from '../../state/action_forms'
import type { ManyRequest } from '../../state/acting.svelte'
import { staff } from '../../state/staff.svelte'

export const slice = 100
const pause = 400

export type RowState = 'waiting' | 'would' | 'refused' | 'done' | 'already' | 'failed'

export interface BulkRow {
  id: string
  name: string
  state: RowState
  /** What it changes, or why it is not done. */
  words: string
}

/** `status: active → suspended, and 4 others`. */
function inShort({ changes, cascade }: ActionDone): string {
  const [first] = changes
  if (!first) return 'nothing changes'
  const own = `${columnWord(first)}: ${first.before ?? 'nothing'} → ${first.after ?? 'nothing'}`
  return cascade.length ? `${own}, and ${counted(cascade.length, 'other')}` : own
}

export class Bulk {
  readonly request: ManyRequest
  readonly form
  values = $state.raw<FormValues>({})
  reason = $state('')
  minutes = $state(15)
  rows = $state.raw<readonly BulkRow[]>([])
  /** How many rows the dry run, or the run, has come to. */
  reached = $state(0)
  phase = $state<'asking' | 'trying' | 'tried' | 'performing' | 'interrupted' | 'finished'>('asking')
  /** Why it stopped. */
  failure = $state.raw<Failure | null>(null)
  pressed = $state(false)
  /** The key of this bulk. */
  readonly run: string
  #todo: readonly string[] = []
  /** The database knows of it. */
  #kept = false
  #question = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: ManyRequest, run: string = request.kept?.run ?? crypto.randomUUID()) {
    this.request = request
    this.run = run
    this.form = formOf(request.action)
    this.values = firstValues(this.form)
    this.#forget()
    if (request.kept) this.#goOn(request.kept)
    else void this.try()
  }

  get arguments() {
    if (this.request.kept) return this.request.kept.arguments
    const args = argumentsOf(this.form, this.values)
    // Notes are about people here; the database wants to be told.
    return args && this.request.action === 'add_note' ? { ...args, kind: 'user' } : args
  }

  count(...states: RowState[]): number {
    return this.rows.filter(({ state }) => states.includes(state)).length
  }

  problem(name: string): string | null {
    const field = this.form.fields.find((each) => each.name === name)
    if (!field) return null
    const value = this.values[name] ?? ''
    return problemOf(field, value) ?? (this.pressed && field.required && value.trim() === '' ? 'This is needed.' : null)
  }

  set(name: string, value: string) {
    this.values = { ...this.values, [name]: value }
    this.#question += 1
    clearTimeout(this.#timer)
    this.#forget()
    this.#timer = setTimeout(() => void this.try(), pause)
  }

  /** Asks what it would do to each. */
  async try() {
    const question = (this.#question += 1)
    const args = this.arguments
    this.#forget()
    if (!args) return
    this.phase = 'trying'
    const all = this.request.subjects.map(({ id }) => id)
    try {
      for (; this.reached < all.length; this.reached += slice) {
        const subjects = all.slice(this.reached, this.reached + slice)
        const { results } = await this.#ask(subjects, args, null, null)
        if (question !== this.#question) return
        this.#note(results.map(({ subject, done, failure }) => [subject, failure ? 'refused' : 'would', failure ?? (done ? inShort(done) : '')]))
      }
      this.phase = 'tried'
    } catch (thrown) {
      if (question !== this.#question) return
      this.failure = asFailure(thrown)
      this.phase = 'asking'
    }
  }

  /** Does it to all that the dry run found good; goes on where it stopped. True when it came to the end. */
  async perform(): Promise<boolean> {
    this.pressed = true
    const args = this.arguments
    const first = this.phase === 'tried'
    if (!args || !(first || this.phase === 'interrupted') || reasonProblem(this.reason)) return false
    if (first) {
      this.#todo = this.rows.filter(({ state }) => state === 'would').map(({ id }) => id)
      this.reached = 0
    }
    this.phase = 'performing'
    this.failure = null
    try {
      const [reason, { action }] = [this.reason.trim(), this.request]
      if (!staff.elevated) await staff.elevate(reason, this.minutes)
      if (!this.#kept) await openBulk({ run: this.run, action, subjects: [...this.#todo], arguments: args, reason })
      this.#kept = true
      while (this.reached < this.#todo.length) {
        const subjects = this.#todo.slice(this.reached, this.reached + slice)
        const { results } = await this.#ask(subjects, args, reason, this.run)
        this.#note(results.map(({ subject, done, failure }) => [subject, failure ? 'failed' : done ? 'done' : 'already', failure ?? (done ? inShort(done) : 'done before')]))
        this.reached = Math.min(this.#todo.length, this.reached + slice)
      }
      await endBulk(this.run)
      this.phase = 'finished'
      return true
    } catch (thrown) {
      const failure = asFailure(thrown)
      this.failure = failure
      this.phase = first && this.reached === 0 && !this.#kept ? 'tried' : 'interrupted'
      // It may have run out on the way: then it is asked for again, here.
      if (failure.code === 'not_elevated') await staff.look()
      return false
    }
  }

  get total(): number {
    return this.phase === 'performing' || this.phase === 'interrupted' || this.phase === 'finished' ? this.#todo.length : this.rows.length
  }

  stop() {
    this.#question += 1
    clearTimeout(this.#timer)
  }

  #ask(subjects: readonly string[], args: Record<string, unknown>, reason: string | null, run: string | null) {
    const { action } = this.request
    return action === 'undo'
      ? undoMany(subjects.map(Number), reason, run)
      : performOnMany({ action, subjects: [...subjects], arguments: args, reason, run })
  }

  #goOn({ reason, done }: NonNullable<ManyRequest['kept']>) {
    this.#kept = true
    this.reason = reason
    this.rows = this.rows.map((row) => (done.has(row.id) ? { ...row, state: 'already', words: 'done before' } : row))
    this.#todo = this.rows.filter(({ state }) => state === 'waiting').map(({ id }) => id)
    this.phase = 'interrupted'
  }

  #forget() {
    this.phase = 'asking'
    this.failure = null
    this.reached = 0
    this.rows = this.request.subjects.map(({ id, name }) => ({ id, name, state: 'waiting', words: '' }))
  }

  #note(results: (readonly [string, RowState, string])[]) {
    const by = new Map(results.map(([id, state, words]) => [id, { state, words }]))
    this.rows = this.rows.map((row) => ({ ...row, ...by.get(row.id) }))
  }
}
