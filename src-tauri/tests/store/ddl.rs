//! Catalogue to DDL, without a database where the catalogue can be written down.

use hopsdesk::store::attach::catalogue::{Catalogue, Column, Relation};
use hopsdesk::store::attach::ddl::{Plan, plan};
use hopsdesk::store::attach::failure::AttachError;
use hopsdesk::store::attach::run::preview;

use crate::support::database::{Kind, TestDatabase};

/// The plan as text: what would run, then what is lacking.
fn shown(plan: &Plan) -> String {
    use std::fmt::Write as _;

    let mut text = format!("-- {} · {}\n\n", plan.product.name(), plan.generation);
    text.push_str(&plan.statements.join("\n\n"));
    text.push_str("\n\n-- Lacking\n");
    for column in &plan.columns {
        if let Some(reason) = &column.reason {
            let part = if column.source.is_some() {
                " (in part)"
            } else {
                ""
            };
            writeln!(text, "-- {}.{}{part}: {reason}", column.view, column.column).unwrap();
        }
    }
    for function in &plan.functions {
        if let Some(reason) = &function.reason {
            writeln!(text, "-- {}(): {reason}", function.name).unwrap();
        }
    }
    text
}

async fn live(kind: Kind) -> Result<Plan, AttachError> {
    let database = TestDatabase::new(kind).await;
    Ok(preview(&mut database.direct().await).await?.plan)
}

macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        let text = $text;
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, text);
        });
    };
}

#[tokio::test]
async fn a_fresh_database_gets_these_views() {
    snapshot!(
        "attach_fresh",
        shown(&live(Kind::ManagedBare).await.unwrap())
    );
}

#[tokio::test]
async fn a_database_of_the_second_generation_gets_these_views() {
    snapshot!("attach_g2", shown(&live(Kind::G2Bare).await.unwrap()));
}

#[tokio::test]
async fn the_other_generations_and_mixtures_get_these_views() {
    for (name, kind) in [
        ("attach_g1", Kind::G1),
        ("attach_g1_production", Kind::G1Production),
        ("attach_g1_code", Kind::G1Code),
        ("attach_g3", Kind::G3),
        ("attach_mixed_types", Kind::MixedTypes),
        ("attach_mixed_names", Kind::MixedNames),
    ] {
        let plan = live(kind).await.unwrap();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown(&plan));
        });
    }
}

#[tokio::test]
async fn what_is_no_service_gets_a_sentence() {
    let empty = live(Kind::Empty).await.unwrap_err();
    let unrelated = live(Kind::Unrelated).await.unwrap_err();
    snapshot!("attach_refused", format!("{empty}\n\n{unrelated}"));
}

/// `name type`, `name type!` for not null, `name type!=` for not null with a default.
fn table(name: &str, columns: &[&str], unique: &[&str]) -> Relation {
    let columns = columns.iter().map(|column| {
        let (name, declared) = column.split_once(' ').expect("name and type");
        let has_default = declared.ends_with('=');
        let declared = declared.trim_end_matches('=');
        let not_null = declared.ends_with('!');
        let declared = declared.trim_end_matches('!');
        Column {
            name: name.to_owned(),
            declared: declared.to_owned(),
            base: declared.split('(').next().unwrap().to_owned(),
            enumerated: declared.starts_with("public."),
            not_null,
            has_default,
            generated: false,
            readable: true,
            recollated: false,
            minor_units: false,
            words: Vec::new(),
        }
    });
    Relation {
        name: name.to_owned(),
        kind: "table".to_owned(),
        partitioned: false,
        in_parts: false,
        opens: true,
        filled: true,
        row_security: false,
        rows_hidden: false,
        columns: columns.collect(),
        unique_keys: unique.iter().map(|key| vec![(*key).to_owned()]).collect(),
        triggers_need_path: false,
    }
}

/// A service with these users and this usage.
fn service(users: &[&str], usage: &[&str]) -> Plan {
    let catalogue = Catalogue {
        relations: vec![
            table("usage_daily", usage, &[]),
            table("users", users, &["id"]),
        ],
        api_roles: vec!["anon".to_owned()],
        elsewhere: Vec::new(),
    };
    plan(&catalogue).expect("a service")
}

fn source(plan: &Plan, view: &str, column: &str) -> Result<String, String> {
    let origin = plan
        .columns
        .iter()
        .find(|origin| origin.view == view && origin.column == column)
        .expect("a canonical column");
    match (&origin.source, &origin.reason) {
        (Some(source), _) => Ok(source.clone()),
        (None, Some(reason)) => Err(reason.clone()),
        (None, None) => panic!("{view}.{column} has neither a source nor a reason"),
    }
}

const USERS: &[&str] = &["id text!", "email text!"];

#[test]
fn the_third_generation_is_nothing_but_other_columns() {
    let plan = service(
        USERS,
        &[
            "user_id text!",
            "date date!",
            "cpu_hours numeric(10,4)",
            "opencost_cpu_hours numeric(10,4)",
            "opencost_ram_gb_hours numeric",
            "online_storage_gb numeric",
            "offline_storage_gb numeric",
            "opencost_total_cost numeric",
        ],
    );
    assert_eq!(plan.generation, "third");
    let usage = |column: &str| source(&plan, "usage_daily", column).unwrap();
    assert_eq!(
        usage("cpu_hours"),
        "usage_daily.coalesce(opencost_cpu_hours, cpu_hours)"
    );
    assert_eq!(usage("ram_gb_hours"), "usage_daily.opencost_ram_gb_hours");
    assert_eq!(
        usage("storage_gb"),
        "usage_daily.online_storage_gb + offline_storage_gb"
    );
    assert_eq!(usage("total_cost"), "usage_daily.opencost_total_cost");
    // Unknown and unknown is unknown, not nothing.
    assert!(
        plan.statements.iter().any(|sql| {
            sql.contains("is not null then coalesce(case when t.online_storage_gb >")
        })
    );
}

#[test]
fn a_column_of_a_strange_type_becomes_a_typed_null_with_a_reason() {
    let plan = service(
        &[
            "id text!",
            "email text!",
            "login_count bytea",
            "spending_cap bit(8)",
            "metadata text",
        ],
        &["user_id text!", "date date!"],
    );
    for (column, reason) in [
        (
            "login_count",
            "users.login_count is bytea; a whole number was expected",
        ),
        (
            "spending_cap",
            "users.spending_cap is bit(8); a number was expected",
        ),
        ("metadata", "users.metadata is text; JSON was expected"),
        (
            "company",
            "the table users has no column company or metadata",
        ),
        ("name", "the table users has no column name"),
    ] {
        assert_eq!(
            source(&plan, "users", column),
            Err(reason.to_owned()),
            "{column}"
        );
    }
    assert!(
        plan.statements
            .iter()
            .any(|sql| sql.contains("null::bigint as login_count"))
    );
    assert_eq!(
        source(&plan, "invoices", "amount"),
        Err("this database has no table invoices or billing_history".to_owned())
    );
}

#[test]
fn a_column_that_has_the_canonical_type_is_shown_bare() {
    let plan = service(
        &[
            "id text!",
            "email character varying(255)!",
            "created_at timestamp without time zone",
        ],
        &["user_id text!", "date date!"],
    );
    let users = &plan.statements[0];
    assert!(users.contains("\n  t.id as id,"), "{users}");
    assert!(users.contains("\n  t.email::text as email,"), "{users}");
    assert!(
        users.contains("(t.created_at at time zone 'UTC') as created_at"),
        "{users}"
    );
}

#[test]
fn a_column_that_a_registration_cannot_fill_keeps_the_function_from_being_made() {
    let reason = |users: &[&str]| {
        let plan = service(users, &["user_id text!", "date date!"]);
        plan.functions[0].reason.clone()
    };
    assert_eq!(
        reason(&["id text!", "email text!", "status text!", "plan text!="]),
        None
    );
    assert_eq!(
        reason(&["id text!", "email text!", "tenant text!"]).unwrap(),
        "users.tenant takes no null and has no default, and a registration does not say what to put there"
    );
    assert_eq!(
        reason(&["id uuid!", "email text!"]).unwrap(),
        "users.id is uuid; text was expected"
    );
    let catalogue = Catalogue {
        relations: vec![
            table("usage_daily", &["user_id text!", "date date!"], &[]),
            table("users", USERS, &[]),
        ],
        api_roles: Vec::new(),
        elsewhere: Vec::new(),
    };
    let without_key = plan(&catalogue).unwrap().functions[0].reason.clone();
    assert!(without_key.unwrap().contains("no unique key"));
}

#[test]
fn names_that_need_quotes_get_them_and_the_digest_follows_every_change() {
    let one = service(USERS, &["user_id text!", "date date!"]);
    let same = service(
        USERS,
        &["user_id text!", "date date!", "Weird \"name\" text"],
    );
    let other = service(USERS, &["user_id text!", "date date!", "cpu_hours numeric"]);
    assert_eq!(
        one.digest, same.digest,
        "a column nobody shows changes nothing"
    );
    assert_ne!(one.digest, other.digest);
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/tests/store");
    let sources: String = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for entry in std::fs::read_dir(folder.join("snapshots")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.strip_suffix(".snap").unwrap_or_else(|| {
            panic!("{name} is left over from a run whose snapshot was not accepted")
        });
        assert!(
            sources.contains(&format!("\"{stem}\"")),
            "no test makes {name}: remove it"
        );
    }
}
