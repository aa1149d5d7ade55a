//! Staff read with logins of their own: every statement that a screen or an export runs works for each
//! group, and the database keeps from a group what is not for it.

use hopsdesk::store::direct::Direct;

use crate::store::statements::files;
use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

const GROUPS: &[&str] = &["support", "finance", "admin", "auditor"];

/// Statements that are not of the screens, by the beginning of their names: those of the receiver and of
/// migrations, which run as the owner, and what only admins and the command line do.
const PROGRAMS: &[&str] = &[
    "alert_deliveries_claim",
    "alert_delivery_end",
    "alerts_evaluate",
    "fitness_",
    "inbox_",
    "reading_record",
    "snapshot_record",
    "snapshots_claim",
    "stripe_",
    "customer_",
    "sync_user",
    "read_back_",
    "registration_",
    "seat_request.",
    "seats_place",
    "seat_rule_set",
    "trail_note",
    "migrations_",
    "detach_",
    "doctor",
    "cluster_access",
    "cluster_authority_set",
    "recipient_",
    "secret_",
    "outbox_shadow",
    "staff_add",
    "staff_revoke",
    "effect_set",
];

/// What an auditor, who changes nothing, is kept from.
const CHANGES: &[&str] = &[
    "act.",
    "act_many",
    "alert_acknowledge",
    "bulk_end",
    "bulk_open",
    "elevate",
    "end_elevation",
    "event_dismiss",
    "event_replay",
    "outbox_",
    "undo",
];

/// What people sent, which neither finance nor auditors read.
const SENT: &[&str] = &["event_payload", "effect_payload"];

/// A login of that group, made here and on the list of staff.
async fn hire(database: &TestDatabase, group: &str) -> String {
    let login = format!("{}_{group}", database.name);
    database
        .superuser()
        .await
        .script(&format!(
            "do $$ begin create role \"{login}\" login; exception when duplicate_object then null; end $$"
        ))
        .await
        .expect("a login");
    database
        .direct()
        .await
        .script(&format!(
            "select console.adopt_staff('{login}', 'auth0|{login}', 'Test', '{group}')"
        ))
        .await
        .unwrap_or_else(|error| panic!("{OWNER} adopts: {error:?}"));
    login
}

async fn dismiss(database: &TestDatabase, login: &str) {
    let _ = database
        .superuser()
        .await
        .script(&format!("drop owned by \"{login}\"; drop role \"{login}\""))
        .await;
}

/// How many parameters a statement has.
fn parameters(sql: &str) -> usize {
    sql.split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// Runs the statement with nothing for its parameters, and takes back what it did.
async fn refused(session: &mut Direct, name: &str, sql: &str) -> Option<String> {
    let text = sql.trim_end().trim_end_matches(';');
    let nulls = vec!["null"; parameters(text)].join(", ");
    let arguments = if nulls.is_empty() {
        String::new()
    } else {
        format!("({nulls})")
    };
    let script = format!("begin; prepare statement as {text}\n; execute statement{arguments}");
    let outcome = session.script(&script).await;
    session
        .script("rollback; deallocate all")
        .await
        .expect("a clean session");
    let source = std::error::Error::source(&outcome.err()?)?.to_string();
    // Nothing is no month and no id: what matters is that nobody was kept out.
    (source.contains("permission denied") || source.contains("42501"))
        .then(|| format!("{name}: {source}"))
}

#[tokio::test]
async fn every_group_runs_every_statement_of_the_screens() {
    for kind in Kind::ATTACHED {
        let database = TestDatabase::new(*kind).await;
        let mut wrong = Vec::new();
        for group in GROUPS {
            let login = hire(&database, group).await;
            let address = database.cluster.direct(&database.name, &login);
            let mut session = Direct::open(&address, None).await.expect("a session");
            for (name, sql) in files() {
                let is = |kinds: &[&str]| kinds.iter().any(|kind| name.starts_with(kind));
                if is(PROGRAMS) {
                    continue;
                }
                let why = refused(&mut session, &name, &sql).await;
                if *group == "auditor" && is(CHANGES) {
                    continue;
                }
                if is(SENT) {
                    let kept_out = ["finance", "auditor"].contains(group);
                    assert_eq!(why.is_some(), kept_out, "{group}: {name}: {why:?}");
                    continue;
                }
                if let Some(why) = why {
                    wrong.push(format!("{group}: {why}"));
                }
            }
            session.close().await.expect("a goodbye");
            dismiss(&database, &login).await;
        }
        assert!(wrong.is_empty(), "on {kind:?}:\n{}", wrong.join("\n"));
    }
}

#[tokio::test]
async fn finance_is_kept_from_addresses_and_from_nothing_else_of_the_page() {
    let database = TestDatabase::new(Kind::G3).await;
    let mut wrong = Vec::new();
    for group in GROUPS {
        let login = hire(&database, group).await;
        let address = database.cluster.direct(&database.name, &login);
        let mut session = Direct::open(&address, None).await.expect("a session");
        let bare = session
            .script("select registration_ip from console.users limit 1")
            .await
            .is_ok();
        let told = session
            .script(
                "do $$ begin if not console.may_see_addresses() then raise exception 'hidden'; end if; end $$",
            )
            .await
            .is_ok();
        if bare != told || bare == (*group == "finance") {
            wrong.push(format!("{group}: column {bare}, told {told}"));
        }
        session.close().await.expect("a goodbye");
        dismiss(&database, &login).await;
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
