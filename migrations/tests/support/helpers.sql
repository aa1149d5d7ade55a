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
