//! A seat, in the window: where the next user would go, that they go there, why, and that they are moved.

use std::path::Path;

use serde_json::json;

use super::driver::{Theme, Window};
use super::exports::psql;
use super::registration::Receiver;
use super::world::Person;

const WHY: &str = "document.querySelector('[data-testid=seat-why]')?.innerText ?? ''";

/// The picture of a screen, where somebody wants to look at it.
async fn picture(window: &Window, name: &str) {
    if let Some(folder) = std::env::var_os("HOPSDESK_PICTURES") {
        let place = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(place, window.picture().await).expect("a picture");
        window.resize(1920, 1080).await;
        window.choose_theme(Theme::Dark).await;
        let place = Path::new(&folder).join(format!("{name}-dark.png"));
        std::fs::write(place, window.picture().await).expect("a picture");
        window.choose_theme(Theme::Light).await;
        window.resize(1280, 800).await;
    }
}

/// Where the next user would go, by the list of clusters, with the reason of each.
async fn next_seat(window: &Window) -> String {
    window.visit_clusters("").await;
    let chosen = window
        .until(
            "where the next user would go",
            "document.querySelector('[data-testid=next-seat] summary strong')?.innerText",
        )
        .await;
    let chosen = chosen.as_str().expect("a cluster").to_owned();
    window.click("[data-testid=next-seat] summary").await;
    let reasons = window
        .until(
            "the reason of each",
            "(() => {
               const rows = [...document.querySelectorAll('[data-testid=seat-reason]')].map((row) => row.innerText.replace(/\\s+/g, ' ').trim());
               return rows.length > 2 && rows;
             })()",
        )
        .await;
    let reasons: Vec<String> = serde_json::from_value(reasons).expect("texts");
    assert!(
        reasons[0].starts_with(&chosen) && reasons[0].ends_with("chosen"),
        "{reasons:?}"
    );
    assert!(
        reasons.iter().any(|row| row.ends_with("maintenance"))
            && reasons.iter().any(|row| row.ends_with("fuller")),
        "{reasons:?}"
    );
    assert_eq!(window.overflow().await, json!([]));
    picture(window, "next-seat").await;
    chosen
}

/// Staff place the user who is shown on another cluster, through the dialog; which one.
async fn move_elsewhere(window: &Window) -> String {
    window.click_words("Actions").await;
    window
        .until(
            "what may be done",
            "[...document.querySelectorAll('[role=menuitem]')].some((each) => each.innerText.trim() === 'Place on a cluster')",
        )
        .await;
    window
        .run(
            "[...document.querySelectorAll('[role=menuitem]')]
               .find((each) => each.innerText.trim() === 'Place on a cluster').click()",
            Vec::new(),
        )
        .await;
    let other = window
        .until(
            "the clusters",
            "(() => {
               const select = document.querySelector('dialog[open] select');
               const here = document.querySelector('[data-testid=seat] a').innerText;
               const other = [...(select?.options ?? [])].find((each) => each.value && each.text !== here && each.text !== 'hops-us-west');
               if (!other) return null;
               select.value = other.value;
               select.dispatchEvent(new Event('change', { bubbles: true }));
               return other.text;
             })()",
        )
        .await;
    window.fill("Reason", "they asked for it").await;
    window
        .until(
            "the exact change",
            "(() => {
               const submit = document.querySelector('dialog[open] button[type=submit]');
               return submit && !submit.disabled && submit.getAttribute('aria-disabled') !== 'true'
                 && /assigned by/i.test(document.querySelector('dialog[open]').innerText);
             })()",
        )
        .await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
    serde_json::from_value(other).expect("a cluster")
}

#[tokio::test]
async fn whoever_registers_goes_where_it_was_said_and_why_is_told_until_they_are_moved() {
    let person = Person::new("assigning").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    let chosen = next_seat(&window).await;

    let receiver = Receiver::start(&person);
    receiver.register("sally-seat").await;
    window.visit_users("?q=sally-seat").await;
    window.visit_user("auth0|sally-seat").await;
    window
        .until(
            "why they are there",
            &format!("({WHY}) === 'Placed here by itself: the least filled cluster with room.'"),
        )
        .await;
    let there = window
        .ask("document.querySelector('[data-testid=seat] a').innerText")
        .await;
    assert_eq!(there, json!(chosen), "where it was said they would go");
    window
        .until(
            "that Hopsworks has them",
            "[...document.querySelectorAll('#timeline li, #timeline tr')].some((row) => row.innerText.includes('Hopsworks, ensure user'))",
        )
        .await;
    window.shows("Placed on").await;
    assert_eq!(window.overflow().await, json!([]));
    picture(&window, "seat").await;

    // Staff move them; what may be done is asked anew, since the page was opened before they had a seat.
    window.visit_users("?q=sally-seat").await;
    window.visit_user("auth0|sally-seat").await;
    let other = json!(move_elsewhere(&window).await);
    let moved = json!(format!(
        "Was placed on {chosen} by itself first, and moved since."
    ));
    window
        .until(
            "that they were moved",
            &format!(
                "document.querySelector('[data-testid=seat] a')?.innerText === {other}
                 && ({WHY}) === 'Placed here by staff.'
                 && document.querySelector('[data-testid=seat]').innerText.includes({moved})"
            ),
        )
        .await;
    window.close().await;
    // They registered in a hundred years, and would stand first in every list that others look at.
    psql(
        &person,
        "delete from public.user_hopsworks_assignments where user_id = 'auth0|sally-seat';
         delete from public.users where id = 'auth0|sally-seat'",
    );
}
