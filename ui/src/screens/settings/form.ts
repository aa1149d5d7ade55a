// The form that adds a database: what is typed, and what of it is sent.

import type { WorkspaceForm } from '../../ipc/generated/WorkspaceForm'
import type { WorkspaceKind } from '../../ipc/generated/WorkspaceKind'

export interface Typed {
  name: string
  kind: WorkspaceKind
  url: string
  password: string
  caFile: string
}

export const blank = (): Typed => ({ name: '', kind: 'staging', url: '', password: '', caFile: '' })

export interface Problems {
  name?: string
  url?: string
}

/** What is plainly wrong before the core is asked; the core judges the rest. */
export function problems(typed: Typed, adding: boolean): Problems {
  const found: Problems = {}
  if (adding && !typed.name.trim()) found.name = 'Give it a name; it is shown on every page.'
  if (!typed.url.trim()) found.url = 'Paste the connection string of the database.'
  else if (!/^postgres(ql)?:\/\/\S+$/.test(typed.url.trim())) {
    found.url = 'A connection string starts with postgresql:// and has no spaces.'
  }
  return found
}

export function formOf(typed: Typed): WorkspaceForm {
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    url: typed.url.trim(),
    // As pasted: a password may begin or end with a space.
    password: typed.password || null,
    ca_file: typed.caFile.trim() || null,
  }
}

/** The address without a password in it, for what stays on screen after sending. */
export function withoutPassword(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^:@/?#]+):.*@/, '$1@')
}
