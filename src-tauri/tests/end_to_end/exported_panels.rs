//! What panels list, saved from the real window: as it is narrowed there, and to the last row.

use serde_json::json;

use super::driver::Window;
use super::exports::{about, downloads, export, files, psql, read};
use super::world::Person;
use crate::support::install_tls;

/// A postpaid owner of the sample with an invoice, the first by id.
const OWNER: &str = "select u.id from public.users u join public.invoices i on i.user_id = u.id
    where u.account_owner_id is null and u.status = 'active' and u.id like 'auth0|%'
      and u.last_login_at > now() - interval '20 days' group by u.id having count(*) > 1 order by u.id limit 1";

/// Rows of the one file whose name holds this, and what it says of itself.
fn saved(person: &Person, what: &str) -> (Vec<csv::StringRecord>, Vec<csv::StringRecord>) {
    let names = files(&downloads(person));
    let name = names.iter().find(|name| name.contains(what));
    let name = name.unwrap_or_else(|| panic!("{what}: {names:?}"));
    let (rows, lines) = read(&downloads(person).join(name));
    assert_eq!(about(&lines, "Rows"), rows.len().to_string(), "{what}");
    (rows, lines)
}

/// Brings a button for files into sight, once there is something to save.
async fn offers(window: &Window, list: &str, place: &str) {
    window
        .run(
            "document.querySelector(arguments[0])?.scrollIntoView()",
            vec![json!(place)],
        )
        .await;
    window
        .until(
            list,
            &format!("document.querySelector('[aria-label=\"Export {list}\"]')"),
        )
        .await;
}

#[tokio::test]
async fn what_panels_list_is_saved_as_it_is_narrowed_and_to_the_last_row() {
    install_tls();
    let person = Person::new("exporting-panels").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;

    window.visit("#/overview").await;
    window.overview_is_filled().await;
    export(&window, "what needs attention", "CSV", 1).await;
    let first = window
        .ask("document.querySelector('main ul .sentence').lastChild.textContent.trim()")
        .await;
    export(&window, "clusters", "CSV", 2).await;
    let (lines, _) = saved(&person, "needs-attention");
    assert_eq!(&lines[0][0], first.as_str().expect("a sentence"));
    let (clusters, of) = saved(&person, "clusters-by-fill");
    let recorded = psql(&person, "select count(*) from public.hopsworks_clusters");
    assert_eq!(clusters.len().to_string(), recorded);
    assert_eq!(about(&of, "Order"), "the fullest first");

    // Everything that is wrong on a cluster, also what the page does not show.
    window.visit_clusters("?q=hops-ap-southeast").await;
    window.click("table[aria-label=Clusters] tbody a").await;
    window.cluster_is_filled().await;
    offers(&window, "findings", "[data-testid=found]").await;
    export(&window, "findings", "CSV", 3).await;
    let (found, of) = saved(&person, "findings-on-a-cluster");
    assert!(about(&of, "Filter").starts_with("Cluster: hops-ap-southeast ("));
    let recorded = psql(
        &person,
        "select f.subject || ' ' || replace(f.kind, '_', ' ') from console.open_findings f
         join console.clusters c on c.id = f.cluster_id where c.name = 'hops-ap-southeast'
         order by (f.subject || ' ' || replace(f.kind, '_', ' ')) collate \"C\"",
    );
    let mut in_file: Vec<_> = found
        .iter()
        .map(|row| format!("{} {}", &row[0], &row[1]))
        .collect();
    in_file.sort();
    assert_eq!(in_file.join("\n"), recorded);

    // A timeline of invoices only, and how somebody tried to sign in.
    let owner = psql(&person, OWNER);
    window.visit_user(&owner).await;
    offers(&window, "Timeline", "#timeline").await;
    window.click("[data-testid=topic]").await;
    window
        .until(
            "the topics to choose from",
            "document.querySelector('[role=menuitemradio]') !== null",
        )
        .await;
    window
        .run(
            "[...document.querySelectorAll('[role=menuitemradio]')].find((each) => each.innerText.trim() === arguments[0]).click()",
            vec![json!("Invoices")],
        )
        .await;
    window
        .until(
            "invoices only",
            "document.querySelector('[data-testid=topic]').innerText.trim() === 'Invoices' && document.querySelector('[aria-label=\"Export Timeline\"]')",
        )
        .await;
    export(&window, "Timeline", "CSV", 4).await;
    let (changes, of) = saved(&person, "changes-of-a-user");
    assert_eq!(
        about(&of, "Filter"),
        format!("User: {owner}; What: invoices")
    );
    assert!(!changes.is_empty());
    offers(&window, "tries to sign in", "[data-testid=sign-ins]").await;
    export(&window, "tries to sign in", "CSV", 5).await;
    let (tries, of) = saved(&person, "tries-to-sign-in");
    assert!(!tries.is_empty());
    assert!(about(&of, "Filter").starts_with(&format!("User: {owner}; As Auth0 tells it")));

    // Tables: only those that are shown, and every index of our statements.
    window.visit("#/schema?tables=read").await;
    window.schema_is_filled().await;
    let shown = window
        .ask("[...document.querySelectorAll('tr[data-table]')].map((row) => row.dataset.table)")
        .await;
    export(&window, "tables", "CSV", 6).await;
    let (tables, of) = saved(&person, "tables-of-the-database");
    let names: Vec<_> = tables.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(json!(names), shown);
    assert_eq!(about(&of, "Filter"), "Standing: present or different");
    window
        .run(
            "[...document.querySelectorAll('label')].find((each) => each.innerText.includes('Show all')).querySelector('input').click()",
            Vec::new(),
        )
        .await;
    let shown = window
        .until(
            "every index",
            "document.querySelectorAll('tr[data-index]').length",
        )
        .await;
    export(&window, "indexes", "CSV", 7).await;
    let (indexes, _) = saved(&person, "-indexes-");
    assert_eq!(json!(indexes.len()), shown);
    window.close().await;
}
