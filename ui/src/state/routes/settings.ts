// The address of Settings.

import { isPath, type Place } from './place'

export interface SettingsRoute {
  screen: 'settings'
}

export const toSettings = '#/settings'

export const settings: Place<SettingsRoute> = {
  parse: (path) => (isPath(path, 'settings') ? { screen: 'settings' } : null),
  format: () => toSettings,
}
