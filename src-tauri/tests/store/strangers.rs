//! Databases as thousands of projects make them (`migrations/tests/fixtures/strangers`): each is attached and
//! every page of it looked at, or it is refused with a sentence.

use std::path::Path;

use hopsdesk::store::attach::failure::AttachError;
use hopsdesk::store::attach::run::{attach, release};

use super::pages::{Visit, visit};
use crate::support::database::{Kind, TestDatabase};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/tests/fixtures/strangers");
    std::fs::read_to_string(folder.join(format!("{name}.sql"))).expect("a fixture")
}

/// The database of that fixture. Some need what only a superuser may do; the tables are the owner's all the
/// same, unless the fixture says otherwise.
async fn database(name: &str) -> TestDatabase {
    let database = TestDatabase::new(Kind::Empty).await;
    let sql = fixture(name);
    if sql.contains("foreign data wrapper") {
        database.psql("alter role hopsdesk_owner superuser");
    }
    let mut owner = database.direct().await;
    let made = owner.script(&sql).await;
    database.psql("alter role hopsdesk_owner nosuperuser");
    if let Err(error) = made {
        panic!("{name}: {:?}", std::error::Error::source(&error));
    }
    database
}

/// Attaches, looks at everything, and takes the views away again.
async fn visited(database: &TestDatabase) -> Visit {
    let mut owner = database.direct().await;
    attach(&mut owner).await.expect("attached");
    assert!(!attach(&mut owner).await.expect("again").renewed);
    let seen = visit(database).await;
    assert!(seen.problems.is_empty(), "{:#?}", seen.problems);
    assert!(seen.pages > 100, "every page was looked at: {}", seen.pages);
    assert!(release(&mut owner).await.expect("released"));
    seen
}

#[tokio::test]
async fn times_that_no_calendar_has_are_unknown_and_lists_go_on_behind_them() {
    let database = database("infinite_times").await;
    let seen = visited(&database).await;
    assert_eq!(seen.users.len(), 8, "{:?}", seen.users);
    assert_eq!(seen.users[0], "auth0|3", "the endless past comes first");
    assert_eq!(
        seen.users[7], "auth0|8",
        "who has no time at all comes last"
    );
    assert!(seen.invoices.len() > 48, "{:?}", seen.invoices);
}

#[tokio::test]
async fn rows_without_a_key_break_nothing() {
    let seen = visited(&database("no_keys").await).await;
    assert!(seen.users.contains(&"twice".to_owned()), "{:?}", seen.users);
}

#[tokio::test]
async fn ids_of_any_type_are_texts_to_us() {
    let seen = visited(&database("uuid_ids").await).await;
    assert_eq!(seen.users.len(), 2);
    let seen = visited(&database("bigint_ids").await).await;
    // Two of them have no time that a calendar has: last, by id.
    assert_eq!(seen.users, ["1", "-1", "9223372036854775807"]);
}

#[tokio::test]
async fn words_in_capitals_and_columns_of_two_times_break_no_page() {
    let seen = visited(&database("capitals").await).await;
    assert_eq!(seen.users.len(), 6, "{:?}", seen.users);
    let seen = visited(&database("grown").await).await;
    assert_eq!(seen.users.len(), 2);
}

#[tokio::test]
async fn what_stands_in_place_of_a_table_is_read_or_reported() {
    let seen = visited(&database("views_and_foreign").await).await;
    assert_eq!(seen.users, ["auth0|1", "auth0|2"]);
}

#[tokio::test]
async fn rows_without_an_id_of_their_own_are_each_listed_once() {
    let database = TestDatabase::new(Kind::Empty).await;
    // Roles are the server's, which other tests share.
    let stranger = format!("stranger_{}", database.name);
    database.psql(&format!("create role {stranger} nologin"));
    database.psql(&format!(
        "grant create on database {} to hopsdesk_owner; set role hopsdesk_owner; {}",
        database.name,
        fixture("no_places").replace(
            "alter table billing.credits owner to stranger",
            &format!("reset role; alter table billing.credits owner to {stranger}")
        )
    ));
    let mut owner = database.direct().await;
    attach(&mut owner).await.expect("attached");
    let asked = |sql: &str| database.psql(sql);
    assert_eq!(
        asked("select string_agg(name, ',' order by name) from console.clusters"),
        "new-1"
    );
    assert_eq!(
        asked("select string_agg(coalesce(company, '?'), ', ' order by id) from console.users"),
        "?, Caf\u{e9} \u{1F600}, ?, ?, ?",
        "what `jsonb` refuses is not known, and everything else is"
    );
    assert_eq!(
        asked(
            "select string_agg(id, ',' order by id) from console.users where account_owner_id is null"
        ),
        "auth0|1,auth0|2,auth0|3,auth0|4"
    );
    assert_eq!(
        asked(
            "select string_agg(origin || ' ' || n || ' ' || amount, ', ' order by origin) from (
               select origin, count(distinct id) as n, trim_scale(sum(amount)) as amount from console.invoices group by origin
             ) as i"
        ),
        "billing_history 10 45.1, invoices 12 78",
        "each has an id, and cents are cents however that is said"
    );
    assert_eq!(
        asked(
            "select string_agg(stripe_subscription_id || ' ' || trim_scale(amount), ', ' order by id) from console.subscriptions"
        ),
        "sub_1 1.234, sub_2 12.34, sub_3 1234"
    );
    assert_eq!(
        asked("select count(*) || ' ' || count(distinct id) from console.credit_transactions"),
        "13 13"
    );
    assert_eq!(
        asked("select sum(cpu_hours) from console.usage_daily"),
        "600",
        "hours are no cents"
    );
    assert_eq!(
        asked("select count(*) from console.user_credits"),
        "0",
        "one is there, and may not be read by who attached"
    );
    asked(r#"select console.write_users('auth0|5', '{"account_owner_id": null}')"#);
    assert_eq!(
        asked("select account_owner_id = '' from public.users where id = 'auth0|5'"),
        "t",
        "who leaves a team belongs to nobody, as this table writes that"
    );
    assert!(release(&mut owner).await.expect("released"));
    drop(owner);
    let seen = visited(&database).await;
    database.psql(&format!(
        "reassign owned by {stranger} to postgres; drop owned by {stranger}; drop role {stranger}"
    ));
    assert_eq!(seen.users.len(), 5, "{:?}", seen.users);
    assert_eq!(seen.invoices.len(), 12 + 10 + 3, "{:?}", seen.invoices);
}

#[tokio::test]
async fn names_of_any_kind_are_found_or_left_alone() {
    let seen = visited(&database("odd_names").await).await;
    assert_eq!(seen.users, ["auth0|1"]);
}

#[tokio::test]
async fn what_may_not_be_read_is_said() {
    let name = "not_ours";
    let database = TestDatabase::new(Kind::Empty).await;
    database.psql("create role stranger nologin");
    database.psql(&format!(
        "set role hopsdesk_owner; {}",
        fixture(name).replace(
            "alter table public.usage_daily",
            "reset role; alter table public.usage_daily"
        )
    ));
    let seen = visited(&database).await;
    database
        .psql("reassign owned by stranger to postgres; drop owned by stranger; drop role stranger");
    assert_eq!(seen.users, ["auth0|1"]);
}

#[tokio::test]
async fn databases_of_others_are_refused_with_a_sentence() {
    for name in ["auth_only", "users_only", "starter"] {
        let database = database(name).await;
        let mut owner = database.direct().await;
        let refused = attach(&mut owner).await;
        assert!(
            matches!(refused, Err(AttachError::Unrelated { .. })),
            "{name}: {refused:?}"
        );
        assert_eq!(
            database.psql("select count(*) from pg_namespace where nspname = 'console'"),
            "0",
            "{name} stays as it is"
        );
    }
}
