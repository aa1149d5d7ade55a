// The pages looked at last, to come back to from the search box. Only their addresses outlive the window: what
// somebody is called is asked again.

import { search } from '../ipc/commands'
import { remember, remembered } from './remembered'
import { address, parseRoute, type Route } from './routes'

const most = 8

/** The screens that show one thing, and what that is. */
const kinds = { user: 'user', team: 'team', cluster: 'cluster', invoice: 'invoice' } as const
type Kind = (typeof kinds)[keyof typeof kinds]

export interface RecentPlace {
  address: string
  title: string
  kind: Kind
}

function kindOf(route: Route): Kind | null {
  return (kinds as Partial<Record<string, Kind>>)[route.screen] ?? null
}

/** The last part of an address: the id of what it shows. */
function idOf(to: string): string {
  return decodeURIComponent(to.split('?')[0]!.split('/').at(-1) ?? '')
}

class Recent {
  #workspace = ''
  #addresses = $state.raw<readonly string[]>([])
  #titles = $state.raw<Readonly<Record<string, string>>>({})

  /** The pages whose names are known, the last one first, without the one that is shown. */
  get places(): RecentPlace[] {
    return this.#addresses.flatMap((to) => {
      const route = parseRoute(to)
      const kind = route && kindOf(route)
      const title = this.#titles[to]
      return kind && title ? [{ address: to, title, kind }] : []
    })
  }

  /** Somebody is at this place of this workspace. */
  visit(workspace: string, route: Route) {
    if (workspace !== this.#workspace) {
      this.#workspace = workspace
      this.#titles = {}
      this.#addresses = (remembered(`recent.${workspace}`) ?? '').split('\n').filter((to) => parseRoute(to))
    }
    if (!kindOf(route)) return
    const here = address(route).split('?')[0]!
    if (this.#addresses[0] === here) return
    this.#addresses = [here, ...this.#addresses.filter((to) => to !== here)].slice(0, most)
    remember(`recent.${workspace}`, this.#addresses.join('\n'))
  }

  /** Asks what the pages are called whose names are not known yet. */
  async name() {
    const workspace = this.#workspace
    const unknown = this.#addresses.filter((to) => this.#titles[to] === undefined)
    const names = await Promise.all(
      unknown.map(async (to) => {
        try {
          const hit = (await search(idOf(to))).hits[0]
          return [to, hit?.exact ? titleOf(hit) : ''] as const
        } catch {
          // Asked again the next time.
          return null
        }
      }),
    )
    if (workspace !== this.#workspace) return
    this.#titles = { ...this.#titles, ...Object.fromEntries(names.filter((name) => name !== null)) }
  }
}

function titleOf(hit: Awaited<ReturnType<typeof search>>['hits'][number]): string {
  switch (hit.kind) {
    case 'user':
      return hit.name ?? hit.email
    case 'team':
      return hit.title
    case 'invoice':
      return hit.number ?? hit.id
    case 'cluster':
    case 'project':
      return hit.name
  }
}

export const recent = new Recent()
