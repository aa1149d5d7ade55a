//! Who keeps them, when, and what two at once do.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::domain::credits::RunOut;
use hopsdesk::store::door::Statement;
use hopsdesk::store::rollups::{CheckBegun, Refreshed};
use hopsdesk::store::{attach, rollups};
use hopsdesk::usecases::keep_rollups::{NotChecked, check_rollups, keep_rollups, refresh_rollups};
use rust_decimal::Decimal;
use time::Date;

use super::{At, NOW, SERVICE, assert_right, filled};
use crate::support::database::{Kind, TestDatabase};

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
