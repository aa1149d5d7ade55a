-- Invoices and charges, each with the one word it stands under by what it was recorded with alone. Words nobody
-- knows are `unknown`.
--
-- One that waits for money here while Stripe has it as paid, void or given up stands under Stripe's word (`stripe_says`):
-- whoever asks for money that Stripe would not take is wrong. It was paid when Stripe says it was, or else when Stripe said
-- so. `stripe_twin` is Stripe's invoice that it is, of the mode this service works in: by its id, or where the same user has
-- it by its number or its payment.
create view console.recorded_invoices as
select
  s.origin, s.row_id, s.id, s.number, s.user_id, s.amount, s.currency, s.status, s.description, s.stripe_invoice_id,
  s.stripe_payment_intent_id, s.period_start, s.period_end, s.due_at, s.hosted_url, s.created_at,
  coalesce(s.paid_at, case when s.stripe_says in ('paid', 'refunded') then (
    select coalesce(t.paid_at, t.as_of) from console.stripe_invoices t where t.id = s.stripe_twin
  ) end) as paid_at,
  coalesce(s.stripe_says, s.own_standing) as recorded_standing, s.stripe_twin, s.stripe_says
from (
  select
    w.*,
    (
      select case when t.status = 'paid' and t.went_back then 'refunded' else t.status end
      from console.stripe_invoices t
      where t.id = w.stripe_twin and t.status in ('paid', 'void', 'uncollectible')
        and (upper(t.currency) = upper(w.currency)) is not false
    ) as stripe_says
  from (
    select
      v.*,
      case when v.own_standing in ('open', 'overdue', 'failed') then coalesce(
        (
          select t.id from console.stripe_invoices t
          where t.id = v.stripe_invoice_id and t.livemode = (select m.livemode from console.stripe_mode m)
        ),
        (
          select t.id from console.stripe_invoices t
          where t.user_id = v.user_id and (t.number = v.number or t.paid_by = v.stripe_payment_intent_id)
            and t.livemode = (select m.livemode from console.stripe_mode m)
          order by t.number is not distinct from v.number desc, t.created_at desc nulls last, t.id
          limit 1
        )
      ) end as stripe_twin
    from (
      select
        i.*,
        case
          when lower(i.status) = 'draft' then 'draft'
          when lower(i.status) in ('open', 'pending', 'unpaid') then 'open'
          when lower(i.status) in ('past_due', 'overdue') then 'overdue'
          when lower(i.status) = 'failed' then 'failed'
          when lower(i.status) in ('paid', 'succeeded') then 'paid'
          when lower(i.status) = 'refunded' then 'refunded'
          when lower(i.status) in ('credited', 'credit_note') then 'credited'
          when lower(i.status) in ('void', 'voided') then 'void'
          when lower(i.status) = 'uncollectible' then 'uncollectible'
          else 'unknown'
        end as own_standing
      from console.invoices i
    ) as v
  ) as w
) as s;
