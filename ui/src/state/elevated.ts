// Doing what only an elevated person may, after raising them where they are not yet.

import { asFailure } from '../ipc/failure'
import { staff } from './staff.svelte'

/** Does it; answers why it was refused, null when it was done. */
export async function elevated(reason: string, minutes: number, act: () => Promise<void>): Promise<string | null> {
  try {
    if (!staff.elevated) await staff.elevate(reason, minutes)
    await act()
    return null
  } catch (thrown) {
    const failure = asFailure(thrown)
    if (failure.code === 'not_elevated') await staff.look()
    return failure.message
  }
}
