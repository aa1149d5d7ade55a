-- What trying every statement as every group brought to light.
--
-- The overview counts registrations that wait for a person. Staff see that they wait and whom they collide
-- with, not what came in: bodies and headers stay with the receiver.

create view console.inbox_attention as
select i.id, i.provider, i.state, i.received_at, i.outcome ->> 'holder_id' as holder_id
from console.inbox as i
where i.state in ('conflict', 'dead');

comment on view console.inbox_attention is 'Events that wait for a person, without what they say.';

insert into console.readable (relation, groups) values ('inbox_attention', '{support,finance,admin,auditor,receiver,collector}');

-- What a check found is shown whole on the page that finance reads too; it names projects and clusters, and
-- no address anybody came from.
delete from console.hidden_columns where view_name = 'health_check_failures' and column_name = 'details';

create or replace function console.group_words(p_groups text[]) returns text
language sql
immutable
set search_path = ''
as $function$
  select pg_catalog.array_to_string(w.words[1:pg_catalog.cardinality(w.words) - 1], ', ')
    || case when pg_catalog.cardinality(w.words) > 1 then ' and ' else '' end
    || w.words[pg_catalog.cardinality(w.words)]
  from (
    select pg_catalog.array_agg(case g.name when 'admin' then 'admins' else g.name end order by g.place) as words
    from pg_catalog.unnest(p_groups) with ordinality as g (name, place)
  ) as w;
$function$;

-- The entry of the ledger is among what an action on credits shows: it has every digit, also where the
-- service's own table keeps two.
create or replace function console.credits_apply(p_credits jsonb) returns jsonb
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

select console.renew_grants();
