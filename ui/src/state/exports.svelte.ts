// Lists being written to files by the core: how far each is, asked for while one runs.

import { dismissExport, exportList, exports as askExports, openExport, saveChart } from '../ipc/commands'
import { asFailure } from '../ipc/failure'
import type { Export } from '../ipc/generated/Export'
import type { ExportFormat } from '../ipc/generated/ExportFormat'
import type { ExportList } from '../ipc/generated/ExportList'
import type { ExportOpening } from '../ipc/generated/ExportOpening'
import type { Metric } from '../ipc/generated/Metric'
import type { PictureOrder } from '../ipc/generated/PictureOrder'
import type { PictureSubject } from '../ipc/generated/PictureSubject'
import type { Zone } from '../ipc/generated/Zone'
import { toasts } from './toasts.svelte'

const every = 300

/** What a chart can be saved as. */
export type SavedAs = 'png' | ExportFormat

/** In the place of a page: an export begins at the first row and has no limit. */
export const wholeList = { after: null, limit: 1 }

/** The person's own time zone, for the file to say when it was read. */
export function ownZone(now = new Date()): Zone {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return { name, offset_minutes: 0 - now.getTimezoneOffset() }
}

export class Exports {
  /** The newest first. */
  all = $state.raw<readonly Export[]>([])
  #timer: ReturnType<typeof setTimeout> | undefined
  #looking = false
  /** Asked for while a look was under way, whose answer may be from before. */
  #again = false

  /** Begins to write a list to a file. */
  begin = (list: ExportList, format: ExportFormat) =>
    this.#tried(() => exportList({ list, format, zone: ownZone() }))

  /** Saves a chart as PNG. */
  picture = (order: Omit<PictureOrder, 'zone'>) => this.#tried(() => saveChart({ ...order, zone: ownZone() }))

  /** Saves a chart of the days up to today: as a picture, or its days with every measure as a list. */
  chart = (subject: PictureSubject, { metric, days }: { metric: Metric; days: number }, as: SavedAs) =>
    as === 'png'
      ? this.picture({ chart: { chart: 'days', subject, days }, metric })
      : this.begin({ list: 'usage_by_day', subject, days }, as)

  /** Ends an export that runs; takes one that has ended out of sight. */
  dismiss = (id: number) => this.#tried(() => dismissExport(id))

  open = (id: number, what: ExportOpening) => this.#tried(() => openExport(id, what))

  /** Looks at once, and again while one runs. */
  async look() {
    this.#again = this.#looking
    if (this.#looking) return
    this.#looking = true
    clearTimeout(this.#timer)
    do {
      this.#again = false
      try {
        this.all = await askExports()
      } catch {
        // The next look may tell; what is shown stays.
      }
    } while (this.#again)
    this.#looking = false
    const running = this.all.some(({ state }) => state.state === 'running')
    if (running) this.#timer = setTimeout(() => void this.look(), every)
  }

  async #tried(what: () => Promise<unknown>) {
    try {
      await what()
    } catch (thrown) {
      toasts.say(asFailure(thrown).message, 'bad')
    }
    await this.look()
  }
}

export const exports = new Exports()
