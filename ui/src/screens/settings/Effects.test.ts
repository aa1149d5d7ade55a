import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import type { EffectSwitches } from '../../ipc/generated/EffectSwitches'
import { staff } from '../../state/staff.svelte'
import { support } from '../../test.actions'
import { coreAnswers, failure } from '../../test.answers'
import Effects from './Effects.svelte'

const switches: EffectSwitches = {
  switches: [{ effect: 'hopsworks_status', cluster: null, mode: 'shadow', set_by: 'hopsdesk_owner', set_at: '2026-11-20T10:00:00Z' }],
  clusters: [{ id: 'c1', name: 'eu-west-1' }],
}
const panel = () => ({ source: 'console.effects', read_at: new Date().toISOString(), as_of: null, data: switches, lacking: null })

describe('the switches of effects', () => {
  it('are switched by an admin, on one cluster, with a reason and the time to write', async () => {
    const admin = support(0, { group: 'admin' })
    const asked = coreAnswers({ who_is_there: () => admin, elevate: () => support(600, { group: 'admin' }), effects: panel, set_effect: () => null })
    await staff.look()
    render(Effects)
    expect(await screen.findByText('hopsdesk_owner')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Switch …' }))
    const dialog = within(screen.getByRole('dialog', { name: 'Switch Hopsworks status' }))
    expect(dialog.getByRole('button', { name: 'Switch it shadow' }), 'nothing would change').toBeDisabled()
    await userEvent.click(dialog.getByRole('radio', { name: 'live' }))
    await userEvent.click(dialog.getByRole('button', { name: 'Where: everywhere else' }))
    await userEvent.click(dialog.getByRole('menuitemradio', { name: 'eu-west-1' }))
    await userEvent.type(dialog.getByRole('textbox', { name: 'Reason' }), 'taking over{Enter}')
    await waitFor(() => expect(asked.find(({ command }) => command === 'set_effect')?.args).toEqual({ order: { effect: 'hopsworks_status', cluster: 'c1', mode: 'live', reason: 'taking over' } }))
    expect(asked.find(({ command }) => command === 'elevate')?.args).toEqual({ reason: 'taking over', minutes: 15 })
  })

  it('cannot be switched by others, and a refusal is said in the dialog', async () => {
    coreAnswers({ who_is_there: () => support(600), effects: panel })
    await staff.look()
    const { unmount } = render(Effects)
    expect(await screen.findByRole('button', { name: 'Switch …' })).toBeDisabled()
    unmount()
    coreAnswers({ who_is_there: () => support(600, { group: 'admin' }), effects: panel, set_effect: () => Promise.reject(failure('There is no such cluster.', 'not_found')) })
    await staff.look()
    render(Effects)
    await userEvent.click(await screen.findByRole('button', { name: 'Switch …' }))
    await userEvent.click(screen.getByRole('radio', { name: 'off' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'taking over{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('There is no such cluster.')
  })
})
