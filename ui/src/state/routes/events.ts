// The addresses of the Events list and of one event.

import type { EventsQuery } from '../../ipc/generated/EventsQuery'
import type { EventState } from '../../ipc/generated/EventState'
import type { EventSystem } from '../../ipc/generated/EventSystem'
import type { EventWay } from '../../ipc/generated/EventWay'
import { isPath, query, several, type Place } from './place'

/** What the Events list shows: always the newest first. */
export interface EventsView {
  filter: EventsQuery
  sort: 'at'
  descending: true
}

export interface EventsRoute {
  screen: 'events'
  view: EventsView
}

export interface EventRoute {
  screen: 'event'
  id: string
}

const ways: EventWay[] = ['in', 'out']
const states: EventState[] = ['dead', 'conflict', 'pending', 'done', 'shadow', 'cancelled']
const systems: EventSystem[] = ['auth0', 'stripe', 'hopsworks', 'supabase_auth']

export const anyEvent: EventsQuery = { text: null, ways: [], states: [], systems: [] }

export const events: Place<EventsRoute> = {
  parse(path, params) {
    if (!isPath(path, 'events')) return null
    const filter = {
      text: params.get('q') || null,
      ways: several(params.get('way'), ways),
      states: several(params.get('state'), states),
      systems: several(params.get('system'), systems),
    }
    return { screen: 'events', view: { filter, sort: 'at', descending: true } }
  },
  format({ view: { filter } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    if (filter.ways.length) params.set('way', filter.ways.join(','))
    if (filter.states.length) params.set('state', filter.states.join(','))
    if (filter.systems.length) params.set('system', filter.systems.join(','))
    return `#/events${query(params)}`
  },
}

export const toEventsWith = (filter: Partial<EventsQuery>) =>
  events.format({ screen: 'events', view: { filter: { ...anyEvent, ...filter }, sort: 'at', descending: true } })

export const toEvents = toEventsWith({})

export const toEvent = (id: string) => `#/events/${id}`

export const event: Place<EventRoute> = {
  parse: ([folder, id, ...rest]) =>
    folder === 'events' && id && /^(in|out)-\d{1,18}$/.test(id) && !rest.length ? { screen: 'event', id } : null,
  format: ({ id }) => toEvent(id),
}
