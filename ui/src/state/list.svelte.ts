// The rows of a list: pages laid end to end, kept current quietly, kept while one looks elsewhere.
//
// A screen makes one for the window, outside its component, so that coming back finds it as it was left:
//   const list = new PagedList((view: TeamsView, after, limit) => teamsPage({ ...view, after, limit }))
// and hands it to ListScreen (or ListBody, inside a panel), which asks, watches, and shows every state.

import { untrack } from 'svelte'

import { asFailure, type Failure } from '../ipc/failure'
import { freshness } from './freshness.svelte'

export const pageSize = 50

/** What a list shows, as its address says it. Filters are the screen's own. */
export interface ListView {
  sort: string
  descending: boolean
}

/** One page as the core answers it. */
export interface ListPage {
  rows: { id: string }[]
  /** Hand back as `after`; null on the last page. */
  next: string | null
  /** `"1,284"` or `"over 10,000"`; null on later pages. */
  count: string | null
  /** Keys of the columns this database has no data for. */
  lacking?: string[]
  source: string
  /** RFC 3339. */
  read_at: string
  /** Age of the figures in it, where they were summed up earlier (RFC 3339). */
  as_of?: string | null
}

/** What a first page says beside its rows. */
export type HeadOf<Page extends ListPage> = Omit<Page, 'rows' | 'next'>

export type RowOf<Page extends ListPage> = Page['rows'][number]

/** What an earlier question was answered with, to show it again when one comes back to it. */
interface Answered<Page extends ListPage> {
  rows: RowOf<Page>[]
  pages: Loaded[]
  head: HeadOf<Page>
  readAt: number | null
  next: string | null
  chosen: string | null
  scrollTop: number
}

/** So many earlier answers are kept, none of more rows than this. */
const keptAnswers = 6
const keptRows = 5000

interface Loaded {
  /** How this page is asked for again. */
  after: string | null
  /** Index of its first row. */
  start: number
}

export class PagedList<View extends ListView, Page extends ListPage> {
  head = $state.raw<HeadOf<Page> | null>(null)
  failure = $state.raw<Failure | null>(null)
  readAt = $state<number | null>(null)
  /** Since when the read that is under way has been; null while none is. */
  askedAt = $state<number | null>(null)
  /** Why the page after the last row could not be read. */
  moreFailure = $state.raw<Failure | null>(null)
  loadingMore = $state(false)
  /** The rows answer an earlier question; the answer to this one is on its way. */
  changing = $state(false)
  next = $state<string | null>(null)
  /** Rows that came while one was looking. */
  fresh = $state.raw<ReadonlySet<string>>(new Set())

  chosen = $state<string | null>(null)
  scrollTop = 0

  // Plain, and changed in place: a hundred thousand rows are not copied for each page. `#version` says
  // that they changed.
  #rows: RowOf<Page>[] = []
  #version = $state(0)
  #pages: Loaded[] = []
  #key: string | null = null
  #view: View | null = null
  #question = 0
  #inFlight: Promise<number> | null = null
  readonly #answered = new Map<string, Answered<Page>>()
  readonly #page: (view: View, after: string | null, limit: number) => Promise<Page>

  constructor(page: (view: View, after: string | null, limit: number) => Promise<Page>) {
    this.#page = page
  }

  /** The same array for as long as it only grows: read it where it is used, do not derive from it. */
  get rows(): readonly RowOf<Page>[] {
    void this.#version
    return this.#rows
  }

  /** When the figures in it were summed up, in milliseconds since 1970; null where they are of now. */
  get asOf(): number | null {
    const time = Date.parse(this.head?.as_of ?? '')
    return Number.isNaN(time) ? null : time
  }

  get count(): number {
    void this.#version
    return this.#rows.length
  }

  /**
   * Shows another question's answer; what is loaded stays when it is the same question. One that is come back
   * to is answered at once with what was there, at the place where it was left.
   */
  show(workspace: string, view: View, { back = false } = {}): boolean {
    const key = `${workspace} ${JSON.stringify(view)}`
    if (key === this.#key) return false
    const sameWorkspace = this.#key?.startsWith(`${workspace} `)
    this.#keep()
    this.#key = key
    this.#view = view
    this.#question += 1
    this.#inFlight = null
    this.changing = true
    this.loadingMore = false
    this.moreFailure = null
    this.scrollTop = 0
    if (!sameWorkspace) {
      this.chosen = null
      this.failure = null
      this.#answered.clear()
      this.#clear()
    }
    const before = back ? this.#answered.get(key) : undefined
    if (before) {
      this.#takeBack(before)
      return true
    }
    // Within a workspace the old rows stay until the new answer is here: nothing flickers while typing.
    this.#pages = []
    return true
  }

  /** Keeps the answer to the question that is being left. */
  #keep() {
    if (this.#key === null || this.head === null || this.#pages.length === 0 || this.#rows.length > keptRows) return
    this.#answered.delete(this.#key)
    this.#answered.set(this.#key, {
      rows: this.#rows,
      pages: this.#pages,
      head: this.head,
      readAt: this.readAt,
      next: this.next,
      chosen: this.chosen,
      scrollTop: this.scrollTop,
    })
    const [oldest] = this.#answered.keys()
    if (this.#answered.size > keptAnswers && oldest !== undefined) this.#answered.delete(oldest)
  }

  #takeBack({ rows, pages, head, readAt, next, chosen, scrollTop }: Answered<Page>) {
    this.#pages = pages
    this.head = head
    this.readAt = readAt
    this.next = next
    this.chosen = chosen
    this.scrollTop = scrollTop
    this.failure = null
    this.changing = false
    this.fresh = new Set()
    this.#set(rows)
  }

  /**
   * Reads the first page again, and the page that is being looked at. Answers by how many rows the list
   * grew above that place, so that what is being read can be kept in place.
   */
  refresh(looking: number): Promise<number> {
    if (this.#inFlight) return this.#inFlight
    this.askedAt = Date.now()
    const reading = this.#refresh(looking).finally(() => {
      // A read for an earlier question ends without a word about this one.
      if (this.#inFlight !== reading) return
      this.#inFlight = null
      this.askedAt = null
    })
    this.#inFlight = reading
    return reading
  }

  async #refresh(looking: number): Promise<number> {
    const question = this.#question
    if (!this.#view) return 0
    try {
      const seen = this.#pages.findLast((loaded) => loaded.start <= looking)
      const page = await this.#ask(null)
      if (question !== this.#question) return 0
      const again = seen && seen.after !== null ? await this.#ask(seen.after) : null
      if (question !== this.#question) return 0
      // Both at once, so that what is being read moves only together with the scroll position.
      const grown = this.#pages.length === 0 ? this.#start(page) : this.#merge(page, looking)
      if (again) this.#renew(again.rows)
      this.failure = null
      untrack(() => freshness.answered())
      return grown
    } catch (thrown) {
      if (question !== this.#question) return 0
      // The rows still here answer an earlier question: they must not pass for the answer to this one.
      if (this.#pages.length === 0) this.#clear()
      this.failure = asFailure(thrown)
      this.changing = false
      return 0
    }
  }

  /** Reads the page after the last row. */
  async more(): Promise<void> {
    // While the answer to another question is on its way, the last row is still one of the earlier question.
    if (!this.next || this.loadingMore || this.changing) return
    const question = this.#question
    const after = this.next
    this.loadingMore = true
    this.moreFailure = null
    try {
      const page = await this.#ask(after)
      if (question !== this.#question) return
      // The list ends elsewhere by now: this page would leave a gap.
      if (after !== this.next) {
        this.loadingMore = false
        return await this.more()
      }
      const known = new Set(this.#rows.slice(-2 * pageSize).map((row) => row.id))
      this.#pages.push({ after, start: this.#rows.length })
      for (const row of page.rows) if (!known.has(row.id)) this.#rows.push(row)
      this.#version += 1
      this.next = page.next
    } catch (thrown) {
      if (question === this.#question) this.moreFailure = asFailure(thrown)
    }
    if (question === this.#question) this.loadingMore = false
  }

  #ask(after: string | null) {
    return this.#page(this.#view!, after, pageSize)
  }

  #start(page: Page): number {
    this.#pages = [{ after: null, start: 0 }]
    this.changing = false
    this.#takeHead(page)
    this.next = page.next
    this.fresh = new Set()
    this.#set(page.rows)
    return 0
  }

  /** Puts a newer first page in the place of the old one, and leaves the pages after it. */
  #merge(page: Page, looking: number): number {
    const before = this.#rows
    const onFirstPage = new Set(page.rows.map((row) => row.id))
    const tailStart = this.#pages[1]?.start ?? before.length
    const known = new Set(before.slice(0, tailStart + pageSize).map((row) => row.id))
    this.fresh = new Set(page.rows.filter((row) => !known.has(row.id)).map((row) => row.id))

    let rows = page.rows
    if (page.next !== null && this.#pages.length > 1) {
      // Rows pushed off the first page go on after it, ahead of the second page; rows that left the
      // list altogether are gone with the old page.
      const last = page.rows.at(-1)
      const lastWas = last ? before.findIndex((row) => row.id === last.id) : -1
      const tail = before.slice(lastWas >= 0 ? lastWas + 1 : tailStart)
      rows = page.rows.concat(tail.filter((row) => !onFirstPage.has(row.id)))
    } else {
      this.#pages.length = 1
      this.next = page.next
    }
    const longer = rows.length - before.length
    for (const loaded of this.#pages.slice(1)) loaded.start += longer
    this.#takeHead(page)
    this.#set(rows)
    return looking < tailStart ? shiftAt(looking, before, rows, tailStart + pageSize) : longer
  }

  /** Puts newer versions of rows in their places. */
  #renew(newer: Page['rows']) {
    const byId = new Map(newer.map((row) => [row.id, row]))
    this.#rows.forEach((row, index) => {
      const again = byId.get(row.id)
      if (again) this.#rows[index] = again
    })
    this.#version += 1
  }

  #takeHead(page: Page) {
    const { rows: _rows, next: _next, ...head } = page
    this.head = head
    this.readAt = Date.parse(head.read_at) || Date.now()
  }

  #clear() {
    this.head = null
    this.readAt = null
    this.next = null
    this.#set([])
  }

  #set(rows: Page['rows']) {
    this.#rows = rows
    this.#version += 1
  }
}

/**
 * By how many rows the place that is being looked at has moved: what most of the rows there say, since
 * one of them may have gone elsewhere on its own.
 */
function shiftAt(looking: number, before: readonly { id: string }[], after: readonly { id: string }[], within: number): number {
  const places = new Map(after.slice(0, within).map((row, index) => [row.id, index]))
  const votes = new Map<number, number>()
  before.slice(looking, looking + 9).forEach((row, n) => {
    const place = places.get(row.id)
    if (place === undefined) return
    const shift = place - (looking + n)
    votes.set(shift, (votes.get(shift) ?? 0) + 1)
  })
  const [most] = [...votes].sort(([, a], [, b]) => b - a)
  return most?.[0] ?? 0
}
