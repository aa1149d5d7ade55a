//! Every answer of the contract.

use std::time::Duration;

use hopsdesk::receiver::limits::Limits;
use serde_json::json;

use super::running::{OLD_SECRET, Running, SECRET, registration, reply, until};
use crate::support::database::{Kind, TestDatabase};

const STORED: &str = "select count(*) from console.inbox";

#[tokio::test]
async fn a_registration_is_stored_by_the_time_it_is_answered() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    for number in 0..20 {
        let answer = receiver
            .register(&registration(&format!("u{number}")))
            .await;
        assert_eq!((answer.status, answer.code.as_str()), (200, "stored"));
        let stored = database.psql(&format!(
            "select count(*) from console.inbox where convert_from(body, 'UTF8') like '%auth0|u{number}\"%'"
        ));
        assert_eq!(stored, "1", "the row is committed before the answer");
    }
    receiver.stop().await;
}

#[tokio::test]
async fn no_answer_comes_before_the_commit() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.inbox in share mode")
        .await
        .expect("a lock");
    let body = registration("held");
    let mut post = Box::pin(receiver.register(&body));
    let early = tokio::time::timeout(Duration::from_millis(400), &mut post).await;
    assert!(
        early.is_err(),
        "answered though nothing could be stored: {early:?}"
    );
    owner.script("commit").await.expect("the lock is gone");
    assert_eq!(post.await.status, 200);
}

#[tokio::test]
async fn a_copy_is_answered_with_200_and_stored_once() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = registration("twice");
    assert_eq!(receiver.register(&body).await.code, "stored");
    let copy = receiver.register(&body).await;
    assert_eq!((copy.status, copy.code.as_str()), (200, "duplicate"));
    assert_eq!(database.psql(STORED), "1");
}

#[tokio::test]
async fn what_is_malformed_is_answered_with_400_and_not_stored() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    for (body, part) in [
        ("", "not a JSON object"),
        ("{", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{}", "\"user_id\" is missing"),
        (
            r#"{"user_id":7,"email":"a@b.c"}"#,
            "\"user_id\" is not a text",
        ),
        (r#"{"user_id":"auth0|1"}"#, "\"email\" is missing"),
        (
            r#"{"user_id":"auth0|1","email":"jane"}"#,
            "\"email\" is not an e-mail address",
        ),
        (
            r#"{"user_id":"auth0|1","email":"a@b.c","created_at":"x"}"#,
            "\"created_at\" is not a time",
        ),
        (
            r#"{"user_id":"auth0|\u0000","email":"a@b.c"}"#,
            "\"user_id\" holds a control character",
        ),
    ] {
        let answer = receiver.post(body).await;
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (400, "malformed"),
            "{body}"
        );
        assert!(answer.message.contains(part), "{body}: {}", answer.message);
    }
    assert_eq!(database.psql(STORED), "0");
}

#[tokio::test]
async fn only_a_right_secret_is_let_in() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let post = || {
        reqwest::Client::new()
            .post(receiver.url("/api/webhooks/auth0"))
            .header("Content-Type", "application/json")
            .body(registration("in").to_string())
    };
    let header = "X-Auth0-Secret";
    for request in [
        post(),
        post().header(header, ""),
        post().header(header, "wrong"),
        post().header(header, format!("{SECRET} ").repeat(2)),
        post().header(header, format!("{OLD_SECRET},{SECRET}")),
        // Two headers could be two guesses.
        post().header(header, "wrong").header(header, SECRET),
    ] {
        let answer = reply(request).await;
        assert_eq!((answer.status, answer.code.as_str()), (401, "unauthorized"));
    }
    // The secret comes first: who has none learns nothing of what is wrong with the rest.
    let nosy = reqwest::Client::new().post(receiver.url("/api/webhooks/auth0"));
    assert_eq!(reply(nosy.body("{")).await.status, 401);
    assert_eq!(database.psql(STORED), "0");
    for secret in [OLD_SECRET, SECRET] {
        assert_eq!(reply(post().header(header, secret)).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_over_256_kib_is_answered_with_413() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = |size: usize| {
        let mut body = registration("large");
        body["padding"] = json!("");
        let bare = body.to_string().len();
        body["padding"] = json!("x".repeat(size - bare));
        body.to_string()
    };
    let limit = 256 * 1024;
    assert_eq!(
        receiver.post(body(limit)).await.status,
        200,
        "the limit itself"
    );
    let answer = receiver.post(body(limit + 1)).await;
    assert_eq!((answer.status, answer.code.as_str()), (413, "too_large"));

    let text = body(limit + 1);
    let chunked = format!(
        "POST /api/webhooks/auth0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-Auth0-Secret: {SECRET}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         {:x}\r\n{text}\r\n0\r\n\r\n",
        text.len()
    );
    let raw = receiver
        .raw(chunked.as_bytes(), Duration::from_secs(5))
        .await;
    assert!(
        raw.starts_with("HTTP/1.1 413 "),
        "chunked, without a length: {raw}"
    );
    assert_eq!(database.psql(STORED), "1");
}

#[tokio::test]
async fn other_types_addresses_and_methods_are_refused() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let url = receiver.url("/api/webhooks/auth0");
    let client = reqwest::Client::new();
    let body = registration("typed").to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let request = client
            .post(&url)
            .header("X-Auth0-Secret", SECRET)
            .header("Content-Type", content_type)
            .body(body.clone());
        let answer = reply(request).await;
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (415, "unsupported_media_type")
        );
    }
    let parameters = client
        .post(&url)
        .header("X-Auth0-Secret", SECRET)
        .header("Content-Type", "Application/JSON; charset=utf-8")
        .body(body);
    assert_eq!(reply(parameters).await.status, 200);

    for path in [
        "/",
        "/api/webhooks",
        "/api/webhooks/auth0/",
        "/..%2f",
        "/metrics/",
    ] {
        let answer = receiver.get(path).await;
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (404, "not_found"),
            "{path}"
        );
    }
    let answer = receiver.get("/api/webhooks/auth0").await;
    assert_eq!(
        (answer.status, answer.code.as_str()),
        (405, "method_not_allowed")
    );
    assert_eq!(
        reply(client.delete(receiver.url("/healthz"))).await.status,
        405
    );
}

#[tokio::test]
async fn health_is_alive_and_readiness_tells_what_is_missing() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        ready: Duration::from_secs(5),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    assert_eq!(receiver.get("/healthz").await.code, "alive");
    let ready = receiver.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.code.as_str()),
        (200, "ready"),
        "{ready:?}"
    );

    let mut owner = database.direct().await;
    hopsdesk::store::attach::run::release(&mut owner)
        .await
        .expect("released");
    assert_eq!(
        receiver.get("/readyz").await.code,
        "ready",
        "what was found a moment ago is said again"
    );
    tokio::time::sleep(limits.ready).await;
    let released = receiver.get("/readyz").await;
    assert_eq!(
        (released.status, released.code.as_str()),
        (200, "not_attached"),
        "it takes no replica out: events are stored"
    );
    assert!(
        released.message.starts_with("Events are stored. ")
            && released.message.contains("hopsdesk-webhook attach"),
        "{released:?}"
    );
    let stored = receiver.register(&registration("meanwhile")).await;
    assert_eq!((stored.status, stored.code.as_str()), (200, "stored"));

    // Attached, but over a table that no registration can be put into.
    let strange = TestDatabase::new(Kind::G2Bare).await;
    strange.psql("alter table public.users add column tax_number text not null default ''; alter table public.users alter column tax_number drop default");
    let mut owner = strange.direct().await;
    hopsdesk::store::attach::run::attach(&mut owner)
        .await
        .expect("attached");
    let receiver = Running::start(&strange).await;
    let answer = receiver.get("/readyz").await;
    assert_eq!((answer.status, answer.code.as_str()), (200, "cannot_apply"));
    assert!(
        answer
            .message
            .contains("because users.tax_number takes no null and has no default"),
        "{answer:?}"
    );
    let stored = receiver.register(&registration("patient")).await;
    assert_eq!(stored.status, 200, "it waits in the inbox: {stored:?}");
    strange.psql("alter table public.users alter column tax_number set default 'none'");
    hopsdesk::store::attach::run::attach(&mut owner)
        .await
        .expect("attached anew");
    let arrived = "select count(*) from public.users where id = 'auth0|patient'";
    until(&strange, arrived, "1").await;

    let bare = TestDatabase::new(Kind::ManagedBare).await;
    let receiver = Running::start(&bare).await;
    assert_eq!(receiver.get("/healthz").await.status, 200);
    let answer = receiver.get("/readyz").await;
    assert_eq!((answer.status, answer.code.as_str()), (503, "out_of_date"));
    let refused = receiver.register(&registration("early")).await;
    assert_eq!(refused.status, 503, "nowhere to store it: {refused:?}");
    assert!(refused.retry_after.is_some());
}

#[tokio::test]
async fn who_stores_is_ready_whatever_has_changed_since_and_says_what() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        ready: Duration::ZERO,
        alerts: Duration::from_millis(50),
        fitness: Duration::from_millis(50),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    assert_eq!(receiver.get("/readyz").await.code, "ready");
    let noted = "select problem is null from console.fitness";
    until(&database, noted, "t").await;

    // The service changes a table that views read.
    database.psql("alter table public.users rename column name to called");
    let changed = receiver.get("/readyz").await;
    assert_eq!(
        (changed.status, changed.code.as_str()),
        (200, "out_of_date"),
        "{changed:?}"
    );
    assert!(changed.message.contains("have changed"), "{changed:?}");
    until(&database, noted, "f").await;
    let text = reqwest::get(receiver.url("/metrics")).await;
    let text = text.expect("an answer").text().await.expect("text");
    assert!(text.contains("hopsdesk_cannot_apply 1"), "{text}");
    let opened = "select count(*) from console.alerts where kind = 'cannot_apply'";
    assert_eq!(database.psql(opened), "0", "a moment is no alert");
    database.psql("update console.fitness set since = now() - interval '6 minutes'");
    until(&database, opened, "1").await;

    // A newer version was attached, and is rolled out next.
    database.psql(
        "insert into console.migrations_console (version, description, success, checksum, execution_time)
         values (9999, 'of a newer version', true, '', 0)",
    );
    let overtaken = receiver.get("/readyz").await;
    assert_eq!(overtaken.status, 200, "{overtaken:?}");
    assert!(
        overtaken.message.contains("newer version") && !overtaken.message.contains("attach`"),
        "{overtaken:?}"
    );
    database.psql(
        "delete from console.migrations_console where version = 9999;
         alter table public.users rename column called to name",
    );
    assert_eq!(receiver.get("/readyz").await.code, "ready");
    let over = "select count(*) from console.alerts where kind = 'cannot_apply' and resolved_at is not null";
    until(&database, over, "1").await;

    // Older than the program: who knows what it would store with.
    database.psql(
        "delete from console.migrations_console where version = (select max(version) from console.migrations_console)",
    );
    let older = receiver.get("/readyz").await;
    assert_eq!((older.status, older.code.as_str()), (503, "out_of_date"));
    receiver.stop().await;
}

#[tokio::test]
async fn what_is_counted_can_be_collected() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    assert_eq!(receiver.register(&registration("jane")).await.status, 200);
    until(
        &database,
        "select count(*) from console.inbox where state = 'done'",
        "1",
    )
    .await;
    let text = reqwest::get(receiver.url("/metrics"))
        .await
        .expect("an answer");
    assert_eq!(text.status().as_u16(), 200);
    let text = text.text().await.expect("text");
    for line in [
        r#"hopsdesk_requests_total{route="/api/webhooks/auth0",method="POST",status="200"} 1"#,
        r#"hopsdesk_events_total{outcome="done"} 1"#,
        "hopsdesk_request_seconds_bucket",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("jane"), "nobody is named");
    receiver.stop().await;
}
