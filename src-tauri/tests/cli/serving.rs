//! `serve` as a process: what it answers, logs, and does with signals.

use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep};

use super::program::{SECRET, Serving, registration};
use crate::support::database::{Kind, TestDatabase};

/// Sessions that wait for a lock.
const WAITING: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'";

/// Waits until the statement says `expected`, however busy the machine is.
async fn until(database: &TestDatabase, sql: &str, expected: &str) {
    let begun = Instant::now();
    let mut said = database.psql(sql);
    while said != expected {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{sql} should come to say {expected}, and says {said}"
        );
        sleep(Duration::from_millis(40)).await;
        said = database.psql(sql);
    }
}

#[tokio::test]
async fn a_registration_becomes_a_user_and_the_log_holds_no_secret_and_no_address() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut serving = Serving::start(&database);
    let answer = serving
        .post(registration("janedoe"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let id = answer.headers()["x-request-id"]
        .to_str()
        .expect("text")
        .to_owned();
    until(&database, "select id from public.users", "auth0|janedoe").await;
    // The ways in which something could leak: refused, malformed, failing in the database, not found.
    let wrong = serving
        .post(registration("janedoe"))
        .header("X-Auth0-Secret", "guessed-it");
    assert_eq!(wrong.send().await.expect("an answer").status(), 401);
    let malformed =
        serving.post(r#"{"user_id":"auth0|1","email":"no address, but janedoe"}"#.to_owned());
    assert_eq!(malformed.send().await.expect("an answer").status(), 400);
    database.psql("alter table public.users add constraint no_more check (id = 'auth0|janedoe')");
    let failing = serving
        .post(registration("janedoe2"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(failing.status(), 200);
    serving.wait_for_line("put an event off");
    let url = format!("http://{}/{SECRET}/janedoe@example.com", serving.address);
    assert_eq!(reqwest::get(url).await.expect("an answer").status(), 404);

    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0));
    let text = serving.text();
    for leak in [
        SECRET,
        "another",
        "guessed-it",
        "janedoe@",
        "janedoe2@",
        "Jane Doe",
    ] {
        assert!(!text.contains(leak), "{leak} is in the log: {text}");
    }
    assert!(
        text.contains("j…@example.com"),
        "masked, it is there: {text}"
    );
    let log = serving.log();
    let lines: Vec<_> = log
        .iter()
        .filter(|line| line["message"] == "request" && line["request_id"] == id.as_str())
        .collect();
    assert_eq!(lines.len(), 1, "it is found by the id in its answer, once");
    let line = lines[0];
    assert_eq!(line["method"], "POST");
    assert_eq!(line["route"], "/api/webhooks/auth0");
    assert_eq!(line["status"], 200);
    assert!(line["duration_us"].is_u64());
}

#[tokio::test]
async fn sigterm_and_ctrl_c_let_requests_end_and_exit_0() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let database = TestDatabase::new(Kind::Managed).await;
        let mut serving = Serving::start(&database);
        let mut owner = database.direct().await;
        owner
            .script("begin; lock table console.inbox in share mode")
            .await
            .expect("a lock");
        let request = serving.post(registration("last"));
        let post = tokio::spawn(async move { request.send().await.expect("an answer").status() });
        until(&database, WAITING, "1").await;
        serving.signal(signal);
        sleep(Duration::from_millis(300)).await;
        owner.script("commit").await.expect("the lock is gone");
        assert_eq!(post.await.expect("no panic"), 200);
        assert_eq!(serving.wait().code(), Some(0));
        assert_eq!(database.psql("select count(*) from public.users"), "1");
    }
}

#[tokio::test]
async fn where_the_trail_ends_is_logged_at_the_start_and_at_the_end() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut serving = Serving::start(&database);
    serving.wait_for_line("the audit trail is whole");
    database.psql("select console.audit_write('staff', 'a_test', 'effect', null, '{}')");
    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0));
    let ends: Vec<String> = serving
        .log()
        .iter()
        .filter(|line| line["message"] == "the audit trail is whole" && line["chain"] == "staff")
        .map(|line| format!("{} {}", line["seq"], line["hash"].as_str().expect("a hash")))
        .collect();
    assert_eq!(ends.len(), 2, "{ends:?}");
    assert!(ends[0].starts_with("0 "), "nothing was done yet: {ends:?}");
    let head =
        "select seq || ' ' || encode(hash, 'hex') from console.audit_heads where chain = 'staff'";
    assert_eq!(
        ends[1],
        database.psql(head),
        "whoever reads the log can compare"
    );
}

#[tokio::test]
async fn a_receiver_killed_half_way_leaves_its_events_to_the_next() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut owner = database.direct().await;
    // The worker hangs inside the transaction that makes the user.
    owner
        .script("begin; lock table public.users in share mode")
        .await
        .expect("a lock");
    let mut first = Serving::start(&database);
    let answer = first
        .post(registration("half"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    until(&database, WAITING, "1").await;
    first.signal(Signal::SIGKILL);
    first.wait();
    assert_eq!(
        database.psql("select state from console.inbox"),
        "pending",
        "the killed one did not finish"
    );
    let second = Serving::start(&database);
    owner.script("commit").await.expect("the lock is gone");
    until(&database, "select state from console.inbox", "done").await;
    assert_eq!(database.psql("select count(*) from public.users"), "1");
    drop(second);
}

#[tokio::test]
async fn events_answered_with_200_survive_killing_again_and_again() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut answered = Vec::new();
    for round in 0..5 {
        let mut serving = Serving::start(&database);
        let mut posts = tokio::task::JoinSet::new();
        for number in 0..40 {
            let name = format!("r{round}n{number}");
            let request = serving.post(registration(&name));
            posts.spawn(
                async move { (name, request.send().await.is_ok_and(|a| a.status() == 200)) },
            );
        }
        // In the middle of them, each time at another place.
        let mut ended = Vec::new();
        while ended.len() <= 7 * round {
            ended.push(posts.join_next().await.expect("a post").expect("it ends"));
        }
        serving.signal(Signal::SIGKILL);
        serving.wait();
        ended.extend(posts.join_all().await);
        let ok = ended.into_iter().filter(|(_, ok)| *ok);
        answered.extend(ok.map(|(name, _)| name));
    }
    let last = Serving::start(&database);
    until(
        &database,
        "select count(*) from console.inbox where state <> 'done'",
        "0",
    )
    .await;
    let users = database.psql("select id from public.users order by id");
    for name in &answered {
        let id = format!("auth0|{name}");
        assert_eq!(
            users.lines().filter(|line| *line == id).count(),
            1,
            "{name}"
        );
    }
    assert!(
        answered.len() >= 1 + 8 + 15 + 22 + 29,
        "what was answered before each kill: {}",
        answered.len()
    );
    drop(last);
}

#[tokio::test]
async fn it_starts_without_its_database_and_says_so() {
    let mut database = TestDatabase::new(Kind::Empty).await;
    let real = std::mem::replace(&mut database.name, "nonesuch".to_owned());
    let serving = Serving::start(&database);
    database.name = real;
    let line = serving.wait_for_line("cannot work; events stay pending");
    assert!(
        line["advice"]
            .as_str()
            .is_some_and(|advice| !advice.is_empty()),
        "{line}"
    );
    let url = format!("http://{}/readyz", serving.address);
    let ready = reqwest::get(url).await.expect("an answer");
    assert_eq!(ready.status(), 503);
    let url = format!("http://{}/healthz", serving.address);
    assert_eq!(reqwest::get(url).await.expect("an answer").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_on_this_machine_is_not_taken_for_postgres() {
    let database = TestDatabase::new(Kind::Managed).await;
    // Nothing says what stands there, and the address looks like that of a server.
    let guessed = |url: Option<String>| {
        let secret = ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned());
        let mode = ("DATABASE_POOL_MODE", String::new());
        let url = url.map(|url| ("DATABASE_URL", url));
        Serving::with(&database, [secret, mode].into_iter().chain(url))
    };
    let direct = database.environment();
    let direct = direct
        .iter()
        .find(|(name, _)| *name == "DATABASE_DIRECT_URL");
    for (name, url, found) in [
        (
            "pooled",
            None,
            "a pooler of transactions stands before the database",
        ),
        (
            "direct",
            direct.map(|(_, url)| url.clone()),
            "sessions are kept: an event is stored in one round trip",
        ),
    ] {
        let serving = guessed(url);
        let send = async |name: String| {
            let stored = serving.post(registration(&name)).send().await;
            assert_eq!(stored.expect("an answer").status().as_u16(), 200);
        };
        // The first has it found out, and waits for nobody.
        send(format!("{name}-first")).await;
        serving.wait_for_line(found);
        for n in 0..10 {
            send(format!("{name}-{n}")).await;
        }
    }
    assert_eq!(database.psql("select count(*) from console.inbox"), "22");
}
