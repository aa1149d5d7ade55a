import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import type { KeychainItem } from '../../ipc/generated/KeychainItem'
import { coreAnswers, pending } from '../../test.answers'
import Keychain from './Keychain.svelte'

it('does not say that it holds nothing before anybody has looked', async () => {
  const items = pending<KeychainItem[]>()
  coreAnswers({ keychain_status: () => ({ available: true, name: 'Secret Service', sentence: null }) as never, keychain_items: () => items.promise })
  render(Keychain)
  expect(await screen.findByText('Reading what it holds …')).toBeInTheDocument()
  expect(screen.queryByText(/holds nothing/)).toBeNull()
  items.give([])
  expect(await screen.findByText('Secret Service holds nothing of Hopsdesk.')).toBeInTheDocument()
})
