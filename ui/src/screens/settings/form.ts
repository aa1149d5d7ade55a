// The form that adds a database: what is typed, and what of it is sent.

import type { WorkspaceForm } from '../../ipc/generated/WorkspaceForm'
import type { WorkspaceKind } from '../../ipc/generated/WorkspaceKind'

export interface Typed {
  name: string
  kind: WorkspaceKind
  url: string
  password: string
  caFile: string
  /** How one comes in: with the password of a login, or with the one-time code of somebody new. */
  by: 'password' | 'code'
  code: string
  auth0Domain: string
  auth0ClientId: string
  auth0Audience: string
}

export const blank = (): Typed => ({
  name: '',
  kind: 'staging',
  url: '',
  password: '',
  caFile: '',
  by: 'password',
  code: '',
  auth0Domain: '',
  auth0ClientId: '',
  auth0Audience: '',
})

export interface Problems {
  name?: string
  url?: string
  code?: string
  auth0Domain?: string
}

/** What is plainly wrong before the core is asked; the core judges the rest. */
export function problems(typed: Typed, adding: boolean): Problems {
  const found: Problems = {}
  if (adding && !typed.name.trim()) found.name = 'Give it a name; it is shown on every page.'
  if (!typed.url.trim()) found.url = 'Paste the connection string of the database.'
  else if (!/^postgres(ql)?:\/\/\S+$/.test(typed.url.trim())) {
    found.url = 'A connection string starts with postgresql:// and has no spaces.'
  }
  if (adding && typed.by === 'code' && !looksLikeCode(typed.code)) {
    found.code = 'A code has six groups of eight characters; copy all of it.'
  }
  if (typed.auth0ClientId.trim() && !typed.auth0Domain.trim()) {
    found.auth0Domain = 'The domain is needed beside the client id.'
  }
  return found
}

export function formOf(typed: Typed): WorkspaceForm {
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    url: typed.url.trim(),
    // As pasted: a password may begin or end with a space.
    password: (typed.by === 'password' && typed.password) || null,
    ca_file: typed.caFile.trim() || null,
    auth0_domain: typed.auth0Domain.trim() || null,
    auth0_client_id: typed.auth0ClientId.trim() || null,
    auth0_audience: typed.auth0Audience.trim() || null,
  }
}

/** Whether it has the shape of a one-time code; whether it was copied rightly, the core tells. */
export const looksLikeCode = (typed: string) => /^[0-9a-f]{8}(-[0-9a-f]{8}){5}$/i.test(typed.replace(/\s/g, ''))

/** The address without a password in it, for what stays on screen after sending. */
export function withoutPassword(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^:@/?#]+):.*@/, '$1@')
}
