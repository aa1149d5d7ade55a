// Money as it is shown. Amounts arrive rounded and grouped from the core; nothing is computed here.

import type { Money } from '../ipc/generated/Money'

const symbols: Record<string, string> = { USD: '$', EUR: '€', GBP: '£' }

/** `$1,840.22`, `−€3.00`, `1,840.22 SEK`. */
export function money({ shown, currency }: Money): string {
  const symbol = symbols[currency]
  if (!symbol) return `${shown} ${currency}`.replace(/^-/, '−')
  const negative = /^[-−]/.test(shown)
  return `${negative ? '−' : ''}${symbol}${shown.replace(/^[-−]/, '')}`
}

/** `$`, `€`, or the code where there is no sign of its own. */
export function currencySign(currency: string): string {
  return symbols[currency] ?? currency
}

/** The whole truth for the hover: every digit, with its currency. */
export function exactMoney({ amount, currency }: Money): string {
  return `${amount} ${currency}`
}

/** The one currency of a column, or null when they differ (then each cell says its own). */
export function commonCurrency(amounts: Iterable<Money | null>): string | null {
  let common: string | null = null
  for (const amount of amounts) {
    if (!amount) continue
    if (common !== null && common !== amount.currency) return null
    common = amount.currency
  }
  return common
}
