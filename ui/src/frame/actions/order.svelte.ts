// One action from the first look to the deed: what it would do, kept in step with the form; the reason; the time to
// write, where it is missing; and what became of it.

import { reasonProblem } from '../../format/reason'
import { actionsFor, performAction, previewAction, undoAction } from '../../ipc/commands'
import { asFailure, type Failure } from '../../ipc/failure'
import type { ActionDone } from '../../ipc/generated/ActionDone'
import { argumentsOf, askedFields, firstValues, formOf, problemOf, type FormValues } from '../../state/action_forms'
import type { ActRequest, UndoRequest } from '../../state/acting.svelte'
import { staff } from '../../state/staff.svelte'

const pause = 250

export class Order {
  readonly request: ActRequest | UndoRequest
  readonly form
  values = $state.raw<FormValues>({})
  reason = $state('')
  minutes = $state(15)
  /** What it would do, with the values as they are; null while that is not known. */
  preview = $state.raw<ActionDone | null>(null)
  previewing = $state(false)
  /** Why it cannot be done, in the database's words. */
  refusal = $state.raw<Failure | null>(null)
  performing = $state(false)
  done = $state.raw<ActionDone | null>(null)
  /** Pressed once: what is missing is said from then on. */
  pressed = $state(false)
  #expected: string | null
  #question = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(request: ActRequest | UndoRequest) {
    this.request = request
    this.form = formOf(request.what === 'act' ? request.action : '')
    this.values = firstValues(this.form, request.what === 'act' ? request.known : {})
    this.#expected = request.what === 'act' ? request.expected : null
    void this.look()
  }

  get arguments() {
    const args = argumentsOf(this.form, this.values)
    const { request } = this
    // Notes are kept by what they are about, which no field asks for.
    return args && request.what === 'act' && request.action === 'add_note' ? { ...args, kind: request.kind } : args
  }

  /** Only what was shown is done. */
  get ready() {
    return this.preview !== null && !this.previewing && !this.performing
  }

  set(name: string, value: string) {
    this.values = { ...this.values, [name]: value }
    this.#question += 1
    // What it would have done with the values of before stays in sight until the new answer is here.
    if (this.arguments === null) this.preview = null
    // What was refused were the values of before; that the subject has changed stays so.
    if (this.refusal?.code !== 'stale') this.refusal = null
    clearTimeout(this.#timer)
    this.previewing = this.arguments !== null
    this.#timer = setTimeout(() => void this.look(), pause)
  }

  /** What is wrong with a field: what was mistyped, what is missing, or what the database says of it. */
  problem(name: string): string | null {
    const field = this.form.fields.find((each) => each.name === name)
    if (!field) return null
    const value = this.values[name] ?? ''
    const mistyped = problemOf(field, value)
    if (mistyped) return mistyped
    if (this.pressed && field.required && value.trim() === '') return 'This is needed.'
    return this.refused?.field === name ? this.refused.message : null
  }

  /** The field that a refusal is about, where it names one that is asked for; else it is said below the form. */
  get refused(): { field: string | null; message: string } | null {
    const { refusal } = this
    if (!refusal || refusal.code === 'stale') return null
    const field = askedFields(this.form, this.values).find(({ name }) => name === refusal.argument)
    return { field: field?.name ?? null, message: refusal.message }
  }

  /** Asks what it would do. */
  async look() {
    const question = (this.#question += 1)
    const args = this.arguments
    this.previewing = args !== null
    if (!args) return
    try {
      const preview = await this.#ask(args, true)
      if (question !== this.#question) return
      this.preview = preview
      this.refusal = null
    } catch (thrown) {
      if (question !== this.#question) return
      this.preview = null
      this.refusal = asFailure(thrown)
    }
    this.previewing = false
  }

  /** The subject has changed: from now on what is there now counts. */
  async lookAgain() {
    const { request } = this
    if (request.what === 'act') {
      this.previewing = true
      try {
        this.#expected = (await actionsFor(request.kind, request.subject)).version
      } catch (thrown) {
        this.refusal = asFailure(thrown)
        this.previewing = false
        return
      }
    }
    await this.look()
  }

  /** Does what was shown, after asking for the time to write where there is none. True when it was done. */
  async perform(): Promise<boolean> {
    this.pressed = true
    const args = this.arguments
    if (!args || !this.ready || reasonProblem(this.reason)) return false
    this.performing = true
    this.refusal = null
    try {
      if (!staff.elevated) await staff.elevate(this.reason.trim(), this.minutes)
      this.done = await this.#ask(args, false)
      return true
    } catch (thrown) {
      const failure = asFailure(thrown)
      this.refusal = failure
      if (failure.code === 'stale') this.preview = null
      // It may have ended while one was reading: then it is asked for here.
      if (failure.code === 'not_elevated') await staff.look()
      return false
    } finally {
      this.performing = false
    }
  }

  stop() {
    this.#question += 1
    clearTimeout(this.#timer)
  }

  #ask(args: Record<string, unknown>, dry: boolean): Promise<ActionDone> {
    const { request } = this
    const reason = dry ? null : this.reason.trim()
    if (request.what === 'undo') return undoAction(request.auditId, reason, dry)
    const { action, subject } = request
    const expected = dry ? this.#expected : (this.preview?.version ?? this.#expected)
    return (dry ? previewAction : performAction)({ action, subject, arguments: args, expected, reason })
  }
}
