-- What went back of an invoice, as Stripe has it: the money (`refunded`), what credit notes took off without money going
-- back (`credited`), and the money that went back in other currencies (`apart`). No row where Stripe tells of none like it.
--
-- Stripe's invoice is known by its id; one of the service's own also by the number or the payment where the same user has it.
create function console.given_back(
  p_origin text, p_user_id text, p_number text, p_stripe_invoice_id text, p_stripe_payment_intent_id text
) returns table (refunded numeric, credited numeric, apart jsonb)
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
as $function$
declare
  v_live boolean := (select m.livemode from console.stripe_mode as m);
begin
  return query
    select nullif(k.refunded, 0), nullif(k.credited, 0), k.apart
    from (
      select 1 as by, i.id, i.refunded, i.credited, i.apart
      from console.stripe_invoices as i
      where i.id = p_stripe_invoice_id and i.livemode = v_live
      union all
      select 2, i.id, i.refunded, i.credited, i.apart
      from console.stripe_invoices as i
      where p_origin in ('invoices', 'billing_history') and i.user_id = p_user_id and i.number = p_number
        and i.livemode = v_live
      union all
      select 3, i.id, i.refunded, i.credited, i.apart
      from console.stripe_invoices as i
      where p_origin in ('invoices', 'billing_history') and i.user_id = p_user_id
        and i.paid_by = p_stripe_payment_intent_id and i.livemode = v_live
    ) as k
    order by k.by, k.id
    limit 1;
end
$function$;

comment on function console.given_back is 'What went back of an invoice, as Stripe has it.';
