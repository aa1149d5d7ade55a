-- Actions on credits and promised prices. console.ledger_entries is exact and is the truth of what was
-- done here; the service's own tables are kept in step at their own scale, and what is lost there in
-- rounding is carried into the next entry, so that the two never drift apart.

insert into console.actions (name, kind, title, groups, needs) values
('grant_credits', 'account', 'Grant credits', '{support,finance,admin}', '{lock_users}'),
('adjust_credits', 'account', 'Adjust credits', '{finance,admin}', '{lock_users}'),
('refund_credits', 'account', 'Refund credits', '{finance,admin}', '{lock_users}'),
('reverse_credits', 'account', 'Reverse an entry of credits', '{support,finance,admin}', '{lock_users}'),
('set_price_override', 'account', 'Set a price', '{finance,admin}', '{write_price_overrides:override_price,insert_price_overrides,lock_users}'),
('end_price_override', 'account', 'End a price', '{finance,admin}', '{write_price_overrides:valid_until,lock_users}');

create table console.ledger_entries (
  id bigint not null generated always as identity primary key,
  account_id text not null,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  bucket text not null,
  amount numeric not null,
  currency text not null default 'USD',
  description text,
  audit_id bigint not null references console.audit (id),
  reverses bigint references console.ledger_entries (id),
  mirrored numeric,
  transaction_id text,

  constraint ledger_entries_kind_check check (kind in ('grant', 'adjustment', 'refund', 'purchase', 'usage', 'reversal')),
  constraint ledger_entries_bucket_check check (
    bucket in ('total_purchased', 'total_used', 'free_credits_granted', 'free_credits_used')
  ),
  constraint ledger_entries_amount_check check (amount <> 0 and amount > '-Infinity' and amount < 'Infinity'),
  constraint ledger_entries_reversal_check check ((kind = 'reversal') = (reverses is not null))
);

create unique index ledger_entries_reverses_key on console.ledger_entries (reverses) where reverses is not null;
create index ledger_entries_account_idx on console.ledger_entries (account_id, id);

comment on table console.ledger_entries is 'What was added to and taken from an account''s credits through here, exactly, USD.';
comment on column console.ledger_entries.bucket is 'The column of user_credits it belongs to. Used credits lower the balance.';
comment on column console.ledger_entries.amount is 'What the balance changes by, signed, every digit.';
comment on column console.ledger_entries.mirrored is 'What user_credits changed by, at its own scale; null: this database has no such table.';
comment on column console.ledger_entries.transaction_id is 'The row of credit_transactions that says the same.';

alter table console.ledger_entries enable row level security;
create trigger append_only before update or delete on console.ledger_entries
for each row execute function console.audit_refuse();
create trigger never_emptied before truncate on console.ledger_entries
for each statement execute function console.audit_refuse();

insert into console.readable (relation, groups) values ('ledger_entries', '{support,finance,admin,auditor,receiver,collector}');

-- Brings the service's own tables in step. {"account", "bucket", "amount" (of the balance), "type", "description"}
-- gives {"changes", "mirrored", "transaction_id", "entry", "warnings"}. The entry of the ledger is among what an
-- action shows: it has every digit, also where the service's own table keeps two.
create function console.credits_apply(p_credits jsonb) returns jsonb
language plpgsql
set search_path = ''
as $function$
declare
  v_account text := p_credits ->> 'account';
  v_bucket text := p_credits ->> 'bucket';
  v_amount numeric := (p_credits ->> 'amount')::numeric;
  v_sign integer := case when v_bucket in ('total_used', 'free_credits_used') then -1 else 1 end;
  v_before record;
  v_after record;
  v_due numeric;
  v_mirrored numeric;
  v_transaction text;
  v_changes jsonb := '[]';
  v_warnings jsonb := '[]';
  v_entry bigint := pg_catalog.nextval(pg_catalog.pg_get_serial_sequence('console.ledger_entries', 'id'));
begin
  v_changes := v_changes || pg_catalog.jsonb_build_object(
    'table', 'ledger_entries', 'id', v_entry::text, 'label', p_credits ->> 'label', 'column', 'amount',
    'before', null, 'after', v_amount
  );
  if console.can_write('add_user_credits', v_bucket) then
    select v_amount + coalesce(sum(l.amount - l.mirrored), 0) into v_due
    from console.ledger_entries as l
    where l.account_id = v_account and l.bucket = v_bucket and l.mirrored is not null;
    v_before := console.credit_balance(v_account, v_bucket);
    perform console.add_user_credits(v_account, pg_catalog.jsonb_build_object(v_bucket, v_due * v_sign));
    v_after := console.credit_balance(v_account, v_bucket);
    v_mirrored := (v_after.held - v_before.held) * v_sign;
    v_changes := v_changes || pg_catalog.jsonb_build_object(
      'table', 'user_credits', 'id', v_account, 'label', p_credits ->> 'label', 'column', v_bucket,
      'before', v_before.held, 'after', v_after.held
    ) || pg_catalog.jsonb_build_object(
      'table', 'user_credits', 'id', v_account, 'label', p_credits ->> 'label', 'column', 'balance',
      'before', v_before.balance, 'after', v_after.balance
    );
    if v_mirrored <> v_due then
      v_warnings := v_warnings || pg_catalog.to_jsonb(pg_catalog.format(
        'The service''s table keeps %s of it now; the ledger has every digit.', pg_catalog.trim_scale(v_mirrored)
      ));
    end if;
    if v_mirrored <> 0 and console.lacking('{insert_credit_transactions}') is null then
      v_transaction := console.insert_credit_transactions(pg_catalog.jsonb_build_object(
        'user_id', v_account, 'type', p_credits ->> 'type', 'amount', v_mirrored, 'balance_before', v_before.balance,
        'balance_after', v_before.balance + v_mirrored, 'description', p_credits ->> 'description'
      ));
    end if;
  else
    v_warnings := v_warnings || '"This database keeps no such credits: only the ledger knows of it."'::jsonb;
  end if;
  return pg_catalog.jsonb_build_object(
    'changes', v_changes, 'mirrored', v_mirrored, 'transaction_id', v_transaction, 'entry', v_entry, 'warnings', v_warnings
  );
end
$function$;

create function console.credit_balance(p_account text, p_bucket text, out held numeric, out balance numeric)
language plpgsql
stable
set search_path = ''
as $function$
begin
  select
    case p_bucket
      when 'total_purchased' then c.total_purchased when 'total_used' then c.total_used
      when 'free_credits_granted' then c.free_credits_granted else c.free_credits_used
    end,
    coalesce(c.total_purchased, 0) - coalesce(c.total_used, 0) + coalesce(c.free_credits_granted, 0) - coalesce(c.free_credits_used, 0)
  into held, balance
  from console.user_credits as c where c.user_id = p_account limit 1;
  held := coalesce(held, 0);
  balance := coalesce(balance, 0);
end
$function$;

create function console.credits_record(p_credits jsonb, p_applied jsonb, p_audit_id bigint) returns void
language sql
set search_path = ''
as $function$
  insert into console.ledger_entries (
    id, account_id, kind, bucket, amount, description, audit_id, reverses, mirrored, transaction_id
  ) overriding system value values (
    (p_applied ->> 'entry')::bigint, p_credits ->> 'account',
    case when p_credits ->> 'reverses' is not null then 'reversal' else p_credits ->> 'type' end,
    p_credits ->> 'bucket', (p_credits ->> 'amount')::numeric, p_credits ->> 'description', p_audit_id,
    (p_credits ->> 'reverses')::bigint, (p_applied ->> 'mirrored')::numeric, p_applied ->> 'transaction_id'
  );
$function$;

comment on function console.credits_apply(jsonb) is 'Internal: brings user_credits and credit_transactions in step with an entry to come.';
comment on function console.credit_balance(text, text) is 'Internal: what user_credits holds in one column, and the balance.';
comment on function console.credits_record(jsonb, jsonb, bigint) is 'Internal: writes the entry.';

create function console.planned_credits(
  p_plan jsonb, p_type text, p_bucket text, p_amount numeric, p_reverses bigint default null
) returns jsonb
language sql
stable
set search_path = ''
as $function$
  select p_plan || pg_catalog.jsonb_build_object('credits', pg_catalog.jsonb_build_object(
    'account', p_plan ->> 'subject', 'label', p_plan ->> 'label', 'type', p_type, 'bucket', p_bucket, 'amount', p_amount,
    'description', coalesce(console.text_argument(p_plan -> 'arguments', 'description', 1, 500, false), p_plan ->> 'reason'), 'reverses', p_reverses
  ));
$function$;

comment on function console.planned_credits(jsonb, text, text, numeric, bigint) is 'Internal: adds an entry of credits to a plan.';

-- A gift: free credits, which are spent first. Databases without free credits keep it with the bought.
create function console.grant_credits(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('grant_credits', p_subject, p_arguments, p_expected, p_dry_run);
  v_amount numeric := console.amount_argument(v_plan -> 'arguments', 'amount', 0.000000000000000001, 999999999);
begin
  return console.act_finish(console.planned_credits(
    v_plan, 'grant',
    case when console.can_write('add_user_credits', 'free_credits_granted') or not console.can_write('add_user_credits', 'total_purchased')
      then 'free_credits_granted' else 'total_purchased' end,
    v_amount
  ));
end
$function$;

-- A correction, up or down. Up is given like a gift; down is used up, and may overdraw the account.
create function console.adjust_credits(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('adjust_credits', p_subject, p_arguments, p_expected, p_dry_run);
  v_amount numeric := console.amount_argument(v_plan -> 'arguments', 'amount', -999999999, 999999999);
begin
  if v_amount = 0 then
    perform console.refuse('HD005', 'Nothing is no adjustment: give an amount.', '{"argument": "amount"}');
  end if;
  return console.act_finish(console.planned_credits(
    v_plan, 'adjustment',
    case
      when v_amount < 0 then 'total_used'
      when console.can_write('add_user_credits', 'free_credits_granted') or not console.can_write('add_user_credits', 'total_purchased')
        then 'free_credits_granted'
      else 'total_purchased'
    end,
    v_amount
  ));
end
$function$;

-- The customer got money back: so much less was bought.
create function console.refund_credits(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('refund_credits', p_subject, p_arguments, p_expected, p_dry_run);
  v_amount numeric := console.amount_argument(v_plan -> 'arguments', 'amount', 0.000000000000000001, 999999999);
  v_bought record := console.credit_balance(p_subject, 'total_purchased');
begin
  if console.can_write('add_user_credits', 'total_purchased') and v_amount > v_bought.held then
    perform console.refuse(
      'HD007', pg_catalog.format('Only %s was ever bought.', pg_catalog.trim_scale(v_bought.held)),
      pg_catalog.jsonb_build_object('argument', 'amount', 'bought', v_bought.held)
    );
  end if;
  if v_amount > v_bought.balance then
    v_plan := console.planned(v_plan, 'warnings', '"More than is left: the account will be overdrawn."');
  end if;
  return console.act_finish(console.planned_credits(v_plan, 'refund', 'total_purchased', -v_amount));
end
$function$;

-- Takes exactly one entry back. Whoever may not make such an entry may not take it back either.
create function console.reverse_credits(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_plan jsonb := console.act_begin('reverse_credits', p_subject, p_arguments, p_expected, p_dry_run);
  v_entry console.ledger_entries;
  v_held record;
begin
  select l.* into v_entry from console.ledger_entries as l
  where l.id::text = v_plan #>> '{arguments,entry}' and l.account_id = p_subject;
  if not found or v_entry.kind not in ('grant', 'adjustment', 'refund') then
    perform console.refuse('HD006', 'This account has no such entry that could be taken back.', '{"argument": "entry"}');
  end if;
  if v_entry.kind <> 'grant' and v_plan ->> 'group' = 'support' then
    perform console.refuse('HD003', 'Only finance and admin may do this.', '{"group": "support", "groups": ["finance", "admin"]}');
  end if;
  if exists (select from console.ledger_entries as l where l.reverses = v_entry.id) then
    perform console.refuse('HD007', 'It was taken back already.', '{"argument": "entry"}');
  end if;
  if v_entry.bucket = 'free_credits_granted' and v_entry.amount > 0 and console.can_write('add_user_credits', 'free_credits_granted') then
    v_held := console.credit_balance(p_subject, 'free_credits_granted');
    if v_held.held - v_entry.amount < (console.credit_balance(p_subject, 'free_credits_used')).held then
      perform console.refuse(
        'HD007', 'Some of it has been spent since: adjust what is left instead.', '{"argument": "entry"}'
      );
    end if;
  end if;
  return console.act_finish(console.planned_credits(v_plan, 'adjustment', v_entry.bucket, -v_entry.amount, v_entry.id));
end
$function$;

comment on function console.grant_credits(text, jsonb, text, boolean) is 'Action. Arguments: amount (USD as text), description.';
comment on function console.adjust_credits(text, jsonb, text, boolean) is 'Action. Arguments: amount (USD as text, signed), description.';
comment on function console.refund_credits(text, jsonb, text, boolean) is 'Action. Arguments: amount (USD as text, what the customer got back), description.';
comment on function console.reverse_credits(text, jsonb, text, boolean) is 'Action, reached by undo. Arguments: entry.';

create function console.set_price_override(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('set_price_override', p_subject, p_arguments, p_expected, p_dry_run);
  v_resource text := console.choice_argument(v_plan -> 'arguments', 'resource', array['cpu_hours', 'gpu_hours', 'storage_gb', 'api_calls']);
  v_price numeric := console.amount_argument(v_plan -> 'arguments', 'price', 0, 999999);
  v_until timestamptz := console.time_argument(v_plan -> 'arguments', 'until');
  v_there record;
begin
  if v_until <= pg_catalog.now() then
    perform console.refuse('HD005', 'The price must end in the future.', '{"argument": "until"}');
  end if;
  select o.id, o.override_price, o.valid_until into v_there
  from console.price_overrides as o where o.user_id = p_subject and o.resource_type = v_resource
  order by o.valid_from desc nulls last limit 1;
  if v_there.id is null then
    return console.act_finish(console.planned(v_plan, 'inserts', pg_catalog.jsonb_build_object(
      'table', 'price_overrides', 'label', v_resource,
      'values', pg_catalog.jsonb_build_object(
        'user_id', p_subject, 'resource_type', v_resource, 'override_price', v_price, 'valid_until', v_until,
        'valid_from', pg_catalog.now(), 'created_by', session_user, 'reason', v_plan ->> 'reason'
      ),
      'inverse', pg_catalog.jsonb_build_object(
        'action', 'end_price_override', 'subject', p_subject, 'arguments', pg_catalog.jsonb_build_object('resource', v_resource)
      )
    )));
  end if;
  if v_there.override_price = v_price and v_there.valid_until is not distinct from v_until then
    perform console.refuse('HD007', 'The price is that already.', '{"argument": "price"}');
  end if;
  v_plan := console.planned_change(
    v_plan, 'price_overrides', v_there.id, 'override_price', pg_catalog.to_jsonb(v_there.override_price),
    pg_catalog.to_jsonb(v_price), v_resource
  );
  v_plan := console.planned_change(
    v_plan, 'price_overrides', v_there.id, 'valid_until', pg_catalog.to_jsonb(v_there.valid_until), pg_catalog.to_jsonb(v_until), v_resource
  );
  -- A price that had ended comes back to "ended".
  if v_there.valid_until <= pg_catalog.now() then
    v_plan := console.planned_inverse(v_plan, 'end_price_override', pg_catalog.jsonb_build_object('resource', v_resource));
  else
    v_plan := console.planned_inverse(v_plan, 'set_price_override', pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
      'resource', v_resource, 'price', v_there.override_price::text, 'until', pg_catalog.to_jsonb(v_there.valid_until) #>> '{}'
    )));
  end if;
  return console.act_finish(v_plan);
end
$function$;

create function console.end_price_override(p_subject text, p_arguments jsonb, p_expected text, p_dry_run boolean) returns jsonb
language plpgsql
security definer
set search_path = ''
set timezone to 'UTC'
as $function$
declare
  v_plan jsonb := console.act_begin('end_price_override', p_subject, p_arguments, p_expected, p_dry_run);
  v_resource text := console.choice_argument(v_plan -> 'arguments', 'resource', array['cpu_hours', 'gpu_hours', 'storage_gb', 'api_calls']);
  v_there record;
begin
  select o.id, o.override_price, o.valid_until into v_there
  from console.price_overrides as o where o.user_id = p_subject and o.resource_type = v_resource
  order by o.valid_from desc nulls last limit 1;
  if v_there.id is null or v_there.valid_until <= pg_catalog.now() then
    perform console.refuse('HD007', 'No price was promised for that, or it has ended.', '{"argument": "resource"}');
  end if;
  v_plan := console.planned_change(
    v_plan, 'price_overrides', v_there.id, 'valid_until', pg_catalog.to_jsonb(v_there.valid_until),
    pg_catalog.to_jsonb(pg_catalog.now()), v_resource
  );
  return console.act_finish(console.planned_inverse(v_plan, 'set_price_override', pg_catalog.jsonb_strip_nulls(
    pg_catalog.jsonb_build_object(
      'resource', v_resource, 'price', v_there.override_price::text, 'until', pg_catalog.to_jsonb(v_there.valid_until) #>> '{}'
    )
  )));
end
$function$;

comment on function console.set_price_override(text, jsonb, text, boolean) is
  'Action. Arguments: resource (cpu_hours, gpu_hours, storage_gb, api_calls), price (USD a unit as text), until (ISO time, optional).';
comment on function console.end_price_override(text, jsonb, text, boolean) is 'Action. Arguments: resource.';
