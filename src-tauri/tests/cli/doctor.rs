//! `doctor`: what is well, what is not, what to do; and the code it ends with.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};

use super::program::{Ran, SECRET, run};
use crate::support::database::{Kind, TestDatabase};

type Environment = Vec<(&'static str, String)>;

fn settings(database: &TestDatabase) -> Environment {
    let mut environment = database.environment();
    environment.push(("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()));
    environment
}

fn examined(environment: &Environment) -> (Ran, Value) {
    let ran = run(environment, &["doctor", "--json"]);
    let findings = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    (ran, findings)
}

fn state<'f>(findings: &'f Value, check: &str) -> &'f str {
    let list = findings.as_array().expect("a list");
    let found = list.iter().find(|one| one["check"] == check);
    found.map_or("", |one| one["state"].as_str().expect("a state"))
}

#[tokio::test]
async fn a_service_that_is_well_is_said_to_be_and_what_is_missing_is_named() {
    let database = TestDatabase::new(Kind::Managed).await;
    let environment = settings(&database);
    let (ran, findings) = examined(&environment);
    assert_eq!(ran.code, 0, "{ran:?}");
    for check in [
        "settings",
        "database",
        "pooler",
        "direct",
        "clocks",
        "schema",
        "queues",
        "inbox",
        "sealing",
        "database_certificate",
    ] {
        assert_eq!(state(&findings, check), "ok", "{findings}");
    }
    assert_eq!(state(&findings, "login"), "warn", "it owns the schema");
    assert_eq!(state(&findings, "stripe_webhook"), "warn");

    let people = run(&environment, &["doctor"]);
    assert_eq!(people.code, 0);
    assert!(people.stdout.contains("warn stripe_key: "), "{people:?}");
    assert!(people.stdout.contains("→ Set STRIPE_API_KEY"), "{people:?}");

    database.psql(
        "create function public.theirs() returns int language sql security definer as 'select 1'",
    );
    database.psql(
        "insert into console.inbox (provider, event_id, received_at, next_attempt_at, body, state)
         values ('stripe', 'e', now(), now(), '', 'dead')",
    );
    let (ran, findings) = examined(&environment);
    assert_eq!(ran.code, 0, "warnings do not fail");
    assert_eq!(state(&findings, "open_functions"), "warn", "{findings}");
    assert!(ran.stdout.contains("theirs()"), "{ran:?}");
    assert_eq!(state(&findings, "queues"), "warn", "{findings}");
}

#[tokio::test]
async fn what_does_not_work_fails_with_a_sentence() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut environment = settings(&database);
    database.psql("drop view console.users cascade");
    let (ran, findings) = examined(&environment);
    assert_eq!(
        (ran.code, state(&findings, "schema")),
        (1, "bad"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("does not work"), "{ran:?}");

    // A key that is refused is found where it is asked for, and is told to nobody.
    environment.push(("STRIPE_API_KEY", "rk_live_canary".to_owned()));
    environment.push(("STRIPE_API_BASE", "http://127.0.0.1:9".to_owned()));
    let ran = run(&environment, &["doctor", "--online"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .contains("BAD  stripe_online: Stripe does not answer"),
        "{ran:?}"
    );
    assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");

    let nowhere = vec![("DATABASE_URL", "postgresql://a@127.0.0.1:9/db".to_owned())];
    let (ran, findings) = examined(&nowhere);
    assert_eq!(ran.code, 2, "a setting is missing: {ran:?}");
    assert!(ran.stderr.contains("AUTH0_WEBHOOK_SECRET"), "{ran:?}");
    assert_eq!(state(&findings, "settings"), "bad");
    assert_eq!(state(&findings, "database"), "bad");
}

/// The sentence of a check.
fn sentence<'f>(findings: &'f Value, check: &str) -> &'f str {
    let list = findings.as_array().expect("a list");
    let found = list.iter().find(|one| one["check"] == check);
    found.map_or("", |one| one["sentence"].as_str().expect("a sentence"))
}

/// The settings with other addresses.
fn with(environment: &Environment, others: &[(&'static str, &str)]) -> Environment {
    let mut environment = environment.clone();
    environment.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
    let set = others.iter().filter(|(_, value)| !value.is_empty());
    environment.extend(set.map(|(name, value)| (*name, (*value).to_owned())));
    environment
}

#[tokio::test]
async fn a_pooler_that_is_taken_for_postgres_is_found_and_so_is_the_reverse() {
    let database = TestDatabase::new(Kind::Managed).await;
    let whole = settings(&database);
    let of = |name: &str| {
        whole
            .iter()
            .find(|(other, _)| *other == name)
            .expect("set")
            .1
            .clone()
    };
    let (pooled, direct) = (of("DATABASE_URL"), of("DATABASE_DIRECT_URL"));

    // On loopback, by a port that says nothing.
    let guessed = with(
        &whole,
        &[("DATABASE_POOL_MODE", ""), ("DATABASE_DIRECT_URL", "")],
    );
    let (ran, findings) = examined(&guessed);
    assert_eq!(
        (ran.code, state(&findings, "pooler")),
        (1, "bad"),
        "{findings}"
    );
    let remedy = findings.to_string();
    assert!(
        remedy.contains("Set DATABASE_POOL_MODE=transaction"),
        "{remedy}"
    );

    let through = with(&whole, &[("DATABASE_DIRECT_URL", &pooled)]);
    let (ran, findings) = examined(&through);
    // The same address twice is no second one; another name for it is.
    assert_eq!(state(&findings, "direct"), "bad", "{findings}");
    assert_eq!(ran.code, 1);

    let alone = with(
        &whole,
        &[
            ("DATABASE_URL", &direct),
            ("DATABASE_POOL_MODE", ""),
            ("DATABASE_DIRECT_URL", ""),
        ],
    );
    let (ran, findings) = examined(&alone);
    assert_eq!(
        (ran.code, state(&findings, "pooler")),
        (0, "ok"),
        "{findings}"
    );
    assert!(sentence(&findings, "pooler").contains("keeps sessions"));
    let careful = with(&alone, &[("DATABASE_POOL_MODE", "transaction")]);
    let (_, findings) = examined(&careful);
    assert!(
        sentence(&findings, "pooler").contains("DATABASE_POOL_MODE=direct"),
        "{findings}"
    );
}

#[tokio::test]
async fn certificates_that_end_soon_are_told_and_what_shows_none_is_unknown() {
    let database = TestDatabase::new(Kind::Managed).await;
    let port = database.cluster.port;
    let home = database.cluster.home.display();
    let url = format!(
        "postgresql://{}@localhost:{port}/{}?sslmode=verify-full&sslrootcert={home}/tls/ca.pem",
        database.direct_address().login,
        database.name
    );
    let whole = settings(&database);
    let tls = with(
        &whole,
        &[
            ("DATABASE_URL", &url),
            ("DATABASE_POOL_MODE", "direct"),
            ("DATABASE_DIRECT_URL", ""),
        ],
    );
    let (_, findings) = examined(&tls);
    assert_eq!(
        state(&findings, "database_certificate"),
        "warn",
        "it is two days good: {findings}"
    );
    assert!(
        sentence(&findings, "database_certificate").contains("is good until 20"),
        "{findings}"
    );

    // What speaks no TLS shows nothing, and nobody waits long for it.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("https://{}/hook", silent.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in silent.incoming() {
            drop(stream);
        }
    });
    let alerting = with(
        &whole,
        &[
            ("HOPSDESK_ALERT_WEBHOOK", &address),
            ("HOPSDESK_ALERT_WEBHOOK_SECRET", "sixteen-letters-and-more"),
        ],
    );
    let ran = run(&alerting, &["doctor", "--json", "--online"]);
    let findings: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(state(&findings, "certificates"), "unknown", "{findings}");
    assert!(
        !ran.stdout.contains("/hook"),
        "an address may be a secret: {ran:?}"
    );
}

#[tokio::test]
async fn room_on_the_disk_is_told_where_the_login_may_know_and_is_unknown_elsewhere() {
    let database = TestDatabase::new(Kind::Managed).await;
    let environment = settings(&database);
    let owner = database.direct_address().login;
    // The role is everybody's on this server: a run that was stopped may have left it so.
    database.psql(&format!("revoke pg_read_all_settings from {owner}"));
    let (_, findings) = examined(&environment);
    assert_eq!(state(&findings, "disk"), "unknown", "{findings}");
    database.psql(&format!("grant pg_read_all_settings to {owner}"));
    let (_, findings) = examined(&environment);
    database.psql(&format!("revoke pg_read_all_settings from {owner}"));
    // The server of these tests runs as whoever runs them, or as an account whose folder root may read.
    let disk = state(&findings, "disk");
    assert!(["ok", "warn", "bad"].contains(&disk), "{findings}");
    assert!(
        sentence(&findings, "disk").contains(" MB left, "),
        "{findings}"
    );
}

#[tokio::test]
async fn effects_that_are_not_live_are_named() {
    let database = TestDatabase::new(Kind::Managed).await;
    let environment = settings(&database);
    database.psql("update console.effects set mode = 'live'");
    let (_, findings) = examined(&environment);
    assert_eq!(state(&findings, "switches"), "ok", "{findings}");
    database.psql("update console.effects set mode = 'shadow' where effect = 'stripe_events'");
    let (ran, findings) = examined(&environment);
    assert_eq!(
        (ran.code, state(&findings, "switches")),
        (0, "warn"),
        "{findings}"
    );
    assert!(
        sentence(&findings, "switches").contains("shadow: stripe_events"),
        "{findings}"
    );
}

#[tokio::test]
async fn keys_that_open_nothing_and_copies_that_do_not_open_are_named() {
    let database = TestDatabase::new(Kind::Managed).await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = |name: &str| {
        let file = folder.path().join(name).display().to_string();
        let made = run(&Vec::new(), &["secrets", "keygen", "--to", &file]);
        (file, made.stdout.trim().to_owned())
    };
    let ((mine, public), (stranger, _)) = (key("mine"), key("stranger"));
    let whole = settings(&database);
    database.psql(
        "insert into public.hopsworks_clusters (id, name, api_url, api_key)
         values ('00000000-0000-4000-8000-000000000001', 'one', 'https://one.example', 'the-key')",
    );
    let held = with(&whole, &[("HOPSDESK_IDENTITY_FILE", &mine)]);
    let ran = run(
        &held,
        &[
            "secrets",
            "recipients",
            "add",
            &public,
            "--name",
            "serve",
            "--reason",
            "a test",
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let (_, findings) = examined(&held);
    assert_eq!(state(&findings, "keys"), "ok", "{findings}");
    assert_eq!(
        state(&findings, "sealing"),
        "warn",
        "it is in plain: {findings}"
    );
    assert_eq!(
        state(&findings, "serve_keys"),
        "warn",
        "nobody serves: {findings}"
    );
    let ran = run(&held, &["secrets", "import", "--reason", "a test"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (ran, findings) = examined(&held);
    assert_eq!(
        (ran.code, state(&findings, "sealing")),
        (0, "ok"),
        "{findings}"
    );

    for other in [
        with(&whole, &[("HOPSDESK_IDENTITY_FILE", &stranger)]),
        whole.clone(),
    ] {
        let (ran, findings) = examined(&other);
        assert_eq!(
            (ran.code, state(&findings, "keys")),
            (1, "bad"),
            "{findings}"
        );
        assert_eq!(state(&findings, "sealing"), "bad", "{findings}");
        assert!(
            sentence(&findings, "sealing").contains("api_key of 00000000-"),
            "{findings}"
        );
        assert!(
            !ran.stdout.contains("the-key") && !ran.stdout.contains("AGE-SECRET"),
            "{ran:?}"
        );
    }
    // One that is set and is no key is not called missing.
    let broken = folder.path().join("broken");
    std::fs::write(&broken, "no key at all").expect("a file");
    let broken = broken.display().to_string();
    let (ran, findings) = examined(&with(&whole, &[("HOPSDESK_IDENTITY_FILE", &broken)]));
    assert_eq!(
        (ran.code, state(&findings, "keys")),
        (2, "bad"),
        "{findings}"
    );
    let said = sentence(&findings, "keys");
    assert!(
        said.contains("HOPSDESK_IDENTITY") && !said.contains("not set"),
        "{findings}"
    );
    database.psql("insert into console.keys_held (public_key, seen_at) select public_key, now() from console.recipients");
    let (_, findings) = examined(&held);
    assert_eq!(state(&findings, "serve_keys"), "ok", "{findings}");
}

/// A Stripe that has this one event, by any key.
async fn stripe_with(event: &'static str) -> String {
    let known = get(
        async |State(event): State<&'static str>, Path(id): Path<String>| {
            if id == event {
                Ok(axum::Json(json!({"object": "event", "id": id})))
            } else {
                Err(StatusCode::NOT_FOUND)
            }
        },
    );
    let list = get(async || axum::Json(json!({"object": "list", "data": [], "has_more": false})));
    let router = Router::new()
        .route("/v1/events", list)
        .route("/v1/events/{id}", known)
        .with_state(event);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_account_a_key_of_stripe_s_is_of_is_told_by_what_came_here() {
    let database = TestDatabase::new(Kind::Managed).await;
    let whole = settings(&database);
    let looked = |stripe: &str| {
        let set = [
            ("STRIPE_API_KEY", "rk_live_canary"),
            ("STRIPE_API_BASE", stripe),
        ];
        let ran = run(&with(&whole, &set), &["doctor", "--json", "--online"]);
        assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
        let findings = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        let said = (
            state(&findings, "stripe_online"),
            sentence(&findings, "stripe_online"),
        );
        (ran.code, said.0.to_owned(), said.1.to_owned())
    };
    let comes = |id: &str, live: bool, created: &str| {
        database.psql(&format!(
            "insert into console.inbox (provider, event_id, received_at, next_attempt_at, livemode, body)
             select 'stripe', '{id}', now(), now(), {live}, convert_to(jsonb_build_object('id', '{id}', 'object', 'event',
               'created', extract(epoch from {created})::bigint)::text, 'UTF8')"
        ));
    };
    let (ours, others) = (
        stripe_with("evt_ours").await,
        stripe_with("evt_others").await,
    );
    comes("evt_test", false, "now()");
    let (code, state, said) = looked(&ours);
    assert_eq!((code, state.as_str()), (0, "unknown"), "{said}");
    assert!(
        said.contains("nothing is read back until the first comes"),
        "{said}"
    );
    comes("evt_old", true, "now() - interval '40 days'");
    let (code, state, said) = looked(&ours);
    assert_eq!((code, state.as_str()), (0, "unknown"), "{said}");
    assert!(said.contains("within a month"), "{said}");
    comes("evt_ours", true, "now()");
    let (code, state, said) = looked(&ours);
    assert_eq!((code, state.as_str()), (0, "ok"), "{said}");
    assert!(said.contains("of the endpoint's account"), "{said}");
    let (code, state, said) = looked(&others);
    assert_eq!((code, state.as_str()), (1, "bad"), "{said}");
    assert!(said.contains("of another account"), "{said}");
}
