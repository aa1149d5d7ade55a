// Light or dark: the system's choice unless the person made one.

import type { Theme } from '../ipc/generated/Theme'
import { remember, remembered } from './remembered'

export type ThemeChoice = 'system' | 'light' | 'dark'

const choices: readonly string[] = ['system', 'light', 'dark']

class ThemeState {
  choice = $state<ThemeChoice>('system')
  #systemIsDark = $state(false)

  /** What the core draws charts for. */
  get shown(): Theme {
    if (this.choice !== 'system') return this.choice
    return this.#systemIsDark ? 'dark' : 'light'
  }

  start() {
    const saved = remembered('theme')
    if (saved && choices.includes(saved)) this.choice = saved as ThemeChoice
    const system = window.matchMedia?.('(prefers-color-scheme: dark)')
    if (system) {
      this.#systemIsDark = system.matches
      system.addEventListener('change', (event) => (this.#systemIsDark = event.matches))
    }
    this.#apply()
  }

  choose(choice: ThemeChoice) {
    this.choice = choice
    remember('theme', choice)
    this.#apply()
  }

  #apply() {
    const root = document.documentElement
    if (this.choice === 'system') delete root.dataset.theme
    else root.dataset.theme = this.choice
  }
}

export const theme = new ThemeState()
