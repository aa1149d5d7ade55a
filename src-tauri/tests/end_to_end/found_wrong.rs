//! What is wrong on a cluster, in the window: found, mended with a reason, and taken back.

use serde_json::json;

use super::driver::Window;
use super::exports::psql;
use super::world::Person;

/// The findings of a cluster as a page shows them.
const FOUND: &str = "[...document.querySelectorAll('[data-testid=found]')].map((each) => each.innerText.replace(/\\s+/g, ' ').trim())";

/// The service's counter is three more than there are seats.
const DRIFTS: &str =
    "update public.hopsworks_clusters as k set current_users = console.seats_taken(k.id::text) + 3
    where k.name = 'hops-ap-southeast'";

async fn visit(window: &Window, cluster: &str) {
    window.visit_clusters(&format!("?q={cluster}")).await;
    window.click("table[aria-label=Clusters] tbody a").await;
    window.cluster_is_filled().await;
}

async fn finds(window: &Window, words: &str) {
    window
        .until(
            words,
            &format!("{FOUND}.some((text) => text.includes('{words}'))"),
        )
        .await;
}

async fn finds_no_more(window: &Window, words: &str) {
    window
        .until(
            words,
            &format!("document.querySelector('[data-testid=found]') !== null && !{FOUND}.some((text) => text.includes('{words}'))"),
        )
        .await;
}

/// Presses a mend, sees the exact change, gives a reason, and does it.
async fn mend(window: &Window, word: &str, change: &str) {
    window.click_words(word).await;
    window
        .until(
            "the exact change",
            &format!("document.querySelector('dialog[open]')?.innerText.includes('{change}')"),
        )
        .await;
    window
        .fill("Reason", "found by comparing, ticket 4712")
        .await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "the way back",
            "[...document.querySelectorAll('button')].some((each) => each.innerText.trim() === 'Undo')",
        )
        .await;
}

async fn undo(window: &Window) {
    window.click_words("Undo").await;
    window
        .until(
            "what taking it back would change",
            "document.querySelector('dialog[open] form')?.innerText.length > 20",
        )
        .await;
    window.fill("Reason", "it was right before").await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "that it was taken back",
            "!document.querySelector('dialog[open]')",
        )
        .await;
}

#[tokio::test]
async fn what_is_wrong_on_a_cluster_is_found_mended_and_taken_back() {
    let person = Person::new("found-wrong").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    // As the sample has it: whoever was given a seat there since has put it right.
    psql(&person, DRIFTS);
    visit(&window, "hops-ap-southeast").await;
    for words in [
        "on record under another number or login than Hopsworks says",
        "has a seat and no user in its Hopsworks",
        "user of its Hopsworks is nobody on record",
        "person may work here without a seat",
        "project has another number in its Hopsworks than on record",
    ] {
        // One or many: the same words but for their number.
        let stem = words.split(' ').next_back().expect("a word");
        finds(&window, stem).await;
    }
    finds(&window, "consultant@partner.example").await;
    assert_eq!(window.overflow().await, json!([]));
    assert_eq!(window.cut_to_nothing().await, json!([]));

    // The counter.
    finds(&window, "counter says").await;
    mend(&window, "Put it right", "current users").await;
    finds_no_more(&window, "counter says").await;
    undo(&window).await;
    finds(&window, "counter says").await;

    // The number by which Hopsworks knows somebody.
    mend(&window, "Take it over", "hopsworks user id").await;
    finds_no_more(&window, "by Hopsworks 6").await;
    undo(&window).await;
    finds(&window, "by Hopsworks 6").await;

    window.visit("#/audit").await;
    window
        .until(
            "all of it on record",
            "['found by comparing, ticket 4712', 'it was right before'].every((reason) =>
               [...document.querySelectorAll('main tbody tr')].filter((row) => row.innerText.includes(reason)
                 && !row.innerText.startsWith('Elevate')).length === 2)",
        )
        .await;

    // Nodes that ail, on another.
    visit(&window, "hops-us-west").await;
    finds(&window, "not been ready for a while").await;
    finds(&window, "taken nothing new").await;
    window.close().await;
}
