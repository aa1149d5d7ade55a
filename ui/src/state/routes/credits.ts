// The addresses of the Credits list and of one account's ledger.

import type { CreditsFilter } from '../../ipc/generated/CreditsFilter'
import type { CreditsSort } from '../../ipc/generated/CreditsSort'
import { isPath, one, query, type Place } from './place'

/** What the Credits list shows. */
export interface CreditsView {
  filter: CreditsFilter
  sort: CreditsSort
  descending: boolean
}

export interface CreditsRoute {
  screen: 'credits'
  view: CreditsView
}

export interface CreditAccountRoute {
  screen: 'credit_account'
  id: string
}

export const anyCredits: CreditsFilter = { text: null, low: false, negative: false, prepaid: false }

export const soonestOut: CreditsView = { filter: anyCredits, sort: 'runs_out', descending: false }

const sorts: CreditsSort[] = ['runs_out', 'balance', 'name', 'last_purchase']

/** Which way a column sorts when it is chosen: who needs looking at comes first. */
export const creditsDescendFirst = (sort: CreditsSort) => sort === 'last_purchase'

export const credits: Place<CreditsRoute> = {
  parse(path, params) {
    if (!isPath(path, 'credits')) return null
    const sort = one(params.get('sort'), sorts) ?? soonestOut.sort
    return {
      screen: 'credits',
      view: {
        filter: {
          text: params.get('q') || null,
          low: params.has('low'),
          negative: params.has('negative'),
          prepaid: params.has('prepaid'),
        },
        sort,
        descending: params.has('dir') ? params.get('dir') === 'desc' : creditsDescendFirst(sort),
      },
    }
  },
  format({ view: { filter, sort, descending } }) {
    const params = new URLSearchParams()
    if (filter.text) params.set('q', filter.text)
    for (const flag of ['low', 'negative', 'prepaid'] as const) if (filter[flag]) params.set(flag, '1')
    if (sort !== soonestOut.sort) params.set('sort', sort)
    if (descending !== creditsDescendFirst(sort)) params.set('dir', descending ? 'desc' : 'asc')
    return `#/credits${query(params)}`
  },
}

export const toCreditAccount = (id: string) => `#/credits/${encodeURIComponent(id)}`

export const creditAccount: Place<CreditAccountRoute> = {
  parse: ([folder, id, ...rest]) =>
    folder === 'credits' && id && !rest.length ? { screen: 'credit_account', id } : null,
  format: ({ id }) => toCreditAccount(id),
}

export const toCredits = credits.format({ screen: 'credits', view: soonestOut })

/** The Credits list with some of the filter set, the rest open. */
export const toCreditsWith = (filter: Partial<CreditsFilter>) =>
  credits.format({ screen: 'credits', view: { ...soonestOut, filter: { ...anyCredits, ...filter } } })
