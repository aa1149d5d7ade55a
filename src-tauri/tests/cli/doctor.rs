//! `doctor`: what is well, what is not, what to do; and the code it ends with.

use serde_json::Value;

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
        "settings", "database", "clocks", "schema", "queues", "inbox",
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
