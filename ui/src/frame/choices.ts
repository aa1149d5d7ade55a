// What the search box offers for what was found: where it leads, how it is called, in which group it stands.

import { counted, statusOf } from '../format/words'
import type { QueryCompletion } from '../ipc/generated/QueryCompletion'
import type { SearchHit } from '../ipc/generated/SearchHit'
import { parseRoute, toUser, toUsersWith } from '../state/routes'
import { screens } from '../state/screens'

export type ChoiceKind = 'screen' | 'user' | 'team' | 'cluster' | 'project' | 'invoice' | 'list' | 'complete' | 'command'

export interface Choice {
  /** Unique in the list. */
  key: string
  kind: ChoiceKind
  title: string
  detail: string
  group: string
  /** The address it leads to. */
  to?: string
  /** The text it puts in the box. */
  text?: string
  /** What it does, where it leads nowhere. */
  act?: () => void
}

/** Something to do that is no place, such as opening the help sheet. */
export interface Command {
  title: string
  /** Words it is found by, besides the beginning of its title. */
  also?: string
  detail?: string
  act: () => void
}

/** Screens come with versions: the first of these addresses that this one has. */
export function leading(...addresses: (string | null)[]): string | undefined {
  return addresses.find((address): address is string => address !== null && parseRoute(address) !== null)
}

const part = encodeURIComponent

const joined = (...details: (string | null | undefined)[]) => details.filter(Boolean).join(' · ')

export function ofHit(hit: SearchHit): Choice {
  const group = hit.exact ? 'Exactly' : groupOf[hit.kind]
  const { by } = hit
  switch (hit.kind) {
    case 'user':
      return {
        key: `user ${hit.id}`,
        kind: 'user',
        group,
        to: toUser(hit.id),
        title: hit.name ?? hit.email,
        detail: joined(by, hit.name ? hit.email : null, hit.status === 'active' ? null : statusOf(hit)),
      }
    case 'team':
      return {
        key: `team ${hit.owner_id}`,
        kind: 'team',
        group,
        to: leading(`#/teams/${part(hit.owner_id)}`, toUser(hit.owner_id)),
        title: hit.title,
        detail: joined(by, hit.owner === hit.title ? 'team' : `team of ${hit.owner}`, counted(hit.members, 'member')),
      }
    case 'cluster':
      return {
        key: `cluster ${hit.id}`,
        kind: 'cluster',
        group,
        to: leading(`#/clusters/${part(hit.id)}`, toUsersWith({ cluster: hit.id })),
        title: hit.name,
        detail: joined(by, hit.region, hit.status),
      }
    case 'project':
      return {
        key: `project ${hit.cluster} ${hit.namespace ?? hit.name} ${hit.user_id}`,
        kind: 'project',
        group,
        to: toUser(hit.user_id),
        title: hit.name,
        detail: joined(by, `project of ${hit.user ?? hit.user_id}`, hit.cluster),
      }
    case 'invoice':
      return {
        key: `invoice ${hit.origin} ${hit.id}`,
        kind: 'invoice',
        group,
        to: leading(`#/invoices/${part(hit.origin)}/${part(hit.id)}`, hit.user_id && toUser(hit.user_id)),
        title: hit.number ?? hit.id,
        detail: joined(by, hit.user, hit.status),
      }
  }
}

const groupOf: Record<SearchHit['kind'], string> = {
  user: 'Users',
  team: 'Teams',
  cluster: 'Clusters',
  project: 'Projects',
  invoice: 'Invoices',
}

/** Screens whose name, or a word of it, begins with the text. */
export function ofScreens(text: string): Choice[] {
  const wanted = text.toLowerCase()
  return screens
    .filter((screen) => leading(screen.to) && screen.title.toLowerCase().split(' ').some((word) => word.startsWith(wanted)))
    .map((screen) => ({ key: `screen ${screen.to}`, kind: 'screen', group: 'Screens', title: screen.title, detail: '', to: screen.to }))
}

export function ofCommands(text: string, commands: readonly Command[]): Choice[] {
  const wanted = text.toLowerCase()
  const fits = ({ title, also = '' }: Command) =>
    [title, ...also.split(' ')].some((words) => words.toLowerCase().startsWith(wanted))
  return commands.filter(fits).map(({ title, detail, act }) => ({
    key: `command ${title}`,
    kind: 'command',
    group: 'Commands',
    title,
    detail: detail ?? '',
    act,
  }))
}

export function ofCompletion(completion: QueryCompletion): Choice {
  return {
    key: `complete ${completion.whole}`,
    kind: 'complete',
    group: 'Filter users',
    title: completion.whole.trim(),
    detail: completion.about,
    text: completion.whole,
  }
}
