import { render, screen, waitFor } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import type { SecretKept } from '../../ipc/generated/SecretKept'
import { staff } from '../../state/staff.svelte'
import { support } from '../../test.actions'
import { coreAnswers } from '../../test.answers'
import ReplaceSecret from './ReplaceSecret.svelte'

const kubeconfig = { kind: 'kubeconfig', name: 'Kubeconfig', severity: 'ok', word: 'sealed', sentence: null, sealed_at: null, sealed_by: null } satisfies SecretKept
const told = 'What this kubeconfig opens is another Kubernetes than north was seen with within the last hour.'
const recipients = () => ({ source: 'console.recipients', read_at: new Date().toISOString(), as_of: null, data: null, lacking: null })

describe('replacing a kubeconfig', () => {
  it('tells what speaks against it, and keeps it only once that very one is confirmed', async () => {
    const asked = coreAnswers({
      who_is_there: () => support(600, { group: 'admin' }),
      recipients,
      replace_cluster_secret: ({ despite }) => (despite === null ? told : null),
    })
    const replaced = () => asked.filter(({ command }) => command === 'replace_cluster_secret').map(({ args }) => [args.secret, args.despite])
    await staff.look()
    const [onclose, ondone] = [vi.fn(), vi.fn()]
    render(ReplaceSecret, { id: 'c1', name: 'north', of: kubeconfig, onclose, ondone })
    const button = screen.getByRole('button', { name: 'Try it and seal it' })
    await userEvent.type(screen.getByRole('textbox', { name: 'Kubeconfig' }), 'the first')
    expect(screen.queryByRole('checkbox'), 'nothing is confirmed before it is told').toBeNull()
    await userEvent.type(screen.getByRole('textbox', { name: 'Reason' }), 'it was the wrong one{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent(`${told} Nothing was kept.`)
    expect(button).toBeDisabled()
    expect(screen.getByRole('checkbox'), 'whoever goes on is led there').toHaveFocus()
    await userEvent.click(screen.getByRole('checkbox', { name: 'This is the Kubernetes of north all the same' }))
    expect(button).toBeEnabled()

    // Whoever comes back to the same by typing stays where they type.
    const box = screen.getByRole('textbox', { name: 'Kubeconfig' })
    await userEvent.type(box, 'x')
    expect(screen.queryByRole('checkbox')).toBeNull()
    await userEvent.type(box, '{Backspace}')
    expect(screen.getByRole('checkbox')).toBeChecked()
    expect(box).toHaveFocus()

    // Another one is told anew.
    await userEvent.type(screen.getByRole('textbox', { name: 'Kubeconfig' }), ' but one')
    expect(screen.queryByRole('checkbox')).toBeNull()
    expect(screen.queryByRole('alert'), 'what was said of the other one').toBeNull()
    await userEvent.click(button)
    expect(await screen.findByRole('alert')).toHaveTextContent(told)
    await userEvent.click(await screen.findByRole('checkbox'))
    expect(ondone).not.toHaveBeenCalled()
    await userEvent.click(button)
    await waitFor(() => expect(ondone).toHaveBeenCalledOnce())
    expect(onclose).toHaveBeenCalledOnce()
    expect(replaced()).toEqual([['the first', null], ['the first but one', null], ['the first but one', told]])
  })
})
