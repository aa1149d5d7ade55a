//! An event that fails as everything would in an outage: it holds up nobody, is counted where others pass, and waits
//! uncounted where nobody does.

use std::time::Duration;

use hopsdesk::domain::clock::Clock as _;
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::store::door::Store;
use hopsdesk::store::failure::StoreError;
use hopsdesk::store::inbox::Claimed;
use hopsdesk::usecases::apply_inbox::{Round, apply_as_read, apply_inbox};
use hopsdesk::usecases::read_event::{Said, read_event};
use tokio::time::Instant;

use super::running::{LIVE, PATIENCE, RealClock};
use crate::support::database::{Kind, TestDatabase};

/// What Postgres says when a right, a table, a column, a function, a schema, the disk, or the time is missing.
const LIKE_AN_OUTAGE: [&str; 7] = [
    "42501", "42P01", "42703", "42883", "3F000", "53100", "57014",
];

/// A service whose own trigger fails for users whose ids begin with `auth0|evil`, with what follows in the id.
async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "create function public.sign_up() returns trigger language plpgsql as $$
         begin
           if new.id like 'auth0|evil%' then
             raise exception 'not this one' using errcode = substr(new.id, 11, 5);
           end if;
           return new;
         end $$;
         create trigger sign_up before insert on public.users for each row execute function public.sign_up()",
    );
    let store = database.store();
    (database, store)
}

fn comes(database: &TestDatabase, name: &str) {
    let body = super::running::registration(name).to_string();
    database.psql(&format!(
        "insert into console.inbox (provider, event_id, received_at, body, next_attempt_at)
         values ('auth0', '{name}', now(), convert_to('{body}', 'UTF8'), clock_timestamp())"
    ));
}

/// Everything that waits is due.
fn all_due(database: &TestDatabase) {
    database.psql("update console.inbox set next_attempt_at = now() where state = 'pending'");
}

/// Applies what is due, once what another transaction held is free.
async fn round(store: &Store, patience: Duration) -> Result<Round, StoreError> {
    let begun = Instant::now();
    loop {
        let done = apply_inbox(store, RealClock.now(), &FixedRandom(0), LIVE, patience).await?;
        if done.events() > 0 || begun.elapsed() > Duration::from_secs(20) {
            return Ok(done);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn whatever_an_event_fails_with_the_others_pass_and_it_is_given_up() {
    let (database, store) = service().await;
    for code in LIKE_AN_OUTAGE {
        comes(&database, &format!("before{code}"));
        comes(&database, &format!("evil{code}"));
        comes(&database, &format!("after{code}"));
        let done = round(&store, PATIENCE).await.expect(code);
        assert_eq!((done.done, done.put_off), (2, 1), "{code}");
        let poisoned = format!(
            "select state, attempts, last_error like '%{code}%' from console.inbox where event_id = 'evil{code}'"
        );
        assert_eq!(database.psql(&poisoned), "pending|1|t", "{code}");
        // For days it is tried; then a person must look.
        database.psql("update console.inbox set attempts = 998 where state = 'pending'");
        for (number, then) in [(1, "pending|999|t"), (2, "dead|1000|t")] {
            all_due(&database);
            comes(&database, &format!("beside{code}_{number}"));
            let done = round(&store, PATIENCE).await.expect(code);
            assert_eq!((done.done, done.put_off + done.dead), (1, 1), "{code}");
            assert_eq!(database.psql(&poisoned), then, "{code}");
        }
    }
}

#[tokio::test]
async fn what_all_of_them_fail_with_is_nobodys_fault() {
    let (database, store) = service().await;
    for code in LIKE_AN_OUTAGE {
        for number in 0..12 {
            comes(&database, &format!("evil{code}_{number}"));
        }
        let failed = round(&store, PATIENCE).await.expect_err(code);
        assert!(failed.without_data().contains(code), "{failed:?}");
        assert_eq!(
            database.psql("select sum(attempts) from console.inbox where state = 'pending'"),
            "0",
            "{code}"
        );
        database.psql("delete from console.inbox");
    }
    // The service mends it, and all of them are there at once.
    for number in 0..12 {
        comes(&database, &format!("evil42501_{number}"));
    }
    round(&store, PATIENCE).await.expect_err("all of them");
    database.psql("drop trigger sign_up on public.users");
    all_due(&database);
    assert_eq!(round(&store, PATIENCE).await.expect("a round").done, 12);
}

#[tokio::test]
async fn while_the_views_are_released_registrations_wait_and_stripe_s_events_pass() {
    let (database, store) = service().await;
    let mut owner = database.direct().await;
    hopsdesk::store::attach::run::release(&mut owner)
        .await
        .expect("released");
    let comes_from_stripe = || {
        database.psql(
            "insert into console.inbox (provider, event_id, received_at, body, next_attempt_at)
             values ('stripe', gen_random_uuid()::text, now(), convert_to('{\"type\": \"plan.created\", \"livemode\": true}', 'UTF8'), now())",
        );
    };
    comes(&database, "patient");
    comes_from_stripe();
    for _ in 0..12 {
        all_due(&database);
        comes_from_stripe();
        let done = round(&store, PATIENCE).await.expect("Stripe's pass");
        assert!(done.done > 0, "{done:?}");
    }
    assert_eq!(
        database.psql("select state, attempts from console.inbox where provider = 'auth0'"),
        "pending|0"
    );
    hopsdesk::store::attach::run::attach(&mut owner)
        .await
        .expect("attached");
    all_due(&database);
    assert_eq!(round(&store, PATIENCE).await.expect("a round").done, 1);
}

#[tokio::test]
async fn one_that_is_slow_all_alone_is_given_up_and_many_that_are_wait() {
    let (database, store) = service().await;
    comes(&database, "evil57014");
    for _ in 1..12 {
        all_due(&database);
        let done = round(&store, PATIENCE).await.expect("a round");
        assert_eq!(
            (done.put_off, done.dead),
            (1, 0),
            "a night of backups is no reason"
        );
    }
    database.psql("update console.inbox set attempts = 999 where state = 'pending'");
    all_due(&database);
    assert_eq!(round(&store, PATIENCE).await.expect("a round").dead, 1);
    for number in 0..3 {
        comes(&database, &format!("evil57014_{number}"));
    }
    round(&store, PATIENCE).await.expect_err("a slow database");
    assert_eq!(
        database.psql("select sum(attempts) from console.inbox where state = 'pending'"),
        "0"
    );
}

#[tokio::test]
async fn a_batch_that_is_more_than_can_be_done_in_time_is_done_one_by_one() {
    let (database, store) = service().await;
    database.psql(
        "create function public.dawdle() returns trigger language plpgsql as $$
         begin perform pg_sleep(0.4); return new; end $$;
         create trigger dawdle before insert on public.users for each row execute function public.dawdle()",
    );
    for number in 0..8 {
        comes(&database, &format!("slow{number}"));
    }
    let patience = Duration::from_secs(2);
    let begun = Instant::now();
    while database.psql("select count(*) from console.inbox where state = 'pending'") != "0" {
        round(&store, patience).await.expect("a round");
        assert!(begun.elapsed() < Duration::from_secs(60), "it gets nowhere");
    }
    assert_eq!(
        database.psql("select count(*), sum(attempts) from console.inbox where state = 'done'"),
        "8|0"
    );
}

/// Longer than is waited for a lock, so that what a transaction that was given up still holds is told from silence.
const SHORT: Duration = Duration::from_millis(3_500);

/// Users whose ids begin with `auth0|long` take longer than that, and less than a statement may.
fn some_take_long(database: &TestDatabase) {
    database.psql(
        "create function public.take_long() returns trigger language plpgsql as $$
         begin
           if new.id like 'auth0|long%' then perform pg_sleep(8); end if;
           return new;
         end $$;
         create trigger take_long before insert on public.users for each row execute function public.take_long()",
    );
}

#[tokio::test]
async fn one_that_takes_longer_than_a_transaction_may_is_put_off_alone() {
    let (database, store) = service().await;
    some_take_long(&database);
    for name in ["before", "long", "after"] {
        comes(&database, name);
    }
    let done = round(&store, SHORT).await.expect("a round");
    assert_eq!((done.done, done.put_off), (2, 1));
    assert_eq!(
        database
            .psql("select state, attempts, last_error from console.inbox where event_id = 'long'"),
        "pending|1|all of it together took longer than 3 seconds"
    );
    // Meanwhile it is in nobody's way.
    comes(&database, "later");
    assert_eq!(round(&store, SHORT).await.expect("a round").done, 1);
}

#[tokio::test]
async fn where_all_take_longer_than_a_transaction_may_it_is_nobodys_fault() {
    let (database, store) = service().await;
    some_take_long(&database);
    for number in 0..3 {
        comes(&database, &format!("long{number}"));
    }
    round(&store, SHORT).await.expect_err("a slow database");
    assert_eq!(
        database.psql("select sum(attempts) from console.inbox where state = 'pending'"),
        "0"
    );
}

#[tokio::test]
async fn a_batch_that_is_still_held_is_waited_for_whatever_comes_meanwhile() {
    let (database, store) = service().await;
    some_take_long(&database);
    for number in 0..16 {
        comes(&database, &format!("before{number}"));
    }
    comes(&database, "long");
    for number in 0..15 {
        comes(&database, &format!("after{number}"));
    }
    let traffic = async {
        for number in 0.. {
            comes(&database, &format!("steady{number}"));
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let beside = "select count(*) from console.inbox where state = 'pending' and event_id similar to '(before|after)%'";
    let begun = Instant::now();
    let applied = async {
        while database.psql(beside) != "0" {
            let now = RealClock.now();
            let done = apply_inbox(&store, now, &FixedRandom(0), LIVE, SHORT).await;
            done.expect("a round");
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "they wait for ever"
            );
        }
    };
    tokio::select! {
        () = applied => {}
        () = traffic => {}
    }
    let long = "select state, attempts from console.inbox where event_id = 'long'";
    assert_eq!(database.psql(long), "pending|1", "it was tried alone");
}

/// A program that has a fault.
fn fails_of_evil(event: &Claimed) -> Said {
    assert!(!event.event_id.starts_with("evil"), "a fault");
    read_event(event)
}

#[tokio::test]
async fn what_the_program_itself_fails_of_is_put_aside_for_a_person() {
    let (database, store) = service().await;
    for name in ["before", "evil00000", "after"] {
        comes(&database, name);
    }
    let now = RealClock.now();
    let random = FixedRandom(0);
    let done = apply_as_read(&store, now, &random, LIVE, fails_of_evil, PATIENCE).await;
    let done = done.expect("a round");
    assert_eq!((done.done, done.dead), (2, 1));
    assert_eq!(
        database.psql(
            "select state, last_error like '%this version of the program fails of reading it%'
             from console.inbox where event_id = 'evil00000'"
        ),
        "dead|t"
    );
    assert_eq!(
        database.psql("select count(*) from public.users where id like 'auth0|%'"),
        "2"
    );
}
