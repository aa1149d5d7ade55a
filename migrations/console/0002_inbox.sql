-- What the outside world told us, kept before we answered it.
--
-- A sender that gets 200 never sends again, so the row is committed first and its effect comes later:
-- "stored" and "applied" fail apart. The effect and the mark `done` share one transaction, and an
-- event is stored once, so copies and restarts end in the same state.

create table console.inbox (
  id bigint not null generated always as identity primary key,
  provider text not null,
  event_id text not null,
  received_at timestamptz not null,
  headers jsonb not null default '{}',
  body bytea not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  last_error text,
  outcome jsonb,
  done_at timestamptz,
  replayed_at timestamptz,

  constraint inbox_provider_event_id_key unique (provider, event_id),
  constraint inbox_provider_check check (provider in ('auth0', 'stripe')),
  constraint inbox_event_id_check check (event_id <> '' and length(event_id) <= 255),
  constraint inbox_body_check check (length(body) <= 262144),
  constraint inbox_headers_check check (jsonb_typeof(headers) = 'object'),
  constraint inbox_state_check check (state in ('pending', 'done', 'conflict', 'dead')),
  constraint inbox_attempts_check check (attempts >= 0),
  constraint inbox_done_at_check check ((state = 'done') = (done_at is not null))
);

-- Workers ask every second for what is due; what is finished, which is nearly everything, is not in it.
create index inbox_due_idx on console.inbox (next_attempt_at, id) where state = 'pending';

-- The few rows that wait for a person.
create index inbox_attention_idx on console.inbox (received_at) where state in ('conflict', 'dead');

comment on table console.inbox is
  'Webhook events, stored before they were answered and applied afterwards. Holds personal data; never a secret.';
comment on column console.inbox.provider is 'Who sent it: auth0 or stripe.';
comment on column console.inbox.event_id is
  'Id of the event at its provider. Auth0 gives none: SHA-256 of user id and time of registration.';
comment on column console.inbox.headers is 'The headers that help to trace it. The one with the secret is never kept.';
comment on column console.inbox.body is
  'The body, byte for byte. Not jsonb, which refuses \u0000 and lone surrogates, forgets the order and merges keys.';
comment on column console.inbox.state is
  'pending: to be applied at next_attempt_at. done: applied. conflict: a person must decide, see outcome. dead: given up, see last_error.';
comment on column console.inbox.attempts is 'How often applying it failed.';
comment on column console.inbox.last_error is 'Why it failed last, without personal data.';
comment on column console.inbox.replayed_at is 'When somebody had it applied again last: since then it waits, and not since it came.';
comment on column console.inbox.outcome is 'What became of it: {"user": "inserted"}, or the ids that are in conflict.';

alter table console.inbox enable row level security;

do $$
declare
  api_role text;
begin
  revoke all on console.inbox from public;
  for api_role in
    select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
  loop
    execute format('revoke all on console.inbox from %I', api_role);
  end loop;
end
$$;
