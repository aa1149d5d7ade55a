//! `rollups`: checked and refreshed from the command line.

use super::program::run;
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn a_check_fills_then_finds_all_right_then_says_what_was_wrong() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email) values ('auth0|1', 'one@example.com');
         insert into public.usage_daily (user_id, date, total_cost)
         select 'auth0|1', date '2026-01-01' + n, 1.5 from generate_series(0, 59) as n",
    );
    let environment = database.environment();
    let first = run(&environment, &["rollups", "check"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{first:?}");
    assert!(
        first.stderr.contains("filled for the first time"),
        "{first:?}"
    );

    let right = run(&environment, &["rollups", "check"]);
    assert_eq!(right.code, 0, "{right:?}");
    assert!(right.stderr.contains("all are right"), "{right:?}");

    // Back-dated, so that no refresh of the last days sees it.
    database.psql("update public.usage_daily set total_cost = 2 where date = '2026-02-03'");
    let refreshed = run(&environment, &["rollups", "refresh"]);
    assert_eq!(refreshed.code, 0, "{refreshed:?}");
    assert!(
        refreshed.stderr.contains("counted as of now"),
        "{refreshed:?}"
    );
    let wrong = run(&environment, &["rollups", "check"]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (1, ""), "{wrong:?}");
    assert!(
        wrong
            .stderr
            .contains("sums differed from the rows, and are mended (February 2026: "),
        "{wrong:?}"
    );
    assert_eq!(
        run(&environment, &["rollups", "check"]).code,
        0,
        "it was mended"
    );
    assert_eq!(
        database.psql(
            "select total_cost from console.usage_by_account_month where month = '2026-02-01'"
        ),
        "42.5"
    );
}

#[tokio::test]
async fn a_refresh_fills_first_and_a_database_without_sums_is_said() {
    let database = TestDatabase::new(Kind::Managed).await;
    let environment = database.environment();
    let refreshed = run(&environment, &["rollups", "refresh"]);
    assert_eq!(refreshed.code, 0, "{refreshed:?}");
    assert_eq!(
        database.psql("select count(*) from console.rollup_state where refreshed_at is null"),
        "0"
    );
    let bare = TestDatabase::new(Kind::ManagedBare).await;
    let failed = run(&bare.environment(), &["rollups", "check"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(
        failed.stderr.contains("hopsdesk-webhook attach"),
        "{failed:?}"
    );
    let usage = run(&environment, &["rollups"]);
    assert_eq!(usage.code, 2, "{usage:?}");
    assert!(usage.stderr.contains("check"), "{usage:?}");
}

/// A session that uses a view of ours and does not end.
#[tokio::test]
async fn attach_waits_for_others_and_then_names_them() {
    let database = TestDatabase::new(Kind::G2).await;
    let environment = database.environment();
    // There is something to make anew.
    database.psql("alter table public.users add column company text");
    let mut reader = database.direct().await;
    reader
        .script("set application_name = 'month end'; begin; select count(*) from console.users")
        .await
        .expect("a long reading");
    // Longer than one try, and well within all of them.
    let leaving = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_secs(8)).await;
        reader.script("rollback").await.expect("it ends");
    });
    let patient = {
        let environment = environment.clone();
        tokio::task::spawn_blocking(move || run(&environment, &["attach"]))
    };
    let attached = patient.await.expect("it ends");
    leaving.await.expect("it ended");
    assert_eq!(attached.code, 0, "{attached:?}");

    let mut reader = database.direct().await;
    reader
        .script("set application_name = 'month end'; begin; select count(*) from console.users")
        .await
        .expect("a long reading");
    let begun = tokio::time::Instant::now();
    let failing = {
        let environment = environment.clone();
        tokio::task::spawn_blocking(move || run(&environment, &["attach", "--release"]))
    };
    // Others are let through meanwhile.
    let store = database.store();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let mut read = 0;
    for _ in 0..8 {
        let mut reading = store.read().await.expect("a connection");
        let ids = hopsdesk::store::people::clusters(&mut reading).await;
        read += u32::from(ids.is_ok());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    assert!(read > 0, "nobody got through");
    let failed = failing.await.expect("it ends");
    assert!(
        (50..90).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!((failed.code, failed.stdout.as_str()), (1, ""), "{failed:?}");
    assert!(
        failed
            .stderr
            .contains("month end (login hopsdesk_owner, process ")
            && failed.stderr.contains(" on console.users since ")
            && failed.stderr.contains("Nothing was changed"),
        "{failed:?}"
    );
    reader.script("rollback").await.expect("it ends");
    assert_eq!(run(&environment, &["attach", "--release"]).code, 0);
}
