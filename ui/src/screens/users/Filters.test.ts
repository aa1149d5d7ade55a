import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import type { UsersFilter } from '../../ipc/generated/UsersFilter'
import { anyone } from '../../state/routes'
import Filters from './Filters.svelte'

function shown(filter: Partial<UsersFilter> = {}, lacking: string[] = [], unread = false, meant: string[] = []) {
  const onchange = vi.fn<(filter: UsersFilter) => void>()
  const ondown = vi.fn()
  const clusters = [
    { id: 'c1', name: 'eu-west-1' },
    { id: 'c2', name: 'us-east-1' },
  ]
  const facets = { data: unread ? undefined : { clusters }, failure: null }
  const { rerender } = render(Filters, { filter: { ...anyone, ...filter }, facets, meant, lacking, onchange, ondown })
  return { onchange, ondown, rerender }
}

const text = () => screen.getByRole('combobox', { name: 'Filter by name, e-mail or id' })

describe('the filters of the Users list', () => {
  it('wait for a pause in typing, and leave spaces at the ends out', async () => {
    const { onchange } = shown()
    await userEvent.type(text(), ' olu ')
    expect(onchange).not.toHaveBeenCalled()
    await waitFor(() => expect(onchange).toHaveBeenCalledTimes(1))
    expect(onchange).toHaveBeenCalledWith({ ...anyone, text: 'olu' })
  })

  it('take several statuses, in the order of the list', async () => {
    const { onchange } = shown({ statuses: ['suspended'] })
    await userEvent.click(screen.getByRole('button', { name: /^Status: suspended/ }))
    await userEvent.click(await screen.findByRole('checkbox', { name: 'active' }))
    expect(onchange).toHaveBeenLastCalledWith({ ...anyone, statuses: ['active', 'suspended'] })
  })

  it('show every bound that was led here, and take it away again', async () => {
    const { onchange } = shown({ cost_over: '100', never_seen: true })
    expect(screen.getByRole('button', { name: 'Clear filter: Never seen' })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Clear filter: Cost over $100' }))
    expect(onchange).toHaveBeenLastCalledWith({ ...anyone, never_seen: true })
  })

  it('say that the clusters are not read yet, not that there are none', async () => {
    shown({}, [], true)
    await userEvent.click(screen.getByRole('button', { name: 'Cluster' }))
    expect(await screen.findByText('Reading the choices …')).toBeTruthy()
    expect(screen.queryByText('None to choose from.')).toBeNull()
  })

  it('keep what is half typed when the list is sorted or asked for anew', async () => {
    const { rerender } = shown()
    await userEvent.type(text(), 'plan:')
    await rerender({ filter: { ...anyone } })
    expect(text()).toHaveValue('plan:')
    await rerender({ filter: { ...anyone, text: 'olu' } })
    expect(text(), 'what came from elsewhere replaces it').toHaveValue('olu')
  })

  it('name the clusters that a text means, and all of them on hover', () => {
    shown({ text: 'cluster:eu' }, [], false, ['c1'])
    expect(screen.getByText(/^Users of/)).toHaveTextContent(/^Users of eu-west-1$/)
    shown({ text: 'cluster:1' }, [], false, ['c1', 'c2', 'c3'])
    const several = screen.getByText(/^Users of 3 clusters:/)
    expect(several).toHaveTextContent('Users of 3 clusters: eu-west-1, us-east-1, c3')
    expect(several.title, 'an id where no name is read yet').toBe('eu-west-1, us-east-1, c3')
  })

  it('do not say twice which cluster was chosen', () => {
    shown({ text: 'ada', cluster: 'c1' }, [], false, ['c1'])
    expect(screen.queryByText(/^Users of/)).toBeNull()
  })

  it('take one cluster, by its id', async () => {
    const { onchange } = shown()
    await userEvent.click(screen.getByRole('button', { name: 'Cluster' }))
    await userEvent.click(await screen.findByRole('radio', { name: 'us-east-1' }))
    expect(onchange).toHaveBeenLastCalledWith({ ...anyone, cluster: 'c2' })
  })

  it('do not lose a text that is still being typed when a chip is chosen', async () => {
    const { onchange } = shown()
    await userEvent.type(text(), 'ol')
    await userEvent.click(screen.getByRole('button', { name: 'Plan' }))
    await userEvent.click(await screen.findByRole('checkbox', { name: 'prepaid' }))
    expect(onchange.mock.lastCall?.[0]).toEqual({ ...anyone, text: 'ol', plans: ['prepaid'] })
  })

  it('show the concern that led here, and let it be removed', async () => {
    const { onchange } = shown({ concern: 'credits_low', plans: ['prepaid'] })
    await userEvent.click(screen.getByRole('button', { name: 'Clear filter: credits run out within 7 days' }))
    expect(onchange).toHaveBeenLastCalledWith({ ...anyone, plans: ['prepaid'] })
  })

  it('clear one chip, or all of them', async () => {
    const { onchange } = shown({ plans: ['free'], statuses: ['active'] })
    await userEvent.click(screen.getByRole('button', { name: 'Clear filter Plan' }))
    expect(onchange).toHaveBeenLastCalledWith({ ...anyone, statuses: ['active'] })
    await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }))
    expect(onchange).toHaveBeenLastCalledWith(anyone)
  })

  it('keep the focus when the button that cleared one goes away', async () => {
    shown({ statuses: ['active'], concern: 'no_seat' })
    await userEvent.click(screen.getByRole('button', { name: 'Clear filter Status' }))
    expect(screen.getByRole('button', { name: /^Status/ })).toHaveFocus()
    await userEvent.click(screen.getByRole('button', { name: 'Clear filter: no seat on a cluster' }))
    expect(text()).toHaveFocus()
  })

  it('offer nothing that this database has no data for', () => {
    shown({}, ['plan', 'cluster'])
    expect(screen.queryByRole('button', { name: 'Plan' })).not.toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Status' })).toBeInTheDocument()
  })

  it('answer to “/” from anywhere, and lead into the rows with ↓', async () => {
    const { ondown } = shown()
    await userEvent.keyboard('/')
    expect(text()).toHaveFocus()
    expect(text()).toHaveValue('')
    await userEvent.keyboard('{ArrowDown}')
    expect(ondown).toHaveBeenCalled()
  })
})
