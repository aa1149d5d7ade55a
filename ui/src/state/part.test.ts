import { expect, it } from 'vitest'

import { pending } from '../test.answers'
import { Part } from './part.svelte'

it('is read once, however often it is wanted', async () => {
  const script = pending<string>()
  let reads = 0
  const part = new Part(() => {
    reads += 1
    return script.promise
  })
  const both = Promise.all([part.want(), part.want()])
  expect(part.here).toBeNull()
  script.give('here')
  await both
  await part.want()
  expect([part.here, reads]).toEqual(['here', 1])
})

it('says that it could not be read, and is read when it is wanted again', async () => {
  let there = false
  const part = new Part(() => (there ? Promise.resolve('here') : Promise.reject(new TypeError('Importing a module script failed.'))))
  await part.want()
  expect(part.failure?.message).toBe('This part of the window could not be read.')
  there = true
  part.again()
  expect(part.failure, 'it is being tried').toBeNull()
  await part.want()
  expect([part.here, part.failure]).toEqual(['here', null])
})

it('knows no failure while it is read again, and a second one is another', async () => {
  const part = new Part(() => Promise.reject(new TypeError('Importing a module script failed.')))
  await part.want()
  const first = part.failure
  const again = part.want()
  expect(part.failure, 'it is being tried').toBeNull()
  await again
  expect(part.failure).toEqual(first)
  expect(part.failure).not.toBe(first)
})
