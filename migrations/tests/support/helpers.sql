-- What the tests share. Loaded once a database, by run.sh, into the schema `tap` beside pgTAP.
-- pgTAP keeps its notes in temporary tables of whoever runs it, so a test never changes its own role:
-- it asks these functions to look through somebody else's eyes for the length of one statement.

-- What `query` (one column, one row) gives to `reader`, a database role, with `sub` in the token; an
-- SQLSTATE in brackets when the database refuses.
create function tap.seen(reader name, sub text, query text) returns text
language plpgsql as $$
declare
  answer text;
begin
  perform set_config(
    'request.jwt.claims',
    case when sub is null then '' else jsonb_build_object('sub', sub, 'role', reader)::text end,
    true
  );
  perform set_config('role', reader, true);
  execute query into answer;
  perform set_config('role', 'none', true);
  perform set_config('request.jwt.claims', '', true);
  return answer;
exception
  when others then
    return '[' || sqlstate || ']';
end
$$;

-- Every table of the service: tests loop over this, so that a new table cannot be forgotten.
create view tap.service_tables as
select c.oid, c.relname::text as name
from pg_catalog.pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p');

create view tap.service_views as
select c.oid, c.relname::text as name
from pg_catalog.pg_class as c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm');

create view tap.service_functions as
select p.oid, p.oid::regprocedure::text as name
from pg_catalog.pg_proc as p
where p.pronamespace = 'public'::regnamespace;

-- Two teams, each an owner and a member, with a row of every table for each of the four people.
-- Ana is suspended and Ben is deleted: what they may read must not depend on it.
create function tap.two_teams() returns void
language plpgsql as $$
declare
  person record;
  cluster_a constant uuid := '00000000-0000-4000-8000-00000000000a';
  cluster_b constant uuid := '00000000-0000-4000-8000-00000000000b';
  cluster uuid;
begin
  insert into public.hopsworks_clusters (id, name, api_url, api_key, kubeconfig) values
  (cluster_a, 'cluster-a', 'https://a.example', 'key-a', 'kube-a'),
  (cluster_b, 'cluster-b', 'https://b.example', 'key-b', 'kube-b'),
  (gen_random_uuid(), 'cluster-unused', 'https://c.example', 'key-c', 'kube-c');

  insert into public.users (id, email, name, status, deleted_at, account_owner_id) values
  ('auth0|ana', 'ana@a.example', 'Ana', 'suspended', null, null),
  ('auth0|amy', 'amy@a.example', 'Amy', 'active', null, 'auth0|ana'),
  ('auth0|bob', 'bob@b.example', 'Bob', 'active', null, null),
  ('auth0|ben', 'ben@b.example', 'Ben', 'deleted', now(), 'auth0|bob');

  for person in select * from public.users where email ~ '@[ab]\.example$' loop
    cluster := case when person.email like '%@a.%' then cluster_a else cluster_b end;
    insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id) values (person.id, cluster);
    insert into public.instances (user_id, instance_name) values (person.id, 'i');
    insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
    values (person.id, cluster, length(person.id), 'p', 'p-' || person.name);
    insert into public.feature_groups (user_id, name) values (person.id, 'f');
    insert into public.model_deployments (user_id, name) values (person.id, 'm');
    insert into public.usage_daily (user_id, date, cpu_hours, total_cost) values
    (person.id, '2026-01-01', 1, 0.1), (person.id, '2026-01-02', 2, 0.2);
    insert into public.user_credits (user_id, total_purchased) values (person.id, 5);
    insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after)
    values (person.id, 'purchase', 5, 0, 5);
    insert into public.billing_history (user_id, invoice_id, amount) values (person.id, 'b-' || person.id, 1);
    insert into public.invoices (user_id, amount) values (person.id, 1);
    insert into public.subscriptions (user_id, stripe_subscription_id, status)
    values (person.id, 'sub_' || person.name, 'active');
    insert into public.user_pricing_overrides (user_id, resource_type, override_price)
    values (person.id, 'cpu_hours', 0.08);
    insert into public.health_check_failures (user_id, check_type, error_message)
    values (person.id, 'hopsworks_user', 'missing');
    if person.account_owner_id is not null then
      insert into public.team_invites (account_owner_id, email, token, accepted_at, accepted_by_user_id)
      values (person.account_owner_id, person.email, repeat('t', 16) || person.name, now(), person.id);
      insert into public.project_member_roles (member_id, account_owner_id, project_id, project_name, role)
      values (person.id, person.account_owner_id, 1, 'p', 'Data scientist');
    end if;
  end loop;

  insert into public.stripe_products (product_type, stripe_product_id, stripe_price_id, unit_price, unit_name)
  values ('cpu_hours', 'prod_1', 'price_1', 0.1, 'hour');
end
$$;

-- The console. What `query` (one column, one row) gives to a login of its own, as over a connection of
-- theirs; an SQLSTATE in brackets when the database refuses.
create function tap.told(login name, query text) returns text
language plpgsql as $$
declare
  answer text;
begin
  execute format('set local session authorization %I', login);
  execute query into answer;
  set local session authorization default;
  return answer;
exception
  when others then
    return '[' || sqlstate || ']';
end
$$;

-- The sentence and the detail of a refusal.
create function tap.refused(login name, query text) returns text
language plpgsql as $$
declare
  answer text;
begin
  execute format('set local session authorization %I', login);
  execute query into answer;
  set local session authorization default;
  return 'not refused: ' || coalesce(answer, 'null');
exception
  when others then
    get stacked diagnostics answer = pg_exception_detail;
    return sqlstate || ' ' || sqlerrm || ' ' || answer;
end
$$;

-- An action, by whom; its answer as JSON, or what was refused.
create function tap.acts(
  login name, action text, subject text, arguments jsonb default '{}', dry boolean default false, expected text default null
) returns jsonb
language plpgsql as $$
declare
  answer text;
begin
  answer := tap.told(login, format('select console.act(%L, %L, %L, %L, %L, %L)', action, subject, arguments, expected, dry, 'for a test'));
  return case when answer like '[%]' and answer ~ '^\[[0-9A-Z]{5}\]$' then to_jsonb(answer) else answer::jsonb end;
end
$$;

-- A login a group, each on the list of staff and elevated (auditors cannot be); everything goes with the
-- transaction.
create function tap.hire() returns void
language plpgsql as $$
declare
  one text;
begin
  foreach one in array array['support', 'finance', 'admin', 'auditor'] loop
    execute format('create role %I login', 'tap_' || one);
    perform tap.told('hopsdesk_owner', format(
      'select console.adopt_staff(%L, %L, %L, %L)', 'tap_' || one, 'auth0|tap-' || one, initcap(one), one
    ));
    perform tap.told('tap_' || one, 'select console.elevate(''a test'')');
  end loop;
  create role tap_receiver login;
  grant console_receiver to tap_receiver;
  create role tap_stranger login;
  -- Whoever has no group has not even the schema.
end
$$;

-- A service with a team of three, a single customer, two clusters; every effect live.
create function tap.a_service() returns void
language plpgsql as $$
begin
  update console.effect_switches set mode = 'live';
  -- And were so for ever.
  update console.effect_changes set at = '-infinity' where mode = 'live';
  insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users) values
  ('00000000-0000-4000-8000-0000000000c1', 'north', 'https://n.example', 'key-n', 4),
  ('00000000-0000-4000-8000-0000000000c2', 'south', 'https://s.example', 'key-s', 1);
  insert into public.users (id, email, name, status, account_owner_id, billing_mode, registration_ip, deleted_at) values
  ('o|ann', 'ann@t.example', 'Ann', 'active', null, 'prepaid', '203.0.113.7', null),
  ('m|bea', 'bea@t.example', 'Bea', 'active', 'o|ann', null, null, null),
  ('m|cid', 'cid@t.example', 'Cid', 'suspended', 'o|ann', null, null, null),
  ('o|dan', 'dan@t.example', 'Dan', 'active', null, null, null, null),
  ('o|eve', 'eve@t.example', 'Eve', 'deleted', null, null, null, now());
  insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, hopsworks_username, hopsworks_user_id) values
  ('o|ann', '00000000-0000-4000-8000-0000000000c1', 'ann', 11),
  ('m|bea', '00000000-0000-4000-8000-0000000000c1', 'bea', 12);
  insert into public.user_credits (user_id, total_purchased, total_used, free_credits_granted, free_credits_used)
  values ('o|ann', 100, 40, 10, 10);
  insert into public.team_invites (id, account_owner_id, email, token, created_at, expires_at) values
  ('00000000-0000-4000-8000-0000000000e1', 'o|ann', 'fay@t.example', repeat('k', 16), now(), now() + interval '1 hour');
end
$$;
