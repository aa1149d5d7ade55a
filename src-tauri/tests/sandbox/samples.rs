//! The samples: the same each time, and adding up.

use hopsdesk::sandbox::sample::Sample;
use time::Duration;

use crate::{NOW, all, connect, count, folder, open, options};

fn digest(users: u32, days: u16, seed: u64, later: Duration) -> String {
    Sample::new(users, days, seed, NOW + later)
        .expect("a sample")
        .digest()
}

#[test]
fn the_same_seed_and_day_give_the_same_rows() {
    let one = digest(60, 45, 7, Duration::ZERO);
    assert_eq!(
        one,
        digest(60, 45, 7, Duration::hours(9)),
        "the hour is of no matter"
    );
    assert_ne!(
        one,
        digest(60, 45, 8, Duration::ZERO),
        "another seed makes other rows"
    );
    assert_ne!(
        one,
        digest(60, 45, 7, Duration::days(1)),
        "another day makes other rows"
    );
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    assert!(Sample::new(0, 10, 1, NOW).is_err());
    assert!(Sample::new(10, 10_000, 1, NOW).is_err());
    // The smallest ones there are do not trip over the cast.
    for users in 1..30 {
        digest(users, 1, u64::from(users), Duration::ZERO);
    }
}

/// Loaded without triggers and keys, the rows must satisfy every one of them.
#[tokio::test]
async fn everything_adds_up_and_every_key_holds() {
    let folder = folder();
    let sandbox = open(options(&folder, 300, 120)).await;
    let mut owner = connect(&sandbox).await;

    owner
        .script(FOREIGN_KEYS)
        .await
        .expect("every foreign key leads to a row");
    owner
        .script(INDEXES)
        .await
        .expect("every index is back and valid");
    for (what, sql) in MUST_BE_NONE {
        assert_eq!(count(&mut owner, sql).await, 0, "{what}");
    }

    // Per workday and per weekend day, over twelve whole weeks.
    let level: Vec<(bool,)> = all(
        &mut owner,
        "select avg(cost) filter (where extract(isodow from date) > 5)
              < avg(cost) filter (where extract(isodow from date) <= 5) * 0.7
         from (
           select date, sum(total_cost) as cost from public.usage_daily
           where date between date '2026-08-24' and date '2026-11-15' group by date
         ) as days",
    )
    .await;
    assert_eq!(level, [(true,)], "weekends are quieter");
    let growth: Vec<(bool,)> = all(
        &mut owner,
        "select sum(total_cost) filter (where date >= date '2026-10-20')
              > sum(total_cost) filter (where date < date '2026-08-23')
         from public.usage_daily",
    )
    .await;
    assert_eq!(growth, [(true,)], "the last month is larger than the first");
    let skew: Vec<(bool,)> = all(
        &mut owner,
        "select sum(cost) filter (where place <= 10) > sum(cost) * 0.5
         from (
           select sum(total_cost) as cost, row_number() over (order by sum(total_cost) desc) as place
           from public.usage_daily group by account_owner_id
         ) as accounts",
    )
    .await;
    assert_eq!(skew, [(true,)], "ten accounts make most of the revenue");
    let newest: Vec<(bool,)> = all(
        &mut owner,
        "select max(date) = date '2026-11-20' from public.usage_daily",
    )
    .await;
    assert_eq!(newest, [(true,)], "usage runs up to today");
    sandbox.stop().await.expect("stops");
}

const MUST_BE_NONE: &[(&str, &str)] = &[
    (
        "the credits an account used are what its days cost",
        "select count(*)
         from public.user_credits as c
         left join (
           select account_owner_id, sum(total_cost) as cost, sum(credits_deducted) as deducted,
             sum(cpu_hours) as cpu, sum(gpu_hours) as gpu, sum(storage_gb) / 30 as storage
           from public.usage_daily group by account_owner_id
         ) as d on d.account_owner_id = c.user_id
         where c.total_used + c.free_credits_used <> coalesce(d.cost, 0)
            or coalesce(d.deducted, 0) <> coalesce(d.cost, 0)
            or c.cpu_hours_used <> coalesce(d.cpu, 0)
            or c.gpu_hours_used <> coalesce(d.gpu, 0)
            or round(c.storage_gb_months - coalesce(d.storage, 0), 9) <> 0",
    ),
    (
        "every prepaid account has credits, and nobody else",
        "select count(*) from public.users as u
         left join public.user_credits as c on c.user_id = u.id
         where (u.billing_mode = 'prepaid') is distinct from (c.user_id is not null)
           and (u.billing_mode = 'prepaid' or c.user_id is not null)",
    ),
    (
        "each line of the ledger begins where the one before ended, but for one that was lost on purpose",
        "select abs(count(*) - 1)
         from (
           select balance_before, lag(balance_after, 1, 0) over (partition by user_id order by created_at, id) as before
           from public.credit_transactions
         ) as lines
         where balance_before <> before",
    ),
    (
        "the last line of the ledger is the balance",
        "select count(*)
         from public.user_credits as c
         left join lateral (
           select balance_after from public.credit_transactions as t
           where t.user_id = c.user_id order by created_at desc, id desc limit 1
         ) as t on true
         where coalesce(t.balance_after, 0)
            <> (c.total_purchased - c.total_used) + (c.free_credits_granted - c.free_credits_used)",
    ),
    (
        "bought credits are touched only when the free ones are used up",
        "select count(*) from public.user_credits
         where total_used > 0 and free_credits_used < free_credits_granted
           and not exists (
             select from public.credit_transactions as t
             where t.user_id = user_credits.user_id and t.type = 'adjustment'
           )",
    ),
    (
        "a usage entry pays for one day, to the last digit",
        "select count(*) from public.credit_transactions as t
         left join public.usage_daily as d on d.id = t.usage_daily_id
         where t.type = 'usage' and d.total_cost is distinct from -t.amount",
    ),
    (
        "what a day cost follows from hours, storage and prices",
        "select count(*)
         from public.usage_daily as d
         left join public.user_pricing_overrides as cpu on cpu.user_id = d.account_owner_id
           and cpu.resource_type = 'cpu_hours' and d.date >= cpu.valid_from::date
           and (cpu.valid_until is null or d.date < cpu.valid_until::date)
         left join public.user_pricing_overrides as gpu on gpu.user_id = d.account_owner_id
           and gpu.resource_type = 'gpu_hours' and d.date >= gpu.valid_from::date
           and (gpu.valid_until is null or d.date < gpu.valid_until::date)
         where round(d.total_cost - (
             d.cpu_hours * coalesce(cpu.override_price, 0.10)
             + d.gpu_hours * coalesce(gpu.override_price, 0.50)
             + (d.online_storage_gb * 0.50 + d.offline_storage_gb * 0.03) / 30
           ), 12) <> 0
           or d.storage_gb <> d.online_storage_gb + d.offline_storage_gb",
    ),
    (
        "an invoice is its month's cost, rounded half to even",
        "select count(*)
         from public.invoices as i
         join lateral (
           select sum(d.total_cost) as cost from public.usage_daily as d
           where d.account_owner_id = i.user_id
             and d.date >= i.period_start::date and d.date < i.period_end::date
         ) as d on true
         where i.period_start is not null and abs(d.cost - i.amount) > 0.005",
    ),
    (
        "members' usage is their owner's",
        "select count(*) from public.usage_daily as d
         join public.users as u on u.id = d.user_id
         where d.account_owner_id <> coalesce(u.account_owner_id, u.id)",
    ),
    (
        "members work on their owner's cluster",
        "select count(*)
         from public.users as m
         join public.user_hopsworks_assignments as a on a.user_id = m.id
         join public.user_hopsworks_assignments as o on o.user_id = m.account_owner_id
         where a.hopsworks_cluster_id <> o.hopsworks_cluster_id",
    ),
    (
        "nothing happened in the future, before registering, or after the door was closed",
        "select count(*) from public.users as u
         where u.created_at >= date '2026-11-20' or u.last_login_at >= date '2026-11-20'
            or u.last_login_at < u.created_at or u.updated_at < u.created_at
            or u.deleted_at < u.last_login_at
            or exists (
              select from public.usage_daily as d
              where d.user_id = u.id
                and (d.date <= u.created_at::date or d.date >= u.deleted_at::date)
            )",
    ),
    (
        "no entry of the ledger, payment or invitation comes before its account",
        "select
           (select count(*) from public.credit_transactions as t join public.users as u on u.id = t.user_id
            where t.created_at < u.created_at or t.created_at > timestamptz '2026-11-20 00:01+00')
         + (select count(*) from public.billing_history as b join public.users as u on u.id = b.user_id
            where b.created_at < u.created_at or b.created_at > timestamptz '2026-11-20 00:01+00')
         + (select count(*) from public.team_invites as i join public.users as u on u.id = i.account_owner_id
            where i.created_at < u.created_at or i.accepted_at < i.created_at
               or i.accepted_at > i.expires_at)",
    ),
    (
        "a name in plain letters stands behind every address",
        "select count(*) from public.users where email !~ '^[A-Za-z]+[.][A-Za-z]+[0-9]*@[a-z0-9-]+[.]example$'",
    ),
    (
        "who never logged in has done nothing",
        "select count(*) from public.users as u
         where u.last_login_at is null
           and (u.login_count > 0 or exists (select from public.usage_daily as d where d.user_id = u.id))",
    ),
];

/// Fails on a row whose foreign key leads nowhere.
const FOREIGN_KEYS: &str = "
do $$
declare
  key record;
  broken boolean;
begin
  for key in
    select k.conname, k.conrelid::regclass as source, k.confrelid::regclass as target,
      (select string_agg(format('t.%I = s.%I', ta.attname, sa.attname), ' and ')
       from unnest(k.conkey, k.confkey) as pair (s, t)
       join pg_attribute as sa on sa.attrelid = k.conrelid and sa.attnum = pair.s
       join pg_attribute as ta on ta.attrelid = k.confrelid and ta.attnum = pair.t) as matches,
      (select string_agg(format('s.%I is not null', sa.attname), ' and ')
       from unnest(k.conkey) as one (s)
       join pg_attribute as sa on sa.attrelid = k.conrelid and sa.attnum = one.s) as filled
    from pg_constraint as k
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace
  loop
    execute format('select exists (select from %s as s where %s and not exists (select from %s as t where %s))',
      key.source, key.filled, key.target, key.matches) into broken;
    if broken then
      raise exception '% is broken', key.conname;
    end if;
  end loop;
end
$$";

/// Fails when an index that a load drops for a while was not made again.
const INDEXES: &str = "
do $$
begin
  if (select count(*) from pg_index as i join pg_class as c on c.oid = i.indexrelid
      where c.relnamespace = 'public'::regnamespace and i.indisvalid
        and c.relname in ('users_email_trgm_idx', 'users_email_folded_key', 'usage_daily_date_brin',
          'usage_daily_account_owner_idx', 'invoices_open_idx', 'team_invites_one_waiting_key')) <> 6 then
    raise exception 'an index is missing';
  end if;
end
$$";
