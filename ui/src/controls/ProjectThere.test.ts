import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'

import ProjectThere from './ProjectThere.svelte'

const quota = (name: string, shown: string, percent: number | null) => ({ name, shown, percent })

it('says who made a project, and the quota that is fullest', () => {
  const quotas = [quota('files', '1 GiB, no limit', null), quota('Hive', '45 GiB of 50 GiB', 90), quota('jobs', '2 CPU hours of 277 CPU hours', 0)]
  render(ProjectThere, { there: { at: '2026-11-20T12:00:00Z', creator: 'ada@firm.example', quotas, unknown: null } })
  const line = screen.getByTestId('project-there')
  expect(line).toHaveTextContent('by ada@firm.example · Hive 45 GiB of 50 GiB (90 %)')
  expect(line).toHaveAttribute('title', 'files: 1 GiB, no limit\nHive: 45 GiB of 50 GiB\njobs: 2 CPU hours of 277 CPU hours')
})

it('says why it is not known', () => {
  render(ProjectThere, { there: { at: null, creator: null, quotas: [], unknown: 'its list was not read' } })
  expect(screen.getByTestId('project-there')).toHaveTextContent('its list was not read')
})
