-- The one word under which the list and the page show an invoice that was found; null: neither shows it.
--
-- p_origin, p_id: which · p_now: now
--
-- An entry of the billing history that an invoice stands for is shown as that invoice.
create function console.found_standing(p_origin text, p_id text, p_now timestamptz) returns text
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
-- A plan over these views looks dear, and to compile it takes longer than to run it.
set jit = off
as $function$
declare
  v_standing text;
  v_due_at timestamptz;
begin
  case p_origin
    when 'stripe_invoices' then
      select m.standing, m.due_at into v_standing, v_due_at from console.billed_mirror as m where m.id = p_id limit 1;
    when 'billing_history' then
      select h.standing, h.due_at into v_standing, v_due_at from console.billed_charges as h where h.id = p_id limit 1;
      if not found then
        select b.standing, b.due_at into v_standing, v_due_at
        from console.invoices as h
        join console.billed_invoices as b
          on b.user_id = h.user_id and (b.number = h.number or b.stripe_invoice_id = h.stripe_invoice_id)
        where h.origin = 'billing_history' and h.id = p_id
        order by b.created_at nulls first, b.id
        limit 1;
      end if;
    when 'invoices' then
      select i.standing, i.due_at into v_standing, v_due_at from console.billed_invoices as i where i.id = p_id limit 1;
    else return null;
  end case;
  return case when v_standing = 'open' and v_due_at < p_now then 'overdue' else v_standing end;
end
$function$;

comment on function console.found_standing is 'Where an invoice stands that the search box found.';
