// The screens there are, in the order of the navigation: their names, addresses and shortcuts. The search box,
// the shortcuts and the help sheet read this one list.

export interface Screen {
  title: string
  to: string
  /** Pressed after `g`. */
  key: string
}

export const screens: readonly Screen[] = [
  { title: 'Overview', to: '#/overview', key: 'o' },
  { title: 'Users', to: '#/users', key: 'u' },
  { title: 'Teams', to: '#/teams', key: 't' },
  { title: 'Usage', to: '#/usage', key: 'a' },
  { title: 'Credits', to: '#/credits', key: 'c' },
  { title: 'Invoices', to: '#/invoices', key: 'i' },
  { title: 'Clusters', to: '#/clusters', key: 'k' },
  { title: 'Events', to: '#/events', key: 'e' },
  { title: 'Audit', to: '#/audit', key: 'l' },
  { title: 'Schema', to: '#/schema', key: 'm' },
  { title: 'Settings', to: '#/settings', key: 's' },
]
