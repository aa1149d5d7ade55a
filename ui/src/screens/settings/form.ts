// The form that adds a database: what is typed, and what of it is sent.

import type { StripeMode } from '../../ipc/generated/StripeMode'
import type { WorkspaceColour } from '../../ipc/generated/WorkspaceColour'
import type { WorkspaceForm } from '../../ipc/generated/WorkspaceForm'
import type { WorkspaceKind } from '../../ipc/generated/WorkspaceKind'
import type { WorkspaceOnFile } from '../../ipc/generated/WorkspaceOnFile'

export interface Typed {
  name: string
  kind: WorkspaceKind
  /** Empty for the kind’s. */
  colour: WorkspaceColour | ''
  url: string
  password: string
  caFile: string
  /** How one comes in: with the password of a login, or with the one-time code of somebody new. */
  by: 'password' | 'code'
  code: string
  auth0Domain: string
  auth0ClientId: string
  auth0Audience: string
  directUrl: string
  stripeMode: StripeMode | ''
  supabaseUrl: string
  idleMinutes: string
  /** `yes`, `no`, or as the kind of workspace has it. */
  staySignedIn: Chosen
  reauthenticate: Chosen
}

export type Chosen = '' | 'yes' | 'no'

export const blank = (): Typed => ({
  name: '',
  kind: 'staging',
  colour: '',
  url: '',
  password: '',
  caFile: '',
  by: 'password',
  code: '',
  auth0Domain: '',
  auth0ClientId: '',
  auth0Audience: '',
  directUrl: '',
  stripeMode: '',
  supabaseUrl: '',
  idleMinutes: '',
  staySignedIn: '',
  reauthenticate: '',
})

const chosen = (value: boolean | null): Chosen => (value === null ? '' : value ? 'yes' : 'no')
const said = (value: Chosen) => (value === '' ? null : value === 'yes')

/** What is on file, to be changed; the password is not among it. */
export const typedOf = (file: WorkspaceOnFile): Typed => ({
  ...blank(),
  name: file.name,
  kind: file.kind,
  colour: file.colour ?? '',
  url: file.url,
  caFile: file.ca_file ?? '',
  auth0Domain: file.auth0_domain ?? '',
  auth0ClientId: file.auth0_client_id ?? '',
  auth0Audience: file.auth0_audience ?? '',
  directUrl: file.direct_url ?? '',
  stripeMode: file.stripe_mode ?? '',
  supabaseUrl: file.supabase_url ?? '',
  idleMinutes: file.idle_minutes === null ? '' : String(file.idle_minutes),
  staySignedIn: chosen(file.stay_signed_in),
  reauthenticate: chosen(file.reauthenticate),
})

export interface Problems {
  name?: string
  url?: string
  code?: string
  auth0Domain?: string
  idleMinutes?: string
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
  if (typed.idleMinutes.trim() && !/^\d{1,4}$/.test(typed.idleMinutes.trim())) {
    found.idleMinutes = 'Whole minutes, up to 9999; 0 for never.'
  }
  return found
}

export function formOf(typed: Typed): WorkspaceForm {
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    colour: typed.colour || null,
    url: typed.url.trim(),
    // As pasted: a password may begin or end with a space.
    password: (typed.by === 'password' && typed.password) || null,
    ca_file: typed.caFile.trim() || null,
    auth0_domain: typed.auth0Domain.trim() || null,
    auth0_client_id: typed.auth0ClientId.trim() || null,
    auth0_audience: typed.auth0Audience.trim() || null,
    direct_url: typed.directUrl.trim() || null,
    stripe_mode: typed.stripeMode || null,
    supabase_url: typed.supabaseUrl.trim() || null,
    idle_minutes: typed.idleMinutes.trim() ? Number(typed.idleMinutes) : null,
    stay_signed_in: said(typed.staySignedIn),
    reauthenticate: said(typed.reauthenticate),
  }
}

/** Whether it has the shape of a one-time code; whether it was copied rightly, the core tells. */
export const looksLikeCode = (typed: string) => /^[0-9a-f]{8}(-[0-9a-f]{8}){5}$/i.test(typed.replace(/\s/g, ''))

/** The address without a password in it, for what stays on screen after sending. */
export function withoutPassword(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^:@/?#]+):.*@/, '$1@')
}
