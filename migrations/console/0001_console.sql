-- The schema of the console: everything of ours lives in here, beside a service's own `public`.
-- Nothing outside it is changed, and `detach` removes it whole.
--
-- It is not among the schemas that Supabase's API exposes, and nobody is granted anything in it until
-- a migration says so. Row level security on top, without a policy: should a grant or an exposed
-- schema ever slip in, the tables still answer with no row. It is not forced, so the schema's owner,
-- who runs migrations and owns the security definer functions, reads and writes as before.
--
-- A database need not come from Supabase: the API roles are revoked from where they exist.

create schema if not exists console;

comment on schema console is
  'Hopsdesk, the admin desk: canonical views of the service''s tables, and what the desk itself remembers.';

do $$
declare
  api_role text;
begin
  revoke all on schema console from public;
  for api_role in
    select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
  loop
    execute format('revoke all on schema console from %I', api_role);
  end loop;
end
$$;

-- What attach found and made, so that it can tell "nothing to do" from "the tables have changed", and
-- so that every screen can say why a figure is not there.

create table console.attachment (
  only_one boolean not null primary key default true,
  product text not null,
  generation text not null,
  digest text not null,
  hopsdesk_version text not null,
  attached_at timestamptz not null default now(),

  constraint attachment_only_one_check check (only_one),
  constraint attachment_digest_check check (digest ~ '^[0-9a-f]{64}$')
);

comment on table console.attachment is 'The one attachment of this database; no row: never attached, or released.';
comment on column console.attachment.product is 'Which service this is: managed.';
comment on column console.attachment.generation is 'The nearest known generation of its schema, for people; nothing depends on it.';
comment on column console.attachment.digest is 'SHA-256 of the DDL that attach ran. The same DDL again is nothing to do.';
comment on column console.attachment.hopsdesk_version is 'Version of the program that attached last.';

create table console.attached_columns (
  view_name text not null,
  column_name text not null,
  position integer not null,
  source text,
  reason text,

  constraint attached_columns_pkey primary key (view_name, column_name),
  constraint attached_columns_source_check check (source is not null or reason is not null)
);

comment on table console.attached_columns is 'Where each column of each canonical view comes from.';
comment on column console.attached_columns.position is 'Its place in the view, from 1.';
comment on column console.attached_columns.source is 'Live table and column or expression; null: the view shows a typed null.';
comment on column console.attached_columns.reason is 'Why the source is missing or is not all of it, as a sentence for the screen.';

create table console.attached_functions (
  function_name text not null primary key,
  generated boolean not null,
  reason text,

  constraint attached_functions_reason_check check (generated or reason is not null)
);

comment on table console.attached_functions is 'Functions attach generates to write live tables through canonical names.';
comment on column console.attached_functions.reason is 'Why it was not generated, as a sentence for the screen.';

alter table console.attachment enable row level security;
alter table console.attached_columns enable row level security;
alter table console.attached_functions enable row level security;

do $$
declare
  api_role text;
begin
  revoke all on console.attachment, console.attached_columns, console.attached_functions from public;
  for api_role in
    select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
  loop
    execute format(
      'revoke all on console.attachment, console.attached_columns, console.attached_functions from %I', api_role
    );
  end loop;
end
$$;
