//! What becomes of a registration: one user, whatever happens.

use hopsdesk::domain::random::FixedRandom;
use hopsdesk::usecases::apply_inbox::apply_inbox;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

use super::running::{Running, registration, until};
use crate::support::database::{Kind, TestDatabase};

const PENDING: &str = "select count(*) from console.inbox where state = 'pending'";

/// Later than anything is put off to.
fn much_later() -> OffsetDateTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test owns its clock, like bin/"
    )]
    let now = OffsetDateTime::now_utc();
    now + Duration::hours(2)
}

#[tokio::test]
async fn a_registration_becomes_a_user_with_source_address_and_time() {
    for kind in [Kind::Managed, Kind::G2] {
        let database = TestDatabase::new(kind).await;
        let receiver = Running::start(&database).await;
        receiver.register(&registration("new")).await;
        until(
            &database,
            "select count(*) from public.users where id = 'auth0|new'",
            "1",
        )
        .await;
        assert_eq!(
            database.psql(
                "select concat_ws(' ', email, name, registration_source, host(registration_ip),
                   created_at at time zone 'UTC') from public.users where id = 'auth0|new'"
            ),
            "new@example.com Jane Doe auth0 203.0.113.7 2026-11-20 14:16:42.123",
            "{kind:?}"
        );
        until(
            &database,
            "select state || outcome from console.inbox",
            r#"done{"seat": "requested", "user": "inserted"}"#,
        )
        .await;
        receiver.stop().await;
    }
}

#[tokio::test]
async fn thirty_two_copies_at_once_are_one_row_and_one_user() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = std::sync::Arc::new(Running::start(&database).await);
    let mut copies = JoinSet::new();
    for _ in 0..32 {
        let receiver = receiver.clone();
        copies.spawn(async move { receiver.register(&registration("storm")).await });
    }
    let answers = copies.join_all().await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    let new = answers
        .iter()
        .filter(|answer| answer.code == "stored")
        .count();
    assert_eq!(new, 1, "one is new, the others are copies");
    until(&database, PENDING, "0").await;
    assert_eq!(database.psql("select count(*) from console.inbox"), "1");
    assert_eq!(database.psql("select count(*) from public.users"), "1");
}

#[tokio::test]
async fn a_registration_after_a_login_sync_undoes_nothing() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, name, status, login_count, last_login_at, registration_source)
         values ('auth0|late', 'renamed@example.com', 'Chosen Name', 'suspended', 3, '2026-11-21', 'sync')",
    );
    let receiver = Running::start(&database).await;
    receiver.register(&registration("late")).await;
    until(&database, PENDING, "0").await;
    assert_eq!(
        database.psql(
            "select concat_ws(' ', email, name, status, login_count, registration_source,
               host(registration_ip), created_at at time zone 'UTC') from public.users"
        ),
        "renamed@example.com Chosen Name suspended 3 sync 203.0.113.7 2026-11-20 14:16:42.123",
        "only what the login sync could not know is filled in"
    );
}

#[tokio::test]
async fn an_address_that_somebody_else_has_is_a_conflict_and_no_poison() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email) values ('google-oauth2|1', 'Taken@example.com')",
    );
    let receiver = Running::start(&database).await;
    receiver.register(&registration("taken")).await;
    receiver.register(&registration("next")).await;
    until(&database, PENDING, "0").await;
    assert_eq!(
        database.psql("select outcome from console.inbox where state = 'conflict'"),
        r#"{"user_id": "auth0|taken", "conflict": "email_taken", "holder_id": "google-oauth2|1"}"#
    );
    assert_eq!(
        database.psql("select string_agg(id, ' ' order by id) from public.users"),
        "auth0|next google-oauth2|1",
        "the next one is not held up"
    );
}

#[tokio::test]
async fn a_row_that_fails_is_put_off_and_at_last_given_up_while_others_pass() {
    let database = TestDatabase::new(Kind::Managed).await;
    // A rule of the service's own, which no registration of this user can meet.
    database.psql("alter table public.users add constraint no_evil check (id <> 'auth0|evil')");
    let receiver = Running::start(&database).await;
    for name in ["before", "evil", "after"] {
        receiver.register(&registration(name)).await;
    }
    until(&database, "select count(*) from public.users", "2").await;
    until(
        &database,
        "select attempts from console.inbox where state = 'pending'",
        "1",
    )
    .await;
    receiver.stop().await;
    let error = database.psql("select last_error from console.inbox where state = 'pending'");
    assert!(error.contains("no_evil"), "the rule is named: {error}");
    assert!(!error.contains("example.com"), "no personal data: {error}");

    let store = database.store();
    let due =
        database.psql("select next_attempt_at > now() from console.inbox where state = 'pending'");
    assert_eq!(due, "t", "it is not tried again at once");
    for _ in 2..10 {
        let round = apply_inbox(
            &store,
            much_later(),
            &FixedRandom(1),
            super::running::LIVE,
            super::running::PATIENCE,
        )
        .await
        .expect("a round");
        assert_eq!(round.put_off, 1);
        database.psql("update console.inbox set next_attempt_at = now() where state = 'pending'");
    }
    let last = apply_inbox(
        &store,
        much_later(),
        &FixedRandom(1),
        super::running::LIVE,
        super::running::PATIENCE,
    )
    .await
    .expect("a round");
    assert_eq!((last.put_off, last.dead), (0, 1));
    assert_eq!(
        database.psql("select state, attempts from console.inbox where state <> 'done'"),
        "dead|10"
    );
}

#[tokio::test]
async fn two_workers_at_once_do_everything_once() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receivers = [
        Running::start(&database).await,
        Running::start(&database).await,
    ];
    // Whether a user was made twice would not show in the table: count what is written.
    database.psql(
        "create table public.writes (id text);
         create function public.count_write() returns trigger language plpgsql security definer as
           'begin insert into public.writes values (new.id); return null; end';
         create trigger count_write after insert or update on public.users
           for each row execute function public.count_write()",
    );
    let mut posts = JoinSet::new();
    for number in 0..200 {
        let url = receivers[number % 2].url("/api/webhooks/auth0");
        posts.spawn(async move {
            reqwest::Client::new()
                .post(url)
                .header("X-Auth0-Secret", super::running::SECRET)
                .json(&registration(&format!("n{number}")))
                .send()
                .await
                .expect("an answer")
                .status()
        });
    }
    assert!(posts.join_all().await.iter().all(|status| *status == 200));
    until(&database, PENDING, "0").await;
    assert_eq!(
        database.psql("select count(*), count(distinct id) from public.writes"),
        "200|200"
    );
    assert_eq!(
        database.psql("select count(*) from console.inbox where state = 'done' and attempts = 0"),
        "200"
    );
}

#[tokio::test]
async fn without_the_function_events_are_kept_and_applied_once_it_is_back() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut owner = database.direct().await;
    hopsdesk::store::attach::run::release(&mut owner)
        .await
        .expect("released");
    let receiver = Running::start(&database).await;
    assert_eq!(
        receiver.register(&registration("patient")).await.status,
        200
    );
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(
        database.psql("select state, attempts from console.inbox"),
        "pending|0",
        "that is not the event's fault"
    );
    hopsdesk::store::attach::run::attach(&mut owner)
        .await
        .expect("attached");
    until(&database, "select count(*) from public.users", "1").await;
    receiver.stop().await;
}

#[tokio::test]
async fn what_postgres_text_cannot_hold_is_no_poison() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = r#"{"user_id":"auth0|odd","email":"odd@example.com","name":"J\u0000a\ud800ne","x":{"y":"\u0000\udfff"}}"#;
    assert_eq!(receiver.post(body).await.status, 200);
    until(&database, PENDING, "0").await;
    let name = database.psql("select name from public.users where id = 'auth0|odd'");
    assert!(name.starts_with("Ja") && name.ends_with("ne"), "{name:?}");
    assert_eq!(
        database.psql("select convert_from(body, 'UTF8') from console.inbox"),
        body,
        "kept byte for byte, unknown fields too"
    );
}

#[tokio::test]
async fn an_odd_name_or_address_costs_nobody_their_registration() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let mut body = registration("long");
    body["name"] = json!("n".repeat(301));
    body["ip"] = json!("unknown");
    assert_eq!(receiver.register(&body).await.status, 200);
    until(&database, PENDING, "0").await;
    assert_eq!(
        database.psql("select length(name), registration_ip is null from public.users"),
        "300|t"
    );
    let stored = database.psql("select convert_from(body, 'UTF8') from console.inbox");
    assert_eq!(stored, body.to_string(), "what came is kept as it came");
}

#[tokio::test]
async fn a_body_that_this_version_cannot_read_is_given_up_and_holds_up_nobody() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into console.inbox (provider, event_id, received_at, body, next_attempt_at)
         values ('auth0', 'from-another-version', now(), 'nonsense', now())",
    );
    let receiver = Running::start(&database).await;
    receiver.register(&registration("fine")).await;
    until(&database, "select count(*) from public.users", "1").await;
    until(
        &database,
        "select state from console.inbox where event_id = 'from-another-version'",
        "dead",
    )
    .await;
}

#[tokio::test]
async fn a_time_is_not_needed() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = json!({"user_id": "auth0|bare", "email": "bare@example.com"});
    assert_eq!(receiver.register(&body).await.code, "stored");
    assert_eq!(receiver.register(&body).await.code, "duplicate");
    until(
        &database,
        "select count(*) from public.users where created_at is not null",
        "1",
    )
    .await;
}
