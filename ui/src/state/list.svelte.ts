// The rows of a list: pages laid end to end, kept current quietly, kept while one looks elsewhere.
//
// A screen makes one for the window, outside its component, so that coming back finds it as it was left:
//   const list = new PagedList((view: TeamsView, after, limit) => teamsPage({ ...view, after, limit }))
// and hands it to ListScreen (or ListBody, inside a panel), which asks, watches, and shows every state.

import { untrack } from 'svelte'

import { asFailure, type Failure } from '../ipc/failure'
import { freshness } from './freshness.svelte'
import { relay, shiftAt, type Laid } from './laid'

export const pageSize = 50

/** Whoever looks no further down than this page gets the list anew from its top when its first page ends elsewhere. */
const nearTheTop = 2

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
  pages: Laid<RowOf<Page>>[]
  head: HeadOf<Page>
  readAt: number | null
  next: string | null
  chosen: string | null
  scrollTop: number
}

/** So many earlier answers are kept, none of more rows than this. */
const keptAnswers = 6
const keptRows = 5000

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
  #ids = new Set<string>()
  #pages: Laid<RowOf<Page>>[] = []
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
    if (this.#key === null) return
    this.#answered.delete(this.#key)
    if (this.head === null || this.#pages.length === 0 || this.#rows.length > keptRows) return
    this.#answered.set(this.#key, {
      pages: [...this.#pages],
      head: this.head,
      readAt: this.readAt,
      next: this.next,
      chosen: this.chosen,
      scrollTop: this.scrollTop,
    })
    const [oldest] = this.#answered.keys()
    if (this.#answered.size > keptAnswers && oldest !== undefined) this.#answered.delete(oldest)
  }

  #takeBack({ pages, head, readAt, next, chosen, scrollTop }: Answered<Page>) {
    this.head = head
    this.readAt = readAt
    this.next = next
    this.chosen = chosen
    this.scrollTop = scrollTop
    this.failure = null
    this.changing = false
    this.fresh = new Set()
    this.#lay(pages)
  }

  /**
   * Reads the first page again, and what is in sight: so many rows from the one that is being looked at. Answers
   * by how many rows the list grew above that place, so that what is being read can be kept in place.
   */
  refresh(looking: number, seen = pageSize): Promise<number> {
    if (this.#inFlight) return this.#inFlight
    this.askedAt = Date.now()
    const reading = this.#refresh(looking, seen).finally(() => {
      // A read for an earlier question ends without a word about this one.
      if (this.#inFlight !== reading) return
      this.#inFlight = null
      this.askedAt = null
    })
    this.#inFlight = reading
    return reading
  }

  async #refresh(looking: number, seen: number): Promise<number> {
    const question = this.#question
    if (!this.#view) return 0
    try {
      const first = await this.#ask(null)
      if (question !== this.#question) return 0
      const place = this.#placeOf(looking)
      // Where the first page ends elsewhere, pages in between are not known any more. Far down they wait until
      // somebody looks at them.
      const stands = this.#pages.length > 1 && first.next === this.#pages[1]?.after
      const fromTheTop = place.page === 0 || (!stands && place.page <= nearTheTop)
      const at = fromTheTop ? 0 : place.page
      let end = fromTheTop ? 0 : place.start
      let next = fromTheTop ? null : this.#pages[at]!.after
      const read: Page[] = []
      do {
        const page = read.length === 0 && fromTheTop ? first : await this.#ask(next)
        if (question !== this.#question) return 0
        read.push(page)
        end += page.rows.length
        next = page.next
      } while (next !== null && end < Math.min(looking + seen, this.#rows.length))
      // All at once, so that what is being read moves only together with the scroll position.
      const grown = this.#pages.length === 0 ? this.#start(first) : this.#merge(at, read, first, stands, looking)
      this.failure = null
      // Whoever answers again answers for the next page too: it is asked for again. One that took too long would again.
      if (this.moreFailure?.code === 'unreachable') this.moreFailure = null
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

  /** The page that a row is on, and the index of that page's first row. */
  #placeOf(looking: number): { page: number; start: number } {
    let start = 0
    let page = 0
    while (page + 1 < this.#pages.length && start + this.#pages[page]!.rows.length <= looking) {
      start += this.#pages[page]!.rows.length
      page += 1
    }
    return { page, start }
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
      // One that has come down here from above is still up there, until somebody looks at it.
      const rows = page.rows.filter(({ id }) => !this.#ids.has(id) && this.#ids.add(id))
      this.#pages.push({ after, rows })
      for (const row of rows) this.#rows.push(row)
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
    this.changing = false
    this.#takeHead(page)
    this.next = page.next
    this.fresh = new Set()
    this.#lay(relay([], null, 0, [page], null).pages)
    return 0
  }

  /** Puts what was read again in its place. */
  #merge(at: number, read: readonly Page[], first: Page, stands: boolean, looking: number): number {
    const before = this.#rows
    const known = this.#ids
    const isNew = ({ id }: RowOf<Page>) => !known.has(id)
    const shown = at === 0 || stands
    this.fresh = new Set(shown ? first.rows.filter(isNew).map(({ id }) => id) : [])
    const { pages, next } = relay(this.#pages, this.next, at, read, stands ? first : null)
    this.next = next
    this.#takeHead(first)
    this.#lay(pages)
    return shiftAt(looking, before, this.#rows)
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
    this.#lay([])
  }

  #lay(pages: Laid<RowOf<Page>>[]) {
    this.#pages = pages
    this.#rows = pages.flatMap(({ rows }) => rows)
    this.#ids = new Set(this.#rows.map(({ id }) => id))
    this.#version += 1
  }
}
