// What the row of key figures says of the numbers behind it.

import { exactMoney, money } from '../../format/money'
import { grouped } from '../../format/number'
import { counted } from '../../format/words'
import type { Direction } from '../../ipc/generated/Direction'
import type { OverviewFigures } from '../../ipc/generated/OverviewFigures'

export interface Row {
  name: string
  value: string
  /** Every digit, for the hover. */
  title: string
  note: string
  tone: 'ok' | 'bad' | 'muted'
}

const tones: Record<Direction, Row['tone']> = { up: 'ok', down: 'bad', flat: 'muted', unknown: 'muted' }

/** Five figures, in the order in which they stand; what the service does not record is said in place of one. */
export function rows(figures: OverviewFigures): Row[] {
  const { accounts, accounts_new, active, active_share, cost, cost_change, cpu, cpu_change, credits, invoices } = figures
  const list: Row[] = []
  const add = (name: string, value: string, note: string, tone: Row['tone'] = 'muted', title = value) =>
    list.push({ name, value, title, note, tone })
  const missing = (name: string) => add(name, '—', 'not recorded here')

  if (accounts_new) add('Accounts', grouped(accounts), `+${grouped(accounts_new)} this month`, 'ok')
  else add('Accounts', grouped(accounts), 'none new this month')

  add('Active, 30 days', grouped(active), active_share ?? '')

  if (cost) {
    const note = cost_change.shown ? `${cost_change.shown} on ${figures.days_before}` : `nothing on ${figures.days_before}`
    add(`Usage cost, ${figures.days}`, money(cost), note, tones[cost_change.direction], exactMoney(cost))
  } else if (cpu) {
    add(`CPU hours, ${figures.days}`, cpu.shown, cpu_change.shown ? `${cpu_change.shown} on ${figures.days_before}` : '')
  } else missing('Usage cost')

  if (credits) {
    const { balance, running_out } = credits
    const note = `${running_out || 'none'} run out within 7 days`
    add('Credits outstanding', money(balance), note, running_out ? 'bad' : 'muted', exactMoney(balance))
  } else missing('Credits outstanding')

  if (invoices) {
    const { amount, overdue, oldest_days } = invoices
    const oldest = oldest_days === null ? '' : `, oldest ${counted(oldest_days, 'day')}`
    const note = overdue ? `${overdue} overdue${oldest}` : 'none overdue'
    add('Open invoices', money(amount), note, overdue ? 'bad' : 'muted', exactMoney(amount))
  } else missing('Open invoices')

  return list
}
