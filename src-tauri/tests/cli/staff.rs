//! `staff`, `effects` and `detach`.

use std::collections::BTreeSet;

use hopsdesk::store::attach::detach;

use super::program::run;
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn a_member_of_staff_is_added_listed_and_revoked() {
    let database = TestDatabase::new(Kind::G2).await;
    let environment = database.environment();
    let login = format!("{}_ann", database.name);
    let add = [
        "staff",
        "add",
        "--login",
        &login,
        "--sub",
        "auth0|ann",
        "--name",
        "Ann",
        "--group",
        "support",
    ];
    let added = run(&environment, &add);
    assert_eq!(added.code, 0, "{added:?}");
    let code = added.stdout.trim_end();
    assert_eq!(code.len(), 53, "the code alone is on stdout: {added:?}");
    assert!(!added.stderr.contains(code), "and nowhere else: {added:?}");
    let again = run(
        &environment,
        &[
            "staff",
            "add",
            "--login",
            "other",
            "--sub",
            "auth0|ann",
            "--name",
            "A",
            "--group",
            "admin",
        ],
    );
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("revoke it first"), "{again:?}");

    let listed = run(&environment, &["staff", "list"]);
    assert!(
        listed.stdout.contains(&format!(
            "{login}\tsupport\tAnn\tauth0|ann\tcode waits until"
        )),
        "{listed:?}"
    );
    let revoked = run(
        &environment,
        &["staff", "revoke", &login, "--reason", "left us"],
    );
    assert_eq!(revoked.code, 0, "{revoked:?}");
    let listed = run(&environment, &["staff", "list"]);
    assert!(listed.stdout.contains("\trevoked "), "{listed:?}");
    assert_eq!(
        database.psql(&format!(
            "select rolcanlogin from pg_roles where rolname = '{login}'"
        )),
        "f"
    );
    database.psql(&format!("drop role \"{login}\""));
}

#[tokio::test]
async fn effects_of_an_attached_service_begin_in_shadow_and_are_switched_on_record() {
    let database = TestDatabase::new(Kind::G2).await;
    let environment = database.environment();
    let listed = run(&environment, &["effects", "list"]);
    assert!(
        listed
            .stdout
            .contains("hopsworks_status\teverywhere\tshadow"),
        "{listed:?}"
    );
    let set = run(
        &environment,
        &[
            "effects",
            "set",
            "hopsworks_status",
            "live",
            "--reason",
            "we take over",
        ],
    );
    assert_eq!(set.code, 0, "{set:?}");
    assert!(set.stderr.contains("live, was shadow"), "{set:?}");
    let unknown = run(
        &environment,
        &[
            "effects",
            "set",
            "everything",
            "live",
            "--reason",
            "why not",
        ],
    );
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(
        unknown.stderr.contains("Choose one for effect"),
        "{unknown:?}"
    );
    assert_eq!(
        database.psql("select reason from console.audit_entries where action = 'set_effect'"),
        "we take over"
    );
    let stripe = [
        "effects",
        "set",
        "stripe_events",
        "live",
        "--reason",
        "we take over",
    ];
    let set = run(&environment, &stripe);
    assert!(
        set.code == 0 && set.stderr.contains("Taking Stripe over"),
        "what is left to do is said: {set:?}"
    );
    let again = run(&environment, &stripe);
    assert!(
        again.stderr.contains("live, was live") && !again.stderr.contains("Taking Stripe over"),
        "{again:?}"
    );

    let fresh = TestDatabase::new(Kind::Managed).await;
    let listed = run(&fresh.environment(), &["effects", "list"]);
    assert!(
        listed.stdout.contains("stripe_events\teverywhere\tlive"),
        "{listed:?}"
    );
}

#[tokio::test]
async fn detach_keeps_what_would_be_lost_and_leaves_the_service_alone() {
    let database = TestDatabase::new(Kind::G2).await;
    let environment = database.environment();
    let switched = run(
        &environment,
        &[
            "effects",
            "set",
            "hopsworks_status",
            "live",
            "--reason",
            "on record",
        ],
    );
    assert_eq!(switched.code, 0, "{switched:?}");
    let people = database.psql("select count(*) from public.users");
    let folder = std::env::temp_dir().join(format!("{}_kept", database.name));
    let to = folder.to_str().expect("a path");

    let looked = run(&environment, &["detach", "--dry-run", "--to", to]);
    assert_eq!(looked.code, 0, "{looked:?}");
    assert!(
        looked.stderr.contains("1 entries of the audit trail"),
        "{looked:?}"
    );
    let careful = run(&environment, &["detach", "--to", to]);
    assert_eq!(careful.code, 1, "{careful:?}");
    assert!(careful.stderr.contains("--yes"), "{careful:?}");
    assert!(!folder.exists(), "nothing was kept, since nothing was done");

    database.psql(
        "insert into console.stripe_purchases (checkout_id, account_id, amount, mode) values ('cs_1', 'someone', 5, 'shadow')",
    );
    let there = database.psql(
        "select c.relname from pg_class as c where c.relnamespace = 'console'::regnamespace
         and c.relkind in ('r', 'p') and not c.relispartition order by 1",
    );
    let gone = detach::NOT_KEPT.iter().flat_map(|(_, tables)| *tables);
    let named: BTreeSet<&str> = detach::KEPT.iter().chain(gone).copied().collect();
    let nobody: Vec<&str> = there
        .lines()
        .filter(|table| !named.contains(table))
        .collect();
    assert_eq!(
        nobody,
        ["migrations_console"],
        "every table is kept, or it is said why not"
    );

    database.psql("create view public.theirs as select id from console.users");
    let held = run(&environment, &["detach", "--yes", "--to", to]);
    assert_eq!(held.code, 1, "{held:?}");
    assert!(held.stderr.contains("theirs"), "{held:?}");
    database.psql("drop view public.theirs");

    let detached = run(&environment, &["detach", "--yes", "--to", to]);
    assert_eq!(detached.code, 0, "{detached:?}");
    let kept = std::fs::read_to_string(folder.join("audit_data.jsonl")).expect("kept");
    assert!(kept.contains("on record"), "{kept}");
    let kept = std::fs::read_to_string(folder.join("stripe_purchases.jsonl")).expect("kept");
    assert!(kept.contains("cs_1"), "{kept}");
    assert!(detached.stderr.contains("not kept: sums"), "{detached:?}");
    assert_eq!(
        database.psql("select count(*) from pg_namespace where nspname = 'console'"),
        "0"
    );
    assert_eq!(database.psql("select count(*) from public.users"), people);
    let nothing = run(&environment, &["detach", "--yes", "--to", to]);
    assert_eq!(nothing.code, 0, "{nothing:?}");
    // And it can come back.
    assert_eq!(run(&environment, &["attach"]).code, 0);
    std::fs::remove_dir_all(folder).expect("swept up");
}
