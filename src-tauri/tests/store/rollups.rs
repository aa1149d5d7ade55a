//! The rollups equal the rows they are made of, to the last digit, whatever is written when and by whom.

mod keeping;
mod told;

use std::time::Duration;

use hopsdesk::domain::clock::Clock;
use hopsdesk::store::door::Store;
use hopsdesk::store::rollups::Refreshed;
use hopsdesk::usecases::keep_rollups::{check_rollups, refresh_rollups};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::database::{Kind, TestDatabase};

/// A clock that says what it is told.
pub(super) struct At(pub(super) OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

/// Four hours before a month ends: the rounds go on into the next one.
const NOW: OffsetDateTime = datetime!(2026-11-30 20:00 UTC);

/// Rows of each rollup that are not so in the tables, and the other way round; nothing when all is well.
const WRONG: &[(&str, &str)] = &[
    (
        "per user and month",
        "(select user_id, date_trunc('month', date)::date, coalesce(account_owner_id, user_id),
            sum(total_cost), sum(cpu_hours), sum(gpu_hours), sum(ram_gb_hours), sum(storage_gb),
            sum(network_egress_gb), sum(feature_store_api_calls), sum(model_inference_calls),
            sum(credits_deducted), count(distinct date), max(date), max(date) filter (where total_cost > 0)
          from console.usage_daily group by 1, 2, 3)
         except_here
         (select user_id, month, account_id, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb,
            network_egress_gb, feature_store_api_calls, model_inference_calls, credits_deducted, days,
            last_day, last_cost_day from console.usage_by_user_month)",
    ),
    (
        "per user, over all who paid",
        "(select user_id, date_trunc('month', date)::date, sum(total_cost), 1::bigint
          from console.usage_daily group by 1, 2)
         except_here
         (select user_id, month, min(user_cost), count(*) filter (where leads)
          from console.usage_by_user_month group by 1, 2)",
    ),
    (
        "per account and month",
        "(select coalesce(account_owner_id, user_id), date_trunc('month', date)::date,
            sum(total_cost), sum(cpu_hours), sum(gpu_hours), sum(ram_gb_hours), sum(storage_gb),
            sum(network_egress_gb), sum(feature_store_api_calls), sum(model_inference_calls),
            sum(credits_deducted), count(distinct date), count(distinct user_id), max(date)
          from console.usage_daily group by 1, 2)
         except_here
         (select account_id, month, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb,
            network_egress_gb, feature_store_api_calls, model_inference_calls, credits_deducted, days,
            people, last_day from console.usage_by_account_month)",
    ),
    (
        "per cluster and day",
        "(select date, coalesce(hopsworks_cluster_id, ''),
            sum(total_cost), sum(cpu_hours), sum(gpu_hours), sum(ram_gb_hours), sum(storage_gb),
            sum(network_egress_gb), sum(feature_store_api_calls), sum(model_inference_calls),
            sum(credits_deducted), count(distinct user_id)
          from console.usage_daily group by 1, 2)
         except_here
         (select day, cluster_id, total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb,
            network_egress_gb, feature_store_api_calls, model_inference_calls, credits_deducted, people
          from console.usage_by_cluster_day)",
    ),
    (
        "credits",
        "(select c.user_id, u.status, u.billing_mode, c.total_purchased - c.total_used,
            c.free_credits_granted - c.free_credits_used,
            c.total_purchased - c.total_used + c.free_credits_granted - c.free_credits_used,
            coalesce((select sum(d.total_cost) from console.usage_daily d
                      where coalesce(d.account_owner_id, d.user_id) = c.user_id
                        and d.date < 'TODAY'::date and d.date >= 'TODAY'::date - 14), 0)
          from console.user_credits c left join console.users u on u.id = c.user_id)
         except_here
         (select account_id, status, billing_mode, paid_left, free_left, balance, spent_14_days
          from console.credit_standing)",
    ),
    (
        "teams",
        "(select o, (select count(*) from console.users where account_owner_id = o and status <> 'deleted'),
            (select count(*) from console.users where account_owner_id = o and status = 'active'),
            (select count(*) from console.users where account_owner_id = o and status = 'suspended'),
            (select count(*) from console.team_invites
             where account_owner_id = o and accepted_at is null and expires_at > 'NOW'),
            (select count(*) from console.team_invites
             where account_owner_id = o and accepted_at is null and expires_at <= 'NOW')
          from (select account_owner_id from console.users where status <> 'deleted'
                union select account_owner_id from console.team_invites where accepted_at is null) x(o)
          where o is not null)
         except_here
         (select account_id, members, members_active, members_suspended, invites_pending, invites_expired
          from console.team_standing)",
    ),
    (
        "seats",
        "(select cluster_id, count(*),
            count(*) filter (where assigned_at > 'NOW'::timestamptz - interval '30 days'), max(assigned_at)
          from console.cluster_assignments group by 1)
         except_here
         (select cluster_id, assigned, assigned_lately, last_assigned_at from console.cluster_seats)",
    ),
    (
        "figures",
        "(select count(*) filter (where u.account_owner_id is null),
            count(*) filter (where u.account_owner_id is null
              and u.created_at >= date_trunc('month', 'NOW'::timestamptz, 'UTC')),
            count(*),
            count(*) filter (where u.last_login_at >= 'NOW'::timestamptz - interval '30 days' or exists (
              select from console.usage_daily d
              where d.user_id = u.id and d.date > 'TODAY'::date - 30 and d.total_cost > 0)),
            count(*) filter (where u.status = 'active' and not exists (
              select from console.cluster_assignments a where a.user_id = u.id))
          from console.users u where u.status <> 'deleted')
         except_here
         (select accounts, accounts_new, users, users_active, no_seat from console.service_figures)",
    ),
];

/// Fails where a rollup says something else than the tables do at that time.
fn assert_right(database: &TestDatabase, now: OffsetDateTime, after: &str) {
    let now_text = now.to_string();
    let now_text = now_text.split(" +").next().unwrap();
    for (name, pair) in WRONG {
        let pair = pair
            .replace("TODAY", &now.date().to_string())
            .replace("NOW", &format!("{now_text}+00"));
        let (truth, rollup) = pair.split_once("except_here").unwrap();
        let wrong = database.psql(&format!(
            "select 'missing: ' || x::text from ({truth} except all {rollup}) x
             union all select 'too much: ' || x::text from ({rollup} except all {truth}) x limit 6"
        ));
        assert_eq!(wrong, "", "{name} after {after}");
    }
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn user(&mut self) -> String {
        format!("auth0|{:02}", 1 + self.below(24))
    }

    fn cluster(&mut self) -> String {
        match self.below(3) {
            0 => "null".to_owned(),
            n => format!("'00000000-0000-0000-0000-00000000000{n}'"),
        }
    }
}

const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'c' || n, 'https://c.example', 'k', 100, 5, 'active'
from generate_series(1, 2) n;
insert into public.users (id, email, name, status, billing_mode, created_at, last_login_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'person' || n || '@example.com', 'Name ' || n, 'active',
       case when n % 3 = 0 then 'postpaid' else 'prepaid' end, timestamptz '2026-10-20' + n * interval '2 days',
       case when n % 2 = 0 then timestamptz '2026-10-25' + n * interval '1 day' end
from generate_series(1, 24) n;
update public.users set account_owner_id = 'auth0|01' where id in ('auth0|02', 'auth0|03', 'auth0|04');
update public.users set account_owner_id = 'auth0|05' where id in ('auth0|06', 'auth0|07');
insert into public.user_credits (user_id, total_purchased, total_used, free_credits_granted, free_credits_used)
select id, 10 + substr(id, 7, 2)::int, 8, 2, 1 from public.users where account_owner_id is null and id ~ '^auth0.[0-9]{2}$';
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at)
select id, '00000000-0000-0000-0000-000000000001', timestamptz '2026-10-15' + substr(id, 7, 2)::int * interval '2 days'
from public.users where id ~ '^auth0.[01][0-9]$';
insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
select 'auth0|01', 'guest' || n || '@example.com', repeat('token' || n, 8), timestamptz '2026-11-21' + n * interval '1 day',
       timestamptz '2026-11-28' + n * interval '1 day'
from generate_series(1, 5) n;
insert into public.usage_daily (user_id, account_owner_id, date, total_cost, cpu_hours, gpu_hours, storage_gb,
                                hopsworks_cluster_id)
select u.id, coalesce(u.account_owner_id, u.id), d::date, (substr(u.id, 7, 2)::int * 7 + extract(doy from d)::int) % 90 / 10.0,
       3.25, 0.5, 1.5, '00000000-0000-0000-0000-000000000001'
from public.users u, generate_series(date '2026-09-20', date '2026-11-30', interval '1 day') d
where u.id ~ '^auth0.[0-9]{2}$' and (substr(u.id, 7, 2)::int + extract(doy from d)::int) % 3 <> 0;
";

/// One change of the service's own tables, `oldest` days back at most.
fn change(dice: &mut Dice, kind: Kind, now: OffsetDateTime, oldest: u64) -> String {
    let user = dice.user();
    let back = dice.below(oldest + 1);
    let day = format!("date '{}' - {back}", now.date());
    let cost = match dice.below(6) {
        0 if kind == Kind::G2 => "null".to_owned(),
        1 => "0".to_owned(),
        _ => format!("{}.{:02}", dice.below(40), dice.below(100)),
    };
    let cluster = dice.cluster();
    let on_that_day = format!("where user_id = '{user}' and date = {day}");
    match dice.below(13) {
        0..=3 => format!(
            "insert into public.usage_daily (user_id, date, total_cost, cpu_hours, hopsworks_cluster_id)
             values ('{user}', {day}, {cost}, {}.{:04}, {cluster})
             on conflict (user_id, date) do update
             set total_cost = excluded.total_cost, cpu_hours = excluded.cpu_hours",
            dice.below(30),
            dice.below(10_000),
        ),
        4 | 5 => format!("update public.usage_daily set total_cost = {cost} {on_that_day}"),
        6 => format!("delete from public.usage_daily {on_that_day}"),
        7 => format!(
            "update public.usage_daily set account_owner_id = '{}' {on_that_day}",
            dice.user()
        ),
        8 => format!(
            "update public.usage_daily set hopsworks_cluster_id = {cluster} {on_that_day}"
        ),
        9 => format!(
            "update public.users set status = '{}', last_login_at = timestamptz '{} 12:00+00'
             where id = '{user}'",
            ["active", "suspended"][usize::try_from(dice.below(2)).unwrap()],
            now.date(),
        ),
        10 => format!("update public.user_credits set total_used = total_used + {back} where user_id = '{user}'"),
        11 => format!(
            "insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_at)
             select '{user}', '00000000-0000-0000-0000-000000000002', timestamptz '{} 12:00+00'
             where not exists (select from public.user_hopsworks_assignments where user_id = '{user}')",
            now.date(),
        ),
        _ => format!("delete from public.user_hopsworks_assignments where user_id = '{user}'"),
    }
}

async fn filled(kind: Kind) -> (TestDatabase, Store) {
    let database = TestDatabase::new(kind).await;
    database.psql(SERVICE);
    let store = database.store();
    let refreshed = refresh_rollups(&store, &At(NOW)).await.expect("filled");
    assert!(matches!(refreshed, Refreshed::Done { .. }), "{refreshed:?}");
    assert_right(&database, NOW, "the first fill");
    (database, store)
}

async fn whatever_is_written(kind: Kind, seed: u64) {
    let (database, store) = filled(kind).await;
    let mut dice = Dice(seed);
    let mut now = NOW;
    for round in 0..14 {
        // Across midnight and the end of the month, and once over days on which nobody refreshed.
        now += time::Duration::hours(i64::try_from(dice.below(9)).unwrap());
        if round == 9 {
            now += time::Duration::days(6);
        }
        let back_dated = round % 3 == 2;
        let oldest = if back_dated { 75 } else { 2 };
        let changes: Vec<String> = (0..=dice.below(12))
            .map(|_| change(&mut dice, kind, now, oldest))
            .collect();
        database.psql(&changes.join(";"));
        let clock = At(now);
        if back_dated {
            check_rollups(&store, &clock, true)
                .await
                .expect("a check")
                .expect("done");
        }
        refresh_rollups(&store, &clock).await.expect("a refresh");
        assert_right(
            &database,
            now,
            &format!("round {round} of {seed} on {kind:?}: {changes:#?}"),
        );
        let left = database.psql(
            "select (select count(*) from console.usage_changed) + (select count(*) from console.accounts_changed)",
        );
        assert_eq!(left, "0", "what was found changed is forgotten");
    }
    let check = check_rollups(&store, &At(now), true)
        .await
        .expect("a check");
    let compared = check.expect("done");
    assert_eq!(compared.differences, 0, "nothing was left to mend");
    assert!(compared.keys > 100, "{compared:?}");
}

#[tokio::test]
async fn rollups_equal_the_rows_whatever_is_written_to_a_fresh_service() {
    for seed in [1, 2] {
        whatever_is_written(Kind::Managed, seed).await;
    }
}

#[tokio::test]
async fn rollups_equal_the_rows_whatever_is_written_to_the_second_generation() {
    for seed in [3, 4] {
        whatever_is_written(Kind::G2, seed).await;
    }
}

#[tokio::test]
async fn what_nobody_wrote_to_is_not_counted_again_and_what_somebody_did_is() {
    let (database, store) = filled(Kind::Managed).await;
    refresh_rollups(&store, &At(NOW)).await.expect("a refresh");
    // Wrong on purpose: whoever counts again puts them right.
    let spoil = "update console.credit_standing set purchased = purchased + 1;
                 update console.usage_recent set total_cost = total_cost + 1;
                 update console.cluster_seats set assigned = assigned + 1;
                 update console.team_standing set members = members + 1;
                 update console.service_figures set users = users + 1";
    database.psql(spoil);
    let later = NOW + Duration::from_secs(60);
    refresh_rollups(&store, &At(later))
        .await
        .expect("a refresh");
    let wrong = "select (select count(*) from console.credit_standing s
                         join public.user_credits c on c.user_id = s.account_id
                         where s.purchased <> c.total_purchased) > 0,
                        (select users from console.service_figures)
                          <> (select count(*) from public.users where status <> 'deleted')";
    assert_eq!(database.psql(wrong), "t|t", "nobody read what nobody wrote");
    // The same values written again are other versions of the rows.
    database.psql(
        "update public.user_credits set total_used = total_used;
         update public.usage_daily set total_cost = total_cost;
         update public.user_hopsworks_assignments set assigned_by = assigned_by;
         update public.users set name = name",
    );
    refresh_rollups(&store, &At(later))
        .await
        .expect("a refresh");
    assert_right(&database, later, "everything was touched");
    assert_eq!(database.psql(wrong), "f|f");
    let unlike = "select count(*) from console.usage_recent r
                  join console.usage_daily d on d.date = r.day and d.user_id = r.user_id
                  where r.total_cost is distinct from d.total_cost";
    assert_eq!(database.psql(unlike), "0");
}

#[tokio::test]
async fn whatever_stripe_tells_is_counted_at_the_next_refresh_and_nothing_is_otherwise() {
    let (database, store) = filled(Kind::G2).await;
    database.psql(
        "insert into console.stripe_invoices (id, customer_id, status, currency, total, amount_paid, payment_intent_id, livemode, as_of, rank, event_id)
         values ('in_1', 'cus_1', 'paid', 'USD', 9, 9, 'pi_1', true, now(), 1, 'e');
         insert into console.stripe_payments (id, payment_intent_id, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
         values ('ch_1', 'pi_1', 'USD', 9, 0, true, now(), 1, 'e')",
    );
    let mut now = NOW;
    let mut refresh = async || {
        now += Duration::from_secs(60);
        refresh_rollups(&store, &At(now)).await.expect("a refresh");
    };
    let counted =
        "select string_agg(kind || ' ' || value || ' ' || entries, ', ' order by kind, value)
                   from console.lists_counted where list = 'invoices'";
    refresh().await;
    let at_first = database.psql(counted);
    assert!(at_first.contains("standing paid 1"), "{at_first}");
    for (told, means) in [
        (
            "insert into console.stripe_disputes (id, charge_id, status, currency, amount, livemode, as_of, rank, event_id)
             values ('dp_1', 'ch_1', 'lost', 'USD', 9, true, now(), 1, 'e')",
            "standing refunded 1",
        ),
        (
            "update console.stripe_disputes set status = 'won'",
            "standing paid 1",
        ),
        (
            "insert into console.stripe_refunds (id, charge_id, status, currency, amount, livemode, as_of, rank, event_id)
             values ('re_1', 'ch_1', 'succeeded', 'USD', 9, true, now(), 1, 'e')",
            "standing refunded 1",
        ),
        (
            "insert into console.stripe_subscriptions (id, customer_id, status, livemode, as_of, rank, event_id)
             values ('sub_1', 'cus_1', 'active', true, now(), 1, 'e')",
            "origin subscriptions 1",
        ),
        ("update console.stripe_mode set livemode = false", ""),
        (
            "update console.stripe_mode set livemode = true",
            "origin stripe_invoices 1",
        ),
    ] {
        database.psql(told);
        refresh().await;
        let after = database.psql(counted);
        assert!(after.contains(means), "{told}: {after}");
        if means.is_empty() {
            assert!(!after.contains("stripe_invoices"), "{told}: {after}");
        }
    }
    // A credit note moves no invoice from one list to another, but sums may show it.
    let spoil = "update console.lists_counted set entries = entries + 1000";
    database.psql(spoil);
    refresh().await;
    assert!(
        database.psql(counted).contains("100"),
        "nobody counts what nobody told"
    );
    database.psql(
        "insert into console.stripe_credit_notes (id, invoice_id, total, livemode, as_of, rank, event_id)
         values ('cn_1', 'in_1', 1, true, now(), 1, 'e')",
    );
    refresh().await;
    assert!(!database.psql(counted).contains("100"));
    // Told while somebody became this customer, and placed before either saw the other.
    database.psql("update public.users set stripe_customer_id = 'cus_1' where id = (select min(id) from public.users)");
    refresh().await;
    let whose = "select count(user_id) from console.stripe_invoices where id = 'in_1'";
    assert_eq!(database.psql(whose), "1");
    database.psql("update console.stripe_invoices set user_id = null where id = 'in_1'");
    refresh().await;
    assert_eq!(database.psql(whose), "1");
}
