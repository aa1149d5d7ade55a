//! `migrate` and `attach`, and databases that are not what they should be.

use std::process::{Command, Stdio};

use super::program::{Ran, run};
use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};

/// Failed for a reason that one sentence tells.
fn failed_saying(ran: &Ran, part: &str) {
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains(part), "{part}: {ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1, "one line: {ran:?}");
    assert_eq!(ran.stdout, "", "stdout is for data");
}

#[tokio::test]
async fn a_fresh_database_is_migrated_and_attached_and_that_can_be_repeated() {
    let database = TestDatabase::new(Kind::Empty).await;
    let environment = database.environment();
    let first = run(&environment, &["migrate", "--set", "managed,console"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{first:?}");
    assert!(
        first.stderr.contains("applied managed/0002_users"),
        "{first:?}"
    );
    assert!(
        first.stderr.contains("applied console/0002_inbox"),
        "{first:?}"
    );
    assert!(first.stderr.contains("made anew"), "{first:?}");
    assert_eq!(database.psql("select count(*) from console.users"), "0");
    let second = run(&environment, &["migrate", "--set", "managed"]);
    assert_eq!(second.code, 0, "{second:?}");
    assert!(!second.stderr.contains("applied"), "{second:?}");
    assert!(second.stderr.contains("up to date already"), "{second:?}");
}

#[test]
fn print_needs_no_database_and_prints_sql_alone() {
    let ran = run(&[], &["migrate", "--set", "managed,console", "--print"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("create table public.users"));
    assert!(ran.stdout.contains("create table console.inbox"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_crash() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"))
        .args(["migrate", "--set", "managed,console", "--print"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn dry_run_prints_what_attach_then_does_and_changes_nothing() {
    let database = TestDatabase::new(Kind::G2Bare).await;
    let environment = database.environment();
    let schemas = "select count(*) from pg_namespace where nspname = 'console'";
    let preview = run(&environment, &["attach", "--dry-run"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    assert!(
        preview.stdout.contains("create view console.users"),
        "{preview:?}"
    );
    assert_eq!(database.psql(schemas), "0", "nothing was changed");
    assert_eq!(run(&environment, &["attach"]).code, 0);
    let again = run(&environment, &["attach", "--dry-run"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""));
    assert!(again.stderr.contains("nothing to do"), "{again:?}");

    let released = run(&environment, &["attach", "--release"]);
    assert_eq!(released.code, 0, "{released:?}");
    assert_eq!(
        database.psql("select to_regclass('console.users') is null"),
        "t"
    );
    assert_eq!(
        database.psql("select to_regclass('console.inbox') is null"),
        "f"
    );
}

#[tokio::test]
async fn databases_that_are_no_service_get_a_sentence_and_stay_as_they_are() {
    for (kind, part) in [
        (Kind::Empty, "has no tables yet"),
        (
            Kind::Unrelated,
            "not the database of a managed Hopsworks service",
        ),
    ] {
        let database = TestDatabase::new(kind).await;
        failed_saying(&run(&database.environment(), &["attach"]), part);
        let ours = database.psql("select count(*) from pg_namespace where nspname = 'console'");
        assert_eq!(ours, "0", "{kind:?}");
    }
    let unrelated = TestDatabase::new(Kind::Unrelated).await;
    let ran = run(&unrelated.environment(), &["migrate", "--set", "managed"]);
    failed_saying(&ran, "nothing was changed");
}

#[tokio::test]
async fn a_database_that_is_not_there_or_not_for_us_gets_a_sentence() {
    let cluster = TestCluster::get();
    let attach = |url: String| run(&[("DATABASE_URL", url)], &["attach"]);
    let port = cluster.port;

    failed_saying(
        &attach("postgresql://me@127.0.0.1:1/db".to_owned()),
        "No database answers at 127.0.0.1:1/db. Check host and port",
    );
    failed_saying(
        &attach(format!("postgresql://postgres@127.0.0.1:{port}/nonesuch")),
        "There is no such database",
    );

    let database = TestDatabase::new(Kind::Managed).await;
    let login = format!("guarded_{}", std::process::id());
    database.psql(&format!(
        "create role {login} login password 'right' in role password_logins"
    ));
    let name = &database.name;
    let wrong = attach(format!(
        "postgresql://{login}:wr0ng@127.0.0.1:{port}/{name}"
    ));
    failed_saying(&wrong, "Login or password was refused");
    assert!(!wrong.stderr.contains("wr0ng"), "{wrong:?}");
    let url = format!("postgresql://{login}@127.0.0.1:{port}/{name}");
    let kept_out = [
        ("DATABASE_URL", url),
        ("SUPABASE_DB_PASSWORD", "right".to_owned()),
    ];
    // The password is right; that login may still not make a schema.
    failed_saying(&run(&kept_out, &["attach"]), "The login may not do this");
    database.psql(&format!("drop role {login}"));

    let tls = |ca: &str| {
        let url = format!("postgresql://postgres@localhost:{port}/{name}?sslmode=verify-full");
        let ca = cluster.home.join("tls").join(ca).display().to_string();
        run(
            &[("DATABASE_URL", url), ("DATABASE_CA_FILE", ca)],
            &["attach"],
        )
    };
    failed_saying(
        &tls("other-ca.pem"),
        "certificate could not be verified. Give the CA file",
    );
    let right = tls("ca.pem");
    assert_eq!(right.code, 0, "{right:?}");
}

#[tokio::test]
async fn a_url_in_a_file_is_as_good() {
    let database = TestDatabase::new(Kind::G2Bare).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("url");
    let mut environment = database.environment();
    let direct = environment
        .iter_mut()
        .find(|(name, _)| *name == "DATABASE_DIRECT_URL")
        .expect("it is set");
    std::fs::write(&file, format!("{}\n", direct.1)).expect("a file");
    *direct = ("DATABASE_DIRECT_URL_FILE", file.display().to_string());
    let ran = run(&environment, &["attach"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[tokio::test]
async fn indexes_are_printed_or_made_and_through_a_pooler_alone_only_printed() {
    let database = TestDatabase::new(Kind::G2).await;
    // Before statistics are gathered every table may be a large one.
    database.psql("analyze");
    let environment = database.environment();
    let made = "select count(*) from pg_class where relname like 'hopsdesk_%_idx'";
    let printed = run(&environment, &["attach", "--indexes", "--all", "--dry-run"]);
    assert_eq!(printed.code, 0, "{printed:?}");
    assert!(
        printed
            .stdout
            .contains("create index concurrently hopsdesk_users_created_idx on public.users"),
        "{printed:?}"
    );
    assert_eq!(database.psql(made), "0", "a dry run makes nothing");

    let pooled: Vec<_> = environment
        .iter()
        .filter(|(name, _)| *name != "DATABASE_DIRECT_URL")
        .cloned()
        .collect();
    let refused = run(&pooled, &["attach", "--indexes", "--all"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("DATABASE_DIRECT_URL: is needed"),
        "{refused:?}"
    );
    assert_eq!(
        refused.stdout, printed.stdout,
        "the statements can be copied"
    );
    assert_eq!(database.psql(made), "0");

    let small = run(&environment, &["attach", "--indexes"]);
    assert_eq!((small.code, small.stdout.as_str()), (0, ""), "{small:?}");
    let all = run(&environment, &["attach", "--indexes", "--all"]);
    assert_eq!(all.code, 0, "{all:?}");
    assert!(
        all.stderr.contains("making hopsdesk_users_created_idx"),
        "{all:?}"
    );
    assert_ne!(database.psql(made), "0");
    let again = run(&environment, &["attach", "--indexes", "--all"]);
    assert!(again.stderr.contains("0 proposed"), "{again:?}");
}
