//! The Schema screen: on the sandbox, and on a service of the first generation that lacks an index.

use super::driver::Window;
use super::world::{Person, database};
use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

const PASSWORD: &str = "correct-horse/battery@staple";

impl Window {
    /// Opens Schema, and waits until its panels are filled.
    pub(crate) async fn visit_schema(&self) {
        self.visit("#/schema").await;
        self.schema_is_filled().await;
    }
}

/// What the row of a table says.
async fn row(window: &Window, table: &str) -> String {
    let text = window
        .until(
            table,
            &format!("document.querySelector('tr[data-table=\"{table}\"]')?.innerText"),
        )
        .await;
    text.as_str().expect("text").replace(['\n', '\t'], " ")
}

/// Adds a database in Settings, which opens it.
async fn add(window: &Window, database: &TestDatabase, name: &str) {
    let login = format!("desk_{}", database.name);
    database.psql(&format!(
        "create role \"{login}\" login password '{PASSWORD}' in role password_logins, {OWNER}"
    ));
    window.visit_settings().await;
    window.fill("Name", name).await;
    let port = database.cluster.port;
    let url = format!("postgresql://{login}@127.0.0.1:{port}/{}", database.name);
    window.fill("Connection string", &url).await;
    window.fill("Password", PASSWORD).await;
    window.click_words("Add database").await;
    window
        .until(
            name,
            &format!(
                "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('{name}')
                 && document.querySelector('h1')"
            ),
        )
        .await;
}

#[tokio::test]
async fn a_fresh_service_is_all_there_and_nothing_is_proposed() {
    let person = Person::new("schema-fresh").await;
    let window = person.at_work().await;
    window.visit_schema().await;
    window.shows("Managed Hopsworks · made by Hopsdesk").await;
    window.shows("fit the tables").await;
    window.shows("Nothing to propose").await;
    let users = row(&window, "users").await;
    assert!(users.contains(" on"), "row level security is on: {users}");
    let missing = window
        .ask("[...document.querySelectorAll('tr[data-table]')].filter((each) => /missing/.test(each.innerText)).length")
        .await;
    assert_eq!(missing, 0, "no table is missing");
    assert_eq!(window.overflow().await, serde_json::json!([]));
    window.close().await;
}

#[tokio::test]
async fn a_first_generation_is_told_table_by_table_and_an_index_is_made_on_consent() {
    let service = database(Kind::G1Production).await;
    service.psql(
        "insert into public.users (id, email, name, created_at)
           select 'auth0|e' || n, 'e' || n || '@many.example', 'Many ' || n, now() - n * interval '1 minute'
           from generate_series(1, 12000) as n;
         analyze public.users",
    );
    let person = Person::new("schema-first").await;
    let window = person.at_work().await;
    add(&window, &service, "First").await;
    window.visit_schema().await;
    window.shows("Managed Hopsworks · first generation").await;
    for (table, says) in [
        ("instances_backup", "left over"),
        ("team_invites", "missing"),
        ("users", "different"),
        ("account_usage_summary", "per date"),
        ("users", " off"),
    ] {
        let text = row(&window, table).await;
        assert!(text.contains(says), "{table}: {text}");
    }
    // A row opens to its columns, and says why one is empty.
    window.click("tr[data-table=users] button").await;
    window
        .shows("The table users has no column spending_cap.")
        .await;
    window.shows("metadata ->> company").await;
    assert_eq!(window.overflow().await, serde_json::json!([]));

    let index = "hopsdesk_users_created_idx";
    let there = format!("select count(*) from pg_class where relname = '{index}'");
    window
        .click(&format!("tr[data-index={index}] button"))
        .await;
    window
        .shows(&format!(
            "create index concurrently {index} on public.users"
        ))
        .await;
    window.click_words("Leave it").await;
    assert_eq!(service.psql(&there), "0", "nothing is made without consent");
    window
        .click(&format!("tr[data-index={index}] button"))
        .await;
    window.click_words("Make the index").await;
    window
        .until(
            "the index leaves the list of proposals",
            &format!("document.querySelector('#schema-indexes') && !document.querySelector('tr[data-index={index}]')"),
        )
        .await;
    assert_eq!(service.psql(&there), "1");

    // Their migration is noticed.
    service.psql("alter table public.users add column spending_cap numeric");
    window
        .shows("users.spending_cap can be read now, from users.spending_cap")
        .await;
    window.shows("out of date").await;
    window.close().await;
}
