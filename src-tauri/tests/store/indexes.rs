//! Proposed indexes: compared with what is there, made concurrently, cleared up when broken off.

use std::time::Duration;

use hopsdesk::domain::indexes::{IndexState, Proposal};
use hopsdesk::store::attach::indexes::make::{self, IndexError};

use crate::support::database::{Kind, TestDatabase};

async fn proposals(database: &TestDatabase) -> Vec<Proposal> {
    make::look(&database.store()).await.expect("proposals")
}

async fn proposal(database: &TestDatabase, name: &str) -> Proposal {
    let all = proposals(database).await;
    let names: Vec<_> = all.iter().map(|one| one.name.clone()).collect();
    all.into_iter()
        .find(|one| one.name == name)
        .unwrap_or_else(|| panic!("{name} is proposed: {names:#?}"))
}

#[tokio::test]
async fn what_is_there_under_another_name_counts() {
    let database = TestDatabase::new(Kind::G1).await;
    // (user_id, date desc) serves (user_id, date): the user is compared for equality.
    for (name, there) in [
        ("hopsdesk_users_id_idx", "users_pkey"),
        ("hopsdesk_users_email_idx", "idx_users_email"),
        (
            "hopsdesk_usage_daily_user_date_idx",
            "idx_usage_daily_user_date",
        ),
        ("hopsdesk_instances_user_idx", "instances_user_id_key"),
    ] {
        let state = proposal(&database, name).await.state;
        assert_eq!(state, IndexState::Present(there.to_owned()), "{name}");
    }
    let created = proposal(&database, "hopsdesk_users_created_idx").await;
    assert_eq!(created.state, IndexState::Missing);
    assert_eq!(
        created.statements,
        [
            "create index concurrently hopsdesk_users_created_idx on public.users using btree (created_at, id);"
        ]
    );
    // Half of the keys, another direction of one of them, and some of the rows: none of them serves.
    database.psql(
        "create index on public.users (created_at);
         create index on public.users (created_at desc, id);
         create index on public.users (created_at, id) where status = 'active'",
    );
    assert_eq!(
        proposal(&database, "hopsdesk_users_created_idx")
            .await
            .state,
        IndexState::Missing
    );
    database.psql("create index theirs on public.users (created_at desc, id desc, email)");
    assert_eq!(
        proposal(&database, "hopsdesk_users_created_idx")
            .await
            .state,
        IndexState::Present("theirs".to_owned())
    );
    assert!(
        !proposals(&database)
            .await
            .iter()
            .any(|one| one.name.contains("owner")),
        "a column that is not there needs no index"
    );
}

#[tokio::test]
async fn every_index_that_can_be_made_is_made_and_then_counts_as_there() {
    for kind in [
        Kind::G1Production,
        Kind::G2,
        Kind::G3,
        Kind::MixedTypes,
        Kind::MixedNames,
    ] {
        let database = TestDatabase::new(kind).await;
        let mut owner = database.direct().await;
        for one in proposals(&database).await {
            if one.can_be_made() {
                let made = make::make(&mut owner, &one.name).await;
                assert!(
                    matches!(made, Ok(true)),
                    "{kind:?} {}: {made:?}\n{:?}",
                    one.name,
                    one.statements
                );
            }
        }
        for one in proposals(&database).await {
            assert!(
                matches!(
                    one.state,
                    IndexState::Present(_) | IndexState::Impossible(_)
                ),
                "{kind:?}: {one:#?}"
            );
        }
    }
}

#[tokio::test]
async fn indexes_on_converted_columns_are_used() {
    let database = TestDatabase::new(Kind::MixedTypes).await;
    let mut owner = database.direct().await;
    for name in [
        "hopsdesk_users_created_idx",
        "hopsdesk_users_email_fragment_idx",
        "hopsdesk_invoices_number_idx",
    ] {
        assert!(make::make(&mut owner, name).await.expect("made"), "{name}");
    }
    let explain = |query: &str| {
        database.psql(&format!(
            "set enable_seqscan = off; explain (costs off) {query}"
        ))
    };
    for (query, index) in [
        (
            "select id from console.users order by created_at desc, id desc limit 5",
            "hopsdesk_users_created_idx",
        ),
        (
            "select id from console.users where email ilike '%mixed%'",
            "hopsdesk_users_email_fragment_idx",
        ),
    ] {
        let plan = explain(query);
        assert!(plan.contains(index), "{plan}");
    }
}

#[tokio::test]
async fn an_index_on_the_beginning_of_days_does_not_count_for_their_end() {
    let database = TestDatabase::new(Kind::MixedTypes).await;
    let mut owner = database.direct().await;
    let name = "hopsdesk_invoices_due_idx";
    assert!(make::make(&mut owner, name).await.expect("made"));
    let there = proposal(&database, name).await.state;
    assert_eq!(there, IndexState::Present(name.to_owned()));
    let made = database.psql(&format!(
        "select pg_get_indexdef('public.{name}'::regclass)"
    ));
    let end = "(due_date + '23:59:59.999999'::time without time zone)";
    assert!(made.contains(end), "{made}");
    // As it was made while a day alone was read as its beginning.
    let former = made.replace(end, "(due_date)::timestamp without time zone");
    database.psql(&format!("drop index public.{name}; {former}"));
    let anew = proposal(&database, "hopsdesk_invoices_due_2_idx").await;
    assert!(anew.can_be_made(), "{anew:#?}");
    assert!(make::make(&mut owner, &anew.name).await.expect("made"));
    let there = proposals(&database).await;
    let due = there
        .iter()
        .find(|one| one.name.starts_with("hopsdesk_invoices_due_"));
    assert_eq!(
        due.map(|one| one.state.clone()),
        Some(IndexState::Present(anew.name))
    );
}

#[tokio::test]
async fn a_name_that_is_taken_and_one_that_was_broken_off_are_dealt_with() {
    let database = TestDatabase::new(Kind::G1).await;
    let mut owner = database.direct().await;
    database.psql("create table public.hopsdesk_users_created_idx (n int)");
    let other = proposal(&database, "hopsdesk_users_created_2_idx").await;
    assert!(other.can_be_made());
    database.psql("drop table public.hopsdesk_users_created_idx");
    // A unique index over rows that are not unique is what a broken build leaves behind.
    database
        .psql("update public.users set created_at = '2024-01-01', last_login_at = '2024-01-01'");
    let mut superuser = database.superuser().await;
    superuser
        .script("create unique index concurrently hopsdesk_users_created_idx on public.users (created_at)")
        .await
        .expect_err("they are not unique");
    let broken = proposal(&database, "hopsdesk_users_created_idx").await;
    assert_eq!(broken.state, IndexState::Broken);
    // It belongs to whoever made it; here that is the superuser.
    database.psql("alter table public.users owner to hopsdesk_owner");
    assert!(
        make::make(&mut owner, "hopsdesk_users_created_idx")
            .await
            .expect("made")
    );
    assert_eq!(
        proposal(&database, "hopsdesk_users_created_idx")
            .await
            .state,
        IndexState::Present("hopsdesk_users_created_idx".to_owned())
    );
    assert!(
        !make::make(&mut owner, "hopsdesk_users_created_idx")
            .await
            .expect("there already")
    );
    let unknown = make::make(&mut owner, "hopsdesk_nothing_idx").await;
    assert!(
        matches!(unknown, Err(IndexError::Unknown(_))),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_build_shows_how_far_it_is_and_can_be_stopped_without_a_trace() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    let mut owner = database.direct().await;
    let process = make::process(&mut owner).await.expect("a process");
    // An open transaction that has written keeps the build waiting for as long as we want.
    let mut writer = database.direct().await;
    writer
        .script("begin; update public.users set login_count = 1")
        .await
        .expect("a write under way");
    let build = tokio::spawn(async move {
        let made = make::make(&mut owner, "hopsdesk_users_created_idx").await;
        (owner, made)
    });
    let mut seen = None;
    for _ in 0..400 {
        let mut reading = store.read().await.expect("reads");
        let builds = make::progress(&mut reading).await.expect("progress");
        reading.end().await.expect("ends");
        seen = builds.into_iter().find(|build| build.process == process);
        if seen
            .as_ref()
            .is_some_and(|build| build.words().starts_with("waiting"))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seen = seen.expect("a build under way");
    assert_eq!(
        seen.words(),
        "waiting for older transactions to end",
        "{seen:?}"
    );
    assert_eq!(seen.index.as_deref(), Some("hopsdesk_users_created_idx"));
    // Somebody else who wants the same is told.
    let mut second = database.direct().await;
    let again = make::make(&mut second, "hopsdesk_users_created_idx").await;
    assert!(matches!(again, Err(IndexError::UnderWay(_))), "{again:?}");

    assert!(make::cancel(&store, process).await.expect("asked"));
    writer.script("rollback").await.expect("the write ends");
    let (mut owner, made) = build.await.expect("it ends");
    assert!(matches!(made, Err(IndexError::Cancelled(_))), "{made:?}");
    assert_eq!(
        database.psql("select count(*) from pg_class where relname like 'hopsdesk_%'"),
        "0",
        "nothing is left of it"
    );
    assert!(
        make::make(&mut owner, "hopsdesk_users_created_idx")
            .await
            .expect("made at last")
    );
}

#[tokio::test]
async fn sizes_are_reckoned_once_there_are_statistics() {
    let database = TestDatabase::new(Kind::G2).await;
    database.psql(
        "insert into public.users (id, email, name, created_at)
           select 'auth0|' || n, n || '@example.org', 'Somebody ' || n, now() - n * interval '1 minute'
           from generate_series(1, 20000) as n;
         analyze public.users",
    );
    let before = proposal(&database, "hopsdesk_users_created_idx").await;
    assert!(
        before.worthwhile && before.rows.is_some_and(|rows| rows >= 20_000),
        "{before:?}"
    );
    let mut owner = database.direct().await;
    assert!(
        make::make(&mut owner, "hopsdesk_users_created_idx")
            .await
            .expect("made")
    );
    let after = proposal(&database, "hopsdesk_users_created_idx").await;
    let (reckoned, real) = (before.bytes.expect("reckoned"), after.bytes.expect("real"));
    assert!(
        reckoned < real * 2 && real < reckoned * 2,
        "{reckoned} was reckoned, {real} it is"
    );
    let credits = proposal(&database, "hopsdesk_user_credits_user_idx").await;
    assert!(matches!(credits.state, IndexState::Present(_)));
}
