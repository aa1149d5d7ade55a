import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import ActionsMenu from './ActionsMenu.svelte'

const offers = [
  { action: 'suspend_account', title: 'Suspend', allowed: false, may_try: true, reason: 'You are looking read-only.' },
  { action: 'reactivate_account', title: 'Reactivate', allowed: false, may_try: false, reason: 'Not suspended.' },
  { action: 'grant_credits', title: 'Grant credits', allowed: true, may_try: true, reason: null },
  { action: 'turn_to_gold', title: 'Turn to gold', allowed: true, may_try: true, reason: null },
]

describe('the menu of actions', () => {
  it('offers what may be done or tried, by what it is about, and what is new to it last', async () => {
    const onchoose = vi.fn()
    render(ActionsMenu, { offers, elevated: false, onchoose })
    await userEvent.click(screen.getByTestId('actions'))
    expect(screen.getAllByRole('group').map((group) => group.getAttribute('aria-label'))).toEqual(['Access', 'Plan and money', 'Other'])
    await userEvent.click(screen.getByRole('menuitem', { name: 'Suspend' }))
    expect(onchoose).toHaveBeenCalledWith(offers[0])
  })

  it('says why something may not be done, to the eye and the ear, and does not do it', async () => {
    const onchoose = vi.fn()
    render(ActionsMenu, { offers, elevated: true, onchoose })
    await userEvent.click(screen.getByTestId('actions'))
    await userEvent.keyboard('{ArrowDown}')
    const greyed = screen.getByRole('menuitem', { name: 'Reactivate' })
    expect(greyed, 'the keyboard reaches it').toHaveFocus()
    expect(greyed).toHaveAttribute('aria-disabled', 'true')
    expect(greyed).toHaveAccessibleDescription('Not suspended.')
    expect(screen.getByText('Not suspended.', { selector: '.reason' })).toBeInTheDocument()
    await userEvent.keyboard('{Enter}')
    expect(onchoose).not.toHaveBeenCalled()
  })

  it('says why nothing could be asked', async () => {
    render(ActionsMenu, { offers: null, problem: 'The login is nobody of the staff.', elevated: false, onchoose: () => {} })
    await userEvent.click(screen.getByTestId('actions'))
    expect(screen.getByRole('menuitem')).toHaveTextContent('The login is nobody of the staff.')
  })
})
