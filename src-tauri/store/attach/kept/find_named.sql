-- What a pasted id names (`console.named`, where the arguments are described), as the search box shows it. p_now: now
create function console.find_named(
  p_user text, p_email text, p_customer text, p_subscription text, p_invoice text, p_payment text, p_uuid text, p_number bigint,
  p_now timestamptz
) returns table (
  kind text, id text, origin text, title text, state text, namespace text, user_id text, by text, exact boolean,
  name text, email text, status text, company text, members bigint,
  cluster_id text, cluster_name text, region text, cluster_status text
)
language plpgsql
stable
rows 5
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $function$
#variable_conflict use_column
begin
  return query
  select n.kind, n.id, n.origin, n.title,
         case when n.kind = 'invoice' and n.origin <> 'subscriptions' then console.found_standing(n.origin, n.id, p_now)
              else n.state end,
         n.namespace, n.user_id, n.by, true,
         u.name, u.email, u.status, u.company,
         case when n.kind = 'team' then (
           select count(*) from console.users as m
           where m.account_owner_id = u.id and m.status is distinct from 'deleted'
         ) end,
         k.id, k.name, k.region, k.status
  from console.named(p_user, p_email, p_customer, p_subscription, p_invoice, p_payment, p_uuid, p_number) as n
  left join console.users as u on u.id = n.user_id
  left join console.clusters as k on k.id = n.cluster_id
  order by case n.kind when 'user' then 1 when 'team' then 2 when 'cluster' then 3 when 'project' then 4 else 5 end, n.id,
           n.by nulls first;
end
$function$;

comment on function console.find_named is 'What the search box finds for an id.';
