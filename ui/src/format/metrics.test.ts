import { describe, expect, it } from 'vitest'

import type { Used } from '../ipc/generated/Used'
import { recorded, unrecordedSentence, usedShown } from './metrics'
import { invitesSentence, membersSentence } from './words'

const used: Used = {
  cost: { amount: '12.3456', currency: 'USD', shown: '12.35' },
  cpu_hours: null,
  gpu_hours: null,
  storage_gb: { value: '1.5', shown: '1.50', unit: 'GB-months' },
  feature_store_calls: null,
  inference_calls: null,
}

describe('measures', () => {
  it('are shown rounded, with every digit for the hover', () => {
    expect(usedShown(used, 'cost')).toEqual({ shown: '$12.35', exact: expect.stringContaining('12.3456') })
    expect(usedShown(used, 'storage_gb')).toEqual({ shown: '1.50', exact: '1.5 GB-months' })
    expect(usedShown(used, 'gpu_hours'), 'nothing recorded is no zero').toBeNull()
  })

  it('that a database does not record are left out, and a sentence says so', () => {
    expect(recorded(['gpu_hours']).map(({ value }) => value)).not.toContain('gpu_hours')
    expect(unrecordedSentence(['gpu_hours', 'inference_calls'])).toBe(
      'This database does not record GPU hours or model inference calls; nothing is shown for them.',
    )
    expect(unrecordedSentence(['clusters'])).toBeNull()
  })
})

it('says who of a team may work, and who was invited', () => {
  expect(membersSentence(4, 1)).toBe('4 active, 1 suspended')
  expect(membersSentence(4, 1, 7)).toBe('4 active, 1 suspended, 2 other')
  expect(membersSentence(0, 0)).toBe('no members')
  expect(invitesSentence(2, 1)).toBe('2 pending, 1 expired')
  expect(invitesSentence(0, 0)).toBe('')
})
