import { expect, it } from 'vitest'

import { fileSize } from './size'

it('shows sizes as file managers do', () => {
  expect([0, 512, 999, 1000, 1440, 9999, 96_400_000, 999_999_999, 3.2e12].map(fileSize)).toEqual([
    '0 bytes', '512 bytes', '999 bytes', '1.0 kB', '1.4 kB', '10 kB', '96 MB', '1.0 GB', '3.2 TB',
  ])
})
