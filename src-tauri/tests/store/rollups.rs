//! The rollups equal the rows they are made of, to the last digit, whatever is written when and by whom.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::domain::clock::Clock;
use hopsdesk::domain::credits::RunOut;
use hopsdesk::store::attach;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::store::rollups::{self, CheckBegun, Refreshed};
use hopsdesk::usecases::keep_rollups::{NotChecked, check_rollups, keep_rollups, refresh_rollups};
use rust_decimal::Decimal;
use time::macros::datetime;
use time::{Date, OffsetDateTime};

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
insert into public.team_invites (account_owner_id, email, token, expires_at)
select 'auth0|01', 'guest' || n || '@example.com', repeat('token' || n, 8), timestamptz '2026-11-28' + n * interval '1 day'
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
async fn two_at_once_do_the_work_once() {
    let (database, store) = filled(Kind::Managed).await;
    database.psql(
        "update public.usage_daily set total_cost = total_cost + 1 where date >= '2026-11-29'",
    );
    database.psql("update console.rollup_state set due_at = null");
    let (one, two) = tokio::join!(
        rollups::refresh(&store, NOW, false),
        rollups::refresh(&store, NOW, false)
    );
    let outcomes = [one.expect("an answer"), two.expect("an answer")];
    let done = outcomes
        .iter()
        .filter(|one| matches!(one, Refreshed::Done { .. }));
    assert_eq!(done.count(), 1, "{outcomes:?}");
    assert_right(&database, NOW, "two at once");

    let begun = rollups::begin_check(&store, NOW, true)
        .await
        .expect("an answer");
    assert!(matches!(begun, CheckBegun::Months(months) if months.len() == 3));
    let second = check_rollups(&store, &At(NOW), true)
        .await
        .expect("an answer");
    assert_eq!(second, Err(NotChecked::Busy), "somebody is at it");
}

#[tokio::test]
async fn who_comes_too_early_is_sent_away_and_who_forces_is_not() {
    let (_database, store) = filled(Kind::Managed).await;
    let early = rollups::refresh(&store, NOW, false)
        .await
        .expect("an answer");
    let Refreshed::NotDue(due_in) = early else {
        panic!("{early:?}");
    };
    assert!(due_in > 0, "it says when to come again");
    let forced = rollups::refresh(&store, NOW, true)
        .await
        .expect("an answer");
    assert!(
        matches!(
            forced,
            Refreshed::Done {
                due_in_ms: 3000..,
                ..
            }
        ),
        "{forced:?}"
    );
    let check = check_rollups(&store, &At(NOW), false)
        .await
        .expect("an answer");
    assert_eq!(check, Err(NotChecked::NotDue), "it was filled just now");
    let night = NOW + time::Duration::hours(7);
    let check = check_rollups(&store, &At(night), false)
        .await
        .expect("an answer");
    assert!(check.is_ok(), "a night has passed");
}

#[tokio::test]
async fn a_refresh_that_is_killed_half_way_leaves_nothing_half_and_nothing_locked() {
    let (database, store) = filled(Kind::Managed).await;
    database.psql(
        "update public.usage_daily set total_cost = total_cost + 1 where date >= '2026-11-29'",
    );
    // It gets as far as the credits, where somebody holds the table.
    let mut holder = database.direct().await;
    holder
        .script("begin; lock table console.credit_standing in access exclusive mode")
        .await
        .unwrap();
    let before = database.psql("select sum(total_cost) from console.usage_by_account_month");
    let refresh = tokio::spawn({
        let store = store.clone();
        async move { rollups::refresh(&store, NOW, true).await }
    });
    let stuck = "select pid from pg_stat_activity where wait_event_type = 'Lock'
                 and datname = current_database() and query like '%refresh_rollups%'";
    let mut pid = String::new();
    for _ in 0..100 {
        pid = database.psql(stuck);
        if !pid.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    database.psql(&format!("select pg_terminate_backend({pid})"));
    refresh.await.unwrap().expect_err("it was killed");
    assert_eq!(
        database.psql("select sum(total_cost) from console.usage_by_account_month"),
        before
    );
    holder.script("rollback").await.unwrap();
    let refreshed = refresh_rollups(&store, &At(NOW))
        .await
        .expect("nothing is locked");
    assert!(
        matches!(refreshed, Refreshed::Done { changed: 1.., .. }),
        "{refreshed:?}"
    );
    assert_right(&database, NOW, "a killed refresh");
}

#[tokio::test]
async fn figures_stay_while_the_views_are_released_and_go_on_once_they_are_back() {
    let (database, store) = filled(Kind::Managed).await;
    let mut owner = database.direct().await;
    attach::run::release(&mut owner).await.expect("released");
    let error = rollups::refresh(&store, NOW, true)
        .await
        .expect_err("there are no views");
    assert!(error.is_outage(), "{error}");
    let mut reading = store.read().await.expect("a connection");
    let as_of = rollups::as_of(&mut reading).await.expect("an answer");
    assert_eq!(as_of, Some(NOW), "the last figures say their age");
    reading.end().await.expect("an end");
    // The service changes its tables meanwhile, as it may: what it no longer records is not zero.
    database.psql("alter table public.usage_daily drop column network_egress_gb cascade");
    attach::run::attach(&mut owner).await.expect("attached");
    database
        .psql("delete from public.usage_daily where user_id = 'auth0|08' and date = '2026-11-30'");
    let check = check_rollups(&store, &At(NOW), true)
        .await
        .expect("a check");
    assert!(check.expect("done").differences > 100, "all months lost it");
    refresh_rollups(&store, &At(NOW)).await.expect("a refresh");
    assert_right(&database, NOW, "a release");
}

#[tokio::test]
async fn the_loop_fills_an_empty_database_and_then_follows_it() {
    let database = TestDatabase::new(Kind::G2).await;
    database.psql(SERVICE);
    let keeping = tokio::spawn(keep_rollups(database.store(), Arc::new(At(NOW))));
    let wait = async |sql: &str, expected: &str| {
        for _ in 0..400 {
            if database.psql(sql) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{sql} is not {expected}");
    };
    let accounts = "select accounts from console.service_figures";
    wait("select count(*) from console.service_figures", "1").await;
    let count: u32 = database.psql(accounts).parse().unwrap();
    database.psql("insert into public.users (id, email) values ('auth0|new', 'new@example.com')");
    wait(accounts, &(count + 1).to_string()).await;
    keeping.abort();
    assert_right(&database, NOW, "the loop");
}

#[tokio::test]
async fn run_out_days_follow_the_rule_of_the_pages() {
    const CREDITS: Statement = Statement {
        name: "test",
        sql: "select balance, per_day, runs_out_on, low from console.credit_standing
              where billing_mode = 'prepaid' and status = 'active'",
    };
    let (_database, store) = filled(Kind::Managed).await;
    let mut reading = store.read().await.expect("a connection");
    let rows: Vec<(Decimal, Decimal, Option<Date>, bool)> =
        reading.all(CREDITS.rows()).await.expect("rows");
    assert!(rows.len() > 5, "there is something to compare");
    let today = NOW.date();
    for (balance, per_day, runs_out_on, low) in rows {
        let rule = RunOut::forecast(balance, per_day, today);
        let day = match rule {
            RunOut::Already => Some(today),
            RunOut::About(day) => Some(day),
            RunOut::Far | RunOut::NoPace => None,
        };
        assert_eq!(
            (runs_out_on, low),
            (day, rule.is_low(today)),
            "{balance} at {per_day}"
        );
    }
}
