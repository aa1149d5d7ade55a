//! What keeps staff honest, in the real window: elevation that runs down and is ended, notes, looking as a customer
//! does, and the trail of it all, filtered, verified, and given away.

use serde_json::json;

use super::exports::{export, psql, saved};
use super::world::Person;

const BADGE: &str = "document.querySelector('[data-testid=staff]').innerText";

#[tokio::test]
async fn elevation_runs_down_on_the_badge_and_is_ended_early() {
    let person = Person::new("elevating").await;
    // Whoever was here before may still have had some minutes.
    psql(
        &person,
        "update console.elevations set ended_at = now() where ended_at is null",
    );
    let window = person.at_work().await;
    window
        .until(
            "read-only at first",
            &format!("{BADGE}.includes('Read-only')"),
        )
        .await;
    window.click("[data-testid=staff]").await;
    window.fill("Reason", "a call, ticket 4716").await;
    window.click_words("Elevate for 15 minutes").await;
    window
        .until(
            "that one may write",
            &format!("{BADGE}.includes('Elevated')"),
        )
        .await;
    let number = "document.querySelector('[data-testid=staff] .number').innerText";
    let first = window.ask(number).await;
    let first = first.as_str().expect("what is left");
    assert!(
        ["15:0", "14:5"]
            .iter()
            .any(|begin| first.starts_with(begin)),
        "a quarter of an hour: {first}"
    );
    window
        .until("less than that", &format!("{number} < '{first}'"))
        .await;

    window.click("[data-testid=staff]").await;
    window.shows("a call, ticket 4716").await;
    window.click_words("End it now").await;
    window
        .until("read-only again", &format!("{BADGE}.includes('Read-only')"))
        .await;
    let ended = psql(
        &person,
        "select count(*) from console.elevations where reason = 'a call, ticket 4716' and ended_at < until",
    );
    assert_eq!(ended, "1", "and in the database, which is what counts");
    // What needs it asks for it again.
    let id = window.first_user("?status=active&role=owner").await;
    window.visit_user(&id).await;
    window.begin_action("Suspend").await;
    window.shows("You are looking read-only.").await;
    window.close().await;
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story in one window, told in its order"
)]
async fn a_note_and_a_customers_view_are_on_record_and_the_record_is_given_away() {
    let person = Person::new("overseeing").await;
    let window = person.at_work().await;
    let id = psql(
        &person,
        "select u.id from public.users as u
         where u.status = 'active' and u.account_owner_id is null
           and exists (select from public.invoices as i where i.user_id = u.id)
           and (select count(*) from public.users as m where m.account_owner_id = u.id) = 0
         order by u.id limit 1",
    );
    window.visit_user(&id).await;
    window.begin_note().await;
    window
        .fill("Note", "Moves to the new contract in March.")
        .await;
    window.fill("Reason", "contract, ticket 4717").await;
    window.send_dialog().await;
    window
        .until(
            "the note",
            "document.getElementById('notes').innerText.includes('Moves to the new contract in March.')",
        )
        .await;
    let kept = psql(
        &person,
        &format!("select kind || ' ' || body from console.notes where subject = '{id}'"),
    );
    assert_eq!(kept, "user Moves to the new contract in March.");

    window.click_words("As the customer sees it").await;
    window.find("[data-testid=as-customer]").await;
    window
        .see_as_customer("misses an invoice, ticket 4718")
        .await;
    let own = psql(
        &person,
        &format!("select email from public.users where id = '{id}'"),
    );
    let rows =
        "[...document.querySelectorAll('main ol dd')].map((each) => each.textContent).join(' ')";
    let seen = window.ask(rows).await;
    assert!(
        seen.as_str().is_some_and(|text| text.contains(&own)),
        "their own row: {seen}"
    );
    let others = psql(
        &person,
        &format!("select email from public.users where id <> '{id}'"),
    );
    let seen = seen.as_str().unwrap_or_default();
    assert_eq!(
        others.lines().find(|other| seen.contains(other)),
        None,
        "nobody else's"
    );
    // Where rows are not protected, what a customer sees is not shown at all.
    psql(
        &person,
        "alter table public.invoices disable row level security",
    );
    window.fill("Reason", "once more, ticket 4718").await;
    window.click_words("Look again").await;
    let refused = window
        .until(
            "why not",
            "document.querySelector('main [role=alert]')?.innerText",
        )
        .await;
    psql(
        &person,
        "alter table public.invoices enable row level security",
    );
    assert!(
        refused
            .as_str()
            .is_some_and(|text| text.contains("invoices")),
        "it says which: {refused}"
    );
    assert_eq!(window.ask(rows).await, json!(""), "and shows nothing of it");

    window.trail_is_whole().await;
    window.click("main input[aria-label^='Filter by']").await;
    window.write("ticket 4718").await;
    window
        .until(
            "what was looked at, and nothing else",
            "document.querySelectorAll('main tbody tr[data-row]').length === 1
               && document.querySelector('main tbody tr[data-row]').innerText.includes('misses an invoice')",
        )
        .await;
    export(&window, "Audit", "CSV", 1).await;
    let file = saved(&person, "hopsdesk-audit-");
    let rows: Vec<_> = file
        .lines()
        .skip(1)
        .filter(|line| !line.starts_with("# ") && !line.starts_with("\"# "))
        .collect();
    assert_eq!(rows.len(), 1, "{file}");
    assert!(
        rows[0].contains("view_as") && rows[0].contains(&id),
        "{file}"
    );
    window.click_words("Verify").await;
    window.trail_is_whole().await;
    window.close().await;
}
