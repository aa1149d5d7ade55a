import { createRawSnippet, tick } from 'svelte'
import { render, screen, waitFor } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { Session } from '../ipc/generated/Session'
import { support } from '../test.actions'
import { coreAnswers } from '../test.answers'
import Frame from './Frame.svelte'

const session = (id: string): Session => ({
  workspace: { id, name: id, kind: 'sandbox', address: '', login: 'sam', open: true, expiring: null } as unknown as Session['workspace'],
  state: { state: 'ready', product: 'managed Hopsworks', login: 'sam', lacks: [], signed_in: null },
  version: '0.1.0',
})

it('goes on with what it knows of a workspace while the session is asked for again', async () => {
  const now = new Date().toISOString()
  const asked = coreAnswers({
    who_is_there: () => support(),
    alerts: () => ({ read_at: now, looked_at: now, open: [], resolved: [] }),
    bulks_left: () => [],
  })
  const count = (command: string) => asked.filter((one) => one.command === command).length
  const children = createRawSnippet(() => ({ render: () => '<h1>Here</h1>' }))
  const { rerender } = render(Frame, { session: session('one'), children })
  await waitFor(() => expect(screen.getByTestId('staff')).toHaveTextContent('Read-only'))
  await waitFor(() => expect(count('alerts')).toBe(1))
  await rerender({ session: session('one'), children })
  await tick()
  expect([count('who_is_there'), count('alerts')], 'nothing is begun anew').toEqual([1, 1])
  await rerender({ session: session('two'), children })
  await waitFor(() => expect([count('who_is_there'), count('alerts')]).toEqual([2, 2]))
})
