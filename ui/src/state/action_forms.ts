// What each action takes, as fields of a form: how they are asked for, and what is sent. The database has the
// last word on every value; here is only caught what a hand mistypes. Amounts cross as text.

export interface FormField {
  name: string
  label: string
  kind: 'text' | 'long' | 'amount' | 'signed' | 'count' | 'choice' | 'cluster' | 'yes' | 'day'
  /** Must be given. */
  required?: boolean
  note?: string
  /** The choices; the first is what it begins with. */
  options?: readonly { value: string; word: string }[]
  /** Asked for only then. */
  when?: (values: FormValues) => boolean
  /** What stands there while nothing is given; of a cluster, what that means. */
  placeholder?: string
}

export type FormValues = Record<string, string>

export interface ActionForm {
  fields: readonly FormField[]
  /** The arguments of the action, from values that were found good. */
  send: (values: FormValues) => Record<string, unknown>
}

const options = (...words: string[]) => words.map((word) => ({ value: word, word }))

const description: FormField = { name: 'description', label: 'Description', kind: 'text', note: 'Customers see it beside the entry. Optional.' }
const resource: FormField = {
  name: 'resource',
  label: 'Of',
  kind: 'choice',
  required: true,
  options: [
    { value: 'cpu_hours', word: 'CPU hours' },
    { value: 'gpu_hours', word: 'GPU hours' },
    { value: 'storage_gb', word: 'Storage' },
    { value: 'api_calls', word: 'API calls' },
  ],
}
const clusterFields: FormField[] = [
  { name: 'name', label: 'Name', kind: 'text', placeholder: 'eu-west-2' },
  {
    name: 'api_url',
    label: 'Address',
    kind: 'text',
    placeholder: 'https://…',
    note: 'Of its Hopsworks. Its API key stays as it is: replace it on the cluster’s page.',
  },
  { name: 'region', label: 'Region', kind: 'text' },
  { name: 'max_users', label: 'Seats', kind: 'count' },
]

/** Everything that was filled in, as it was. */
const given = (values: FormValues) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))

/** About a seat: some have several. */
const ofSeat: ActionForm = {
  fields: [{ name: 'cluster_id', label: 'Seat on', kind: 'cluster', placeholder: 'The cluster they were given last' }],
  send: given,
}

const amount = (label: string, signed = false): ActionForm => ({
  fields: [
    { name: 'amount', label, kind: signed ? 'signed' : 'amount', required: true, placeholder: signed ? '-12.50' : '100.00', note: signed ? 'USD. With a minus it takes away.' : 'USD' },
    description,
  ],
  send: given,
})

const forms: Record<string, ActionForm> = {
  change_plan: {
    fields: [{
      name: 'plan',
      label: 'Plan',
      kind: 'choice',
      required: true,
      options: [...options('prepaid', 'postpaid', 'free'), { value: 'none', word: 'no plan' }],
    }],
    send: given,
  },
  set_spending_cap: {
    fields: [
      { name: 'none', label: 'No cap', kind: 'yes' },
      { name: 'cap', label: 'Cap', kind: 'amount', required: true, note: 'USD a month', placeholder: '2500.00', when: ({ none }) => none !== 'yes' },
    ],
    send: ({ none, cap }) => ({ cap: none === 'yes' ? null : cap }),
  },
  edit_feature_flags: {
    fields: [
      { name: 'flag', label: 'Flag', kind: 'text', required: true, placeholder: 'beta' },
      {
        name: 'setting',
        label: 'Setting',
        kind: 'choice',
        required: true,
        options: [...options('on', 'off'), { value: 'value', word: 'a value' }, { value: 'remove', word: 'remove it' }],
      },
      { name: 'value', label: 'Value', kind: 'text', required: true, note: 'Text, a number, or JSON.', when: ({ setting }) => setting === 'value' },
    ],
    send: ({ flag = '', setting, value = '' }) => ({
      flags: { [flag]: setting === 'on' ? true : setting === 'off' ? false : setting === 'remove' ? null : valueOf(value) },
    }),
  },
  grant_credits: amount('Amount'),
  adjust_credits: amount('Amount', true),
  refund_credits: amount('Amount'),
  set_price_override: {
    fields: [
      resource,
      { name: 'price', label: 'Price', kind: 'amount', required: true, note: 'USD a unit', placeholder: '0.12' },
      { name: 'until', label: 'Until', kind: 'day', note: 'The first day it does not hold any more, UTC. Empty: until it is ended.' },
    ],
    send: ({ until, ...rest }) => given({ ...rest, until: until ? `${until}T00:00:00Z` : '' }),
  },
  end_price_override: { fields: [resource], send: given },
  invite_member: {
    fields: [
      { name: 'email', label: 'E-mail', kind: 'text', required: true, placeholder: 'name@company.example' },
      { name: 'project_role', label: 'Role in projects', kind: 'choice', required: true, options: options('Data scientist', 'Data owner') },
      { name: 'auto_assign_projects', label: 'Give access to the projects of the team', kind: 'yes' },
    ],
    send: ({ email, project_role, auto_assign_projects }) => ({ email, project_role, auto_assign_projects: auto_assign_projects === 'yes' }),
  },
  assign_cluster: {
    fields: [
      { name: 'cluster_id', label: 'Cluster', kind: 'cluster', placeholder: 'The one with the most room' },
      { name: 'beyond_limit', label: 'Also when it is full', kind: 'yes' },
    ],
    send: ({ cluster_id = '', beyond_limit }) => ({ ...(cluster_id && { cluster_id }), ...(beyond_limit === 'yes' && { beyond_limit: true }) }),
  },
  create_hopsworks_user: ofSeat,
  take_over_hopsworks_ids: ofSeat,
  edit_cluster: { fields: clusterFields, send: given },
  add_note: {
    fields: [{ name: 'note', label: 'Note', kind: 'long', required: true, note: 'Staff see it; customers do not.' }],
    send: given,
  },
}

const nothing: ActionForm = { fields: [], send: () => ({}) }

export function formOf(action: string): ActionForm {
  return forms[action] ?? nothing
}

/** The fields that are asked for, as things stand. */
export function askedFields(form: ActionForm, values: FormValues): FormField[] {
  return form.fields.filter(({ when }) => when?.(values) ?? true)
}

/** What a form begins with. */
export function firstValues(form: ActionForm, known: FormValues = {}): FormValues {
  return Object.fromEntries(form.fields.map(({ name, kind, options }) => [name, known[name] ?? (kind === 'choice' ? (options?.[0]?.value ?? '') : '')]))
}

/** What is written as JSON is JSON; everything else is a text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What is wrong with a value, as a sentence; null when it may be sent. Empty: not there yet. */
export function problemOf(field: FormField, value: string): string | null {
  const text = value.trim()
  if (text === '') return null
  const plain = /^\d+(\.\d+)?$/
  if (field.kind === 'amount' || field.kind === 'signed') {
    const digits = field.kind === 'signed' ? text.replace(/^[+-]/, '') : text
    if (/,/.test(text)) return 'Write it with a point and without commas: 1250.50.'
    if (field.kind === 'amount' && text.startsWith('-')) return 'It must not be negative.'
    if (!plain.test(digits)) return 'That is no amount: write 1250.50.'
  }
  if (field.kind === 'count' && !/^\d+$/.test(text)) return 'Give a whole number.'
  return null
}

/** The arguments, or null while something is missing or wrong. */
export function argumentsOf(form: ActionForm, values: FormValues): Record<string, unknown> | null {
  const asked = askedFields(form, values)
  const trimmed = Object.fromEntries(asked.map(({ name }) => [name, (values[name] ?? '').trim()]))
  const whole = asked.every((field) => {
    const value = trimmed[field.name] ?? ''
    return problemOf(field, value) === null && !(field.required && value === '')
  })
  return whole ? form.send(trimmed) : null
}
