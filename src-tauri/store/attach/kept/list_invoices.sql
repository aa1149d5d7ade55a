-- A page of the Invoices list: invoices, charges without an invoice, subscriptions, what Stripe alone has. Which, by a
-- small statement put together from what this page asks for, then what each row shows. As in list_users.
--
-- Each table is read in its own order, as far as the page reaches, so that each can use its index; origin and
-- id break ties. Most charges have an invoice that stands for them, and so may Stripe's invoices. Those are skipped no
-- further than the page of invoices reaches: beyond, none of them can be on the page. Rows without a value come last,
-- by id.
create function console.list_invoices(
  p_pattern text, p_text text, p_standings text[], p_words text[], p_origins text[], p_account text, p_month date,
  p_zone text, p_now timestamptz, p_sort text, p_descending boolean,
  p_after_null boolean, p_after_time timestamptz, p_after_number numeric, p_after_id text, p_after_origin text,
  p_limit bigint,
  p_number text, p_amount_over numrange, p_amount_under numrange, p_due_from timestamptz, p_due_before timestamptz,
  p_made_from timestamptz, p_made_before timestamptz
) returns table (
  origin text, id text, number text, user_id text, amount numeric, currency text, status text, standing text,
  period_start timestamptz, period_end timestamptz, due_at timestamptz, paid_at timestamptz, created_at timestamptz,
  description text, hosted_url text, stripe_invoice_id text,
  account_name text, account_email text, account_company text, account_status text, account_found boolean,
  twin_there boolean, twin_status text, twin_amount numeric, twin_currency text, number_shared boolean,
  stripe_says text,
  matching_rows bigint, matching_over bigint
)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
-- What charges and Stripe say of each row looks dear; to compile it takes longer than to read the few that a page needs.
set jit = off
as $function$
#variable_conflict use_column
declare
  v_where text := 'true';
  v_standing text;
  v_key text := case p_sort when 'created' then 'b.created_at' when 'amount' then 'b.amount' else 'b.due_at' end;
  v_sense text := case when p_descending then ' desc' else '' end;
  v_than text := case when p_descending then ' < ' else ' > ' end;
  v_value text := case when p_sort = 'amount' then '$14' else '$13' end;
  v_reach text := ' and ' || v_key
    || case when p_descending then ' >= (select case when count(*) >= $17 then min(i.key) else ''-infinity'' end'
            else ' <= (select case when count(*) >= $17 then max(i.key) else ''infinity'' end' end
    || ' from invoices as i)';
  -- Each source: its origin, its view, and what is asked of it besides.
  v_sources text[][] := array[
    ['invoices', 'console.billed_invoices', ''],
    ['billing_history', 'console.billed_charges', v_reach],
    ['subscriptions', 'console.billed_subscriptions', '']
  ];
  v_mirrored boolean := exists (select from console.stripe_invoices);
  v_source text[];
  v_wanted boolean;
  v_which text;
  v_waiting constant text[] := array['open', 'pending', 'unpaid', 'past_due', 'overdue', 'failed'];
  -- Whether those are looked for as well that wait for money here, and stand under another word of Stripe's.
  v_overruled boolean := false;
  -- What is asked of the recorded word, in parts that have nothing in common: of each a source is asked by itself.
  v_asked text[];
  v_words text[];
  -- Recorded words that are asked for only where a charge marks the invoice, as refunded or as failed.
  v_marked text[];
  v_narrowed boolean;
  v_left text[];
  v_part text;
  v_order text;
  v_with text := '';
  v_without text := '';
  v_union text := '';
  v_count text := '';
  v_keys text[] := '{}';
  v_more text[];
  v_matching bigint;
  v_over bigint;
  -- Invoices that a charge of their own says this word of.
  v_charged constant text := $part$ and b.id in (
    select i.id from console.invoices as h
    join console.invoices as i on i.origin = 'invoices' and i.user_id = h.user_id and i.number = h.number
    where h.origin = 'billing_history' and lower(h.status) = %1$L
    union all
    select i.id from console.invoices as h
    join console.invoices as i
      on i.origin = 'invoices' and i.user_id = h.user_id and i.stripe_invoice_id = h.stripe_invoice_id
    where h.origin = 'billing_history' and lower(h.status) = %1$L)$part$;
  -- Whose invoices the text stands for besides. Companies are those of owners: only these are in an index.
  v_named constant text := 'u.email ilike $1 or u.name ilike $1
    or (u.account_owner_id is null and u.company ilike $1) or u.id = $2';
  v_users text[];
  v_of text;
begin
  -- What nobody has is not planned.
  if v_mirrored then
    v_sources := v_sources || array['stripe_invoices', 'console.billed_mirror', v_reach];
  end if;
  -- Each standing by no more than it takes to tell: what charges say of an invoice costs most to plan.
  v_standing := (
    select string_agg(case
        when s.word in ('open', 'overdue', 'failed') and p_standings @> array['open', 'overdue', 'failed']
          then format('b.recorded_standing = %L', s.word)
        when s.word = 'open'
          then $part$b.recorded_standing = 'open' and (b.due_at < $9) is not true and not b.charge_failed$part$
        when s.word = 'overdue'
          then $part$b.recorded_standing = 'overdue'
            or (b.recorded_standing = 'open' and b.due_at < $9 and not b.charge_failed)$part$
        when s.word = 'failed'
          then $part$b.recorded_standing = 'failed' or (b.recorded_standing = 'open' and b.charge_failed)$part$
        when s.word = 'paid' then $part$b.recorded_standing = 'paid' and not b.charge_refunded$part$
        when s.word = 'refunded'
          then $part$b.recorded_standing = 'refunded' or (b.recorded_standing = 'paid' and b.charge_refunded)$part$
        else format('b.recorded_standing = %L', s.word) end, ') or (' order by s.word)
    from unnest(p_standings) as s (word)
  );
  if p_standings is not null then
    v_where := v_where || ' and (' || coalesce('(' || v_standing || ')', 'false') || ')';
  end if;
  if p_account is not null then
    v_where := v_where || ' and b.user_id = $6';
  end if;
  if p_month is not null then
    v_where := v_where || $part$ and b.created_at >= $7::timestamp at time zone $8
      and b.created_at < ($7 + interval '1 month') at time zone $8$part$;
  end if;
  v_where := v_where
    || case when p_number is not null then ' and b.number ilike $18' else '' end
    || case when p_amount_over is not null
         then format(' and b.amount >%s lower($19)', case when lower_inc(p_amount_over) then '=' end) else '' end
    || case when p_amount_under is not null
         then format(' and b.amount <%s upper($20)', case when upper_inc(p_amount_under) then '=' end) else '' end
    || case when p_due_from is not null then ' and b.due_at >= $21' else '' end
    || case when p_due_before is not null then ' and b.due_at < $22' else '' end
    || case when p_made_from is not null then ' and b.created_at >= $23' else '' end
    || case when p_made_before is not null then ' and b.created_at < $24' else '' end;

  if p_words is not null then
    -- Only the words that are in use, each once: what is not asked is not planned.
    p_words := array(
      select distinct w.word from unnest(p_words) as w (word)
      -- In the order of an index, so that it is looked up there: a word that nobody uses would have all rows read.
      where w.word = (
        select lower(i.status) from console.invoices as i where lower(i.status) >= w.word order by lower(i.status) limit 1
      ) or (v_mirrored and w.word = (
        select lower(t.status) from console.stripe_invoices as t where lower(t.status) >= w.word order by lower(t.status) limit 1
      ))
    );
    v_overruled := v_mirrored and p_standings && array['paid', 'refunded', 'void', 'uncollectible'];
    -- What waits for money and is asked for as something else is overruled; the rest waits under a word of its own.
    p_words := array(
      select w.word from unnest(p_words) as w (word)
      where case
        when w.word in ('open', 'pending', 'unpaid') then p_standings && array['open', 'overdue', 'failed']
        when w.word in ('past_due', 'overdue') then 'overdue' = any (p_standings)
        when w.word = 'failed' then 'failed' = any (p_standings)
        else true end
    );
    v_marked := case when 'paid' = any (p_standings) then '{}' else array['paid', 'succeeded'] end
      || case when p_standings && array['open', 'overdue'] then '{}' else array['open', 'pending', 'unpaid'] end;
  end if;

  if p_pattern is not null then
    -- A few users are found by an index, and compared by their hash where rows are read in order; of many that hash alone
    -- is made, and the plan does not carry them.
    execute 'select array(select u.id from console.users as u where ' || v_named || ' limit 1001)'
    into v_users using p_pattern, p_text;
    v_of := case when cardinality(v_users) > 1000
      then 'in (select u.id from console.users as u where ' || v_named || ')' else '= any ($25)' end;
  end if;

  foreach v_source slice 1 in array v_sources loop
    v_wanted := (p_origins is null or v_source[1] = any (p_origins))
      and (v_source[1] <> 'subscriptions' or p_standings is null or 'subscription' = any (p_standings));
    continue when not v_wanted;
    v_asked := array[''];
    if p_words is not null then
      -- Nothing but an invoice is marked by what its charges say.
      v_words := array(
        select w.word from unnest(p_words) as w (word) where v_source[1] <> 'billing_history' or w.word <> all (v_marked)
        order by w.word
      );
      v_narrowed := v_source[1] = 'invoices' and v_words && v_marked;
      -- What waits under a word that is asked for shows by itself whether it is overruled; the others are known by their ids.
      v_left := array(
        select w.word from unnest(v_waiting) as w (word)
        where w.word <> all (v_words) or (v_narrowed and w.word = any (v_marked))
        order by w.word
      );
      if v_narrowed or v_words = '{}' or (cardinality(v_words) < 3 and p_sort = 'created') then
        -- By date each word has an index that is in order only if it is asked for one word. Many words are those of
        -- few invoices, which may as well be sorted.
        v_asked := array(
          select format(' and lower(b.status) = %L', w.word) || case
              when v_narrowed and w.word = any (v_marked)
                then case when w.word in ('paid', 'succeeded') then ' and b.stripe_says is null'
                  -- One that Stripe told of just now is listed as overruled from the next round on, and until then here.
                  else $part$ and (b.stripe_says is null or not exists (
                    select from console.invoices_overruled as o where o.origin = 'invoices' and o.id = b.id))$part$ end
                  || format(v_charged, case when w.word in ('paid', 'succeeded') then 'refunded' else 'failed' end)
              -- Of the open ones those that are late, by an index: there are many that are not.
              when p_standings = array['overdue'] and w.word in ('open', 'pending', 'unpaid') then ' and b.due_at < $9'
              else '' end
          from unnest(v_words) as w (word)
        );
      else
        v_asked := array[format(' and lower(b.status) = any (%L)', v_words)];
      end if;
      if v_overruled and v_left <> '{}' and v_source[1] in ('invoices', 'billing_history')
        and exists (select from console.invoices_overruled as o where o.origin = v_source[1])
      then
        v_asked := v_asked || format(
          ' and lower(b.status) = any (%L) and b.stripe_says is not null
            and b.id in (select o.id from console.invoices_overruled as o where o.origin = %L)',
          v_left, v_source[1]
        );
      end if;
    end if;
    continue when v_asked = '{}';
    v_which := v_where;
    if v_source[1] = 'stripe_invoices' then
      -- Of those in the mirror only the paid ones are, and it has an index of them. Stripe's words are the standings: how many
      -- there are of a word is known, of what is worked out from it not.
      v_which := replace(
        v_which, $part$b.recorded_standing = 'refunded' or (b.recorded_standing = 'paid' and b.charge_refunded)$part$,
        $part$b.recorded_standing = 'paid' and b.charge_refunded$part$
      );
      v_which := regexp_replace(
        v_which, $part$b\.recorded_standing = '(draft|open|paid|void|uncollectible)'$part$, $part$b.status = '\1'$part$, 'g'
      );
    end if;
    if p_pattern is not null then
      v_which := v_which || ' and (b.number ilike $1 or b.id = $2 or b.stripe_invoice_id = $2'
        || case when v_source[1] = 'stripe_invoices' then ' or b.customer_id = $2' else '' end
        || ' or b.user_id ' || v_of || ')';
    end if;
    -- The page of invoices is what bounds the charges.
    v_part := 'select ' || quote_literal(v_source[1]) || '::text as origin, b.id, ' || v_key || ' as key from '
      || v_source[2] || ' as b where ' || v_which || ' and ' || v_key || ' is not null'
      || case when p_after_id is null then '' else ' and (' || v_key || ', b.id, ' || quote_literal(v_source[1]) || ')'
              || v_than || '(' || v_value || ', $15, $16)' end
      || case when v_with like 'with invoices as %' then v_source[3] else '' end;
    v_order := ' order by ' || v_key || v_sense || ', b.id' || v_sense || ' limit $17';
    if cardinality(v_asked) = 1 then
      v_part := v_part || v_asked[1];
    else
      v_part := 'select w.* from (('
        || (select string_agg(v_part || a || v_order, ') union all (') from unnest(v_asked) as a) || ')) as w';
      v_order := ' order by key' || v_sense || ', id' || v_sense || ' limit $17';
    end if;
    v_with := v_with || case when v_with = '' then 'with ' else ', ' end || v_source[1] || ' as materialized ('
      || v_part || v_order || ')';
    v_union := v_union || case when v_union = '' then '' else ' union all ' end || 'select * from ' || v_source[1];
    v_without := v_without || case when v_without = '' then '' else ' union all ' end || (
      select string_agg(
        '(select ' || quote_literal(v_source[1]) || '::text as origin, b.id from ' || v_source[2] || ' as b where ' || v_which
          || a || ' and ' || v_key || ' is null'
          || case when p_after_null then ' and (b.id, ' || quote_literal(v_source[1]) || ') > ($15, $16)' else '' end
          || ' order by b.id limit $17)', ' union all ')
      from unnest(v_asked) as a
    );
    v_count := v_count || case when v_count = '' then '' else ' union all ' end || (
      select string_agg('select from ' || v_source[2] || ' as b where ' || v_which || a, ' union all ') from unnest(v_asked) as a
    );
  end loop;
  if not p_after_null and v_union <> '' then
    execute v_with || $part$ select array(select m.origin || '/' || m.id from ($part$ || v_union || ') as m order by m.key'
      || v_sense || ', m.id' || v_sense || ', m.origin' || v_sense || ' limit $17)'
    into v_keys
    using p_pattern, p_text, p_standings, p_words, p_origins, p_account, p_month, p_zone, p_now, p_sort,
      p_descending, p_after_null, p_after_time, p_after_number, p_after_id, p_after_origin, p_limit, p_number,
      p_amount_over, p_amount_under, p_due_from, p_due_before, p_made_from, p_made_before, v_users;
  end if;
  -- Hardly any database has rows without a date, and to look for one takes less than to plan their page.
  if cardinality(v_keys) < p_limit and v_union <> '' and (
    p_sort <> 'created'
    or (select true from console.invoices as i where i.created_at is null limit 1)
    or (select true from console.subscriptions as s where s.created_at is null limit 1)
    or (select true from console.stripe_invoices as t where t.created_at is null limit 1)
  ) then
    execute $part$select array(select m.origin || '/' || m.id from ($part$ || v_without
      || ') as m order by m.id, m.origin limit $17)'
    into v_more
    using p_pattern, p_text, p_standings, p_words, p_origins, p_account, p_month, p_zone, p_now, p_sort,
      p_descending, p_after_null, p_after_time, p_after_number, p_after_id, p_after_origin,
      p_limit - cardinality(v_keys), p_number, p_amount_over, p_amount_under,
      p_due_from, p_due_before, p_made_from, p_made_before, v_users;
    v_keys := v_keys || v_more;
  end if;

  if p_after_id is null and v_union <> '' then
    -- As in list_users: many are not counted one by one.
    if (p_standings is null or p_origins is null) and num_nonnulls(
      p_pattern, p_account, p_month, p_number, p_amount_over, p_amount_under, p_due_from, p_due_before, p_made_from,
      p_made_before
    ) = 0 then
      v_over := (
        select sum(k.entries)
        from console.lists_counted as k
        where k.list = 'invoices' and case
          when p_origins is not null then k.kind = 'origin' and k.value = any (p_origins)
          else k.kind = 'standing' and (p_standings is null or k.value = any (p_standings)) end
      );
      v_over := case when v_over is not null then least(v_over - v_over % 1000, 10000) end;
    end if;
    if cardinality(v_keys) < p_limit then
      -- This is all of them.
      v_matching := cardinality(v_keys);
      v_over := null;
    elsif coalesce(v_over, 0) = 0 then
      v_over := 1000;
      execute 'select count(*) from (' || v_count || ' limit 1001) as c'
      into v_matching
      using p_pattern, p_text, p_standings, p_words, p_origins, p_account, p_month, p_zone, p_now, p_sort,
        p_descending, p_after_null, p_after_time, p_after_number, p_after_id, p_after_origin, p_limit, p_number,
        p_amount_over, p_amount_under, p_due_from, p_due_before, p_made_from, p_made_before, v_users;
      if v_matching <= v_over then
        v_over := null;
      end if;
    end if;
  end if;

  return query
  select
    b.origin, b.id, b.number, b.user_id, b.amount, b.currency, b.status,
    case when b.standing = 'open' and b.due_at < p_now then 'overdue' else b.standing end,
    b.period_start, b.period_end, b.due_at, coalesce(b.paid_at, twin.paid_at), b.created_at, b.description,
    b.hosted_url, b.stripe_invoice_id,
    u.name, u.email, u.company, u.status, u.id is not null,
    twin.id is not null, twin.status, twin.amount, twin.currency,
    -- A number alone is nobody's: one of Stripe's may have that of another user's.
    v_mirrored and (exists (
    select from console.stripe_invoices o
    where b.origin in ('invoices', 'billing_history') and o.number = b.number and o.user_id is distinct from b.user_id
      and o.livemode = (select m.livemode from console.stripe_mode m)
  ) or exists (
    select from console.invoices o
    where b.origin = 'stripe_invoices' and o.number = b.number and o.user_id is distinct from b.user_id
  )),
    b.stripe_says,
    v_matching, v_over
  from (
    select split_part(k.key, '/', 1) as origin, substr(k.key, strpos(k.key, '/') + 1) as id, k.position
    from unnest(v_keys) with ordinality as k (key, position)
  ) as p
  cross join lateral (
    select * from console.billed_invoices as i where p.origin = 'invoices' and i.id = p.id
    union all
    select * from console.billed_charges as c where p.origin = 'billing_history' and c.id = p.id
    union all
    select * from console.billed_subscriptions as s where p.origin = 'subscriptions' and s.id = p.id
    union all
    select
      m.origin, m.id, m.number, m.user_id, m.amount, m.currency, m.status, m.standing, m.period_start, m.period_end,
      m.due_at, m.paid_at, m.created_at, m.description, m.hosted_url, m.stripe_invoice_id, m.stripe_payment_intent_id,
      m.recorded_standing, m.charge_failed, m.charge_refunded, m.remaining, m.stripe_says
    from console.billed_mirror as m where p.origin = 'stripe_invoices' and m.id = p.id
  ) as b
  left join console.users as u on u.id = b.user_id
  left join lateral (
    select h.id, h.status, h.amount, upper(h.currency) as currency, h.paid_at
    from console.invoices as h
    where b.origin = 'invoices' and h.origin = 'billing_history' and h.user_id = b.user_id
      and (h.number = b.number or h.stripe_invoice_id = b.stripe_invoice_id)
    order by h.created_at desc nulls last, h.id desc
    limit 1
  ) as twin on true
  order by p.position
  limit p_limit;
end
$function$;

comment on function console.list_invoices is 'A page of the Invoices list.';
