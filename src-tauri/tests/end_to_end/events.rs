//! What came in and what goes out, in the real window: found, read, applied again, put aside.

use serde_json::json;

use super::accessibility::{axe_finds_nothing, axe_finds_nothing_now};
use super::driver::{Theme, Window};
use super::exports::{export, psql, saved};
use super::world::Person;

/// Events of our own, of the past, which nobody applies meanwhile: two that were given up, one in conflict, one done.
const EVENTS: &str = "
  insert into console.inbox (provider, event_id, received_at, next_attempt_at, kind, subject, state, done_at, attempts, last_error, body, outcome)
  values
  ('stripe', 'evt_window1', now() - interval '3 minutes', now(), 'invoice.windowed', 'cus_window', 'dead', null, 12, 'the table is locked',
   convert_to('{\"id\": \"evt_window1\", \"data\": {\"object\": {\"client_secret\": \"hunter2\", \"amount\": 4200}}}', 'UTF8'), null),
  ('stripe', 'evt_window2', now() - interval '2 minutes', now(), 'invoice.windowed', 'cus_window', 'dead', null, 12, 'the table is locked', '{}', null),
  ('auth0', 'window3', now() - interval '1 minute', now(), 'registration.windowed', 'auth0|windowed', 'conflict', null, 0, null,
   convert_to('{\"email\": \"w@window.example\"}', 'UTF8'), '{\"conflict\": \"email_taken\", \"user_id\": \"auth0|windowed\", \"holder_id\": \"auth0|holder\"}'),
  ('stripe', 'evt_window4', now(), now(), 'customer.windowed', 'cus_window', 'done', now(), 0, null, '{}', '{\"seen\": true}')";

const ROWS: &str = "[...document.querySelectorAll('main tbody tr[data-row]')]";

async fn rows(window: &Window, how_many: usize) {
    window
        .until(
            "the events that fit",
            &format!("document.querySelector('h1')?.innerText === 'Events' && {ROWS}.length === {how_many} && document.querySelector('main table[aria-busy=false]')"),
        )
        .await;
}

/// Says why, and waits until the dialog is gone.
async fn confirm(window: &Window, reason: &str) {
    window.fill("Reason", reason).await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
    window
        .until("that it is done", "!document.querySelector('dialog[open]')")
        .await;
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story in one window, told in its order"
)]
async fn events_are_found_read_applied_again_and_put_aside() {
    let person = Person::new("events").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    psql(&person, EVENTS);
    let state = |event: &str| {
        psql(
            &person,
            &format!("select state from console.inbox where event_id = '{event}'"),
        )
    };

    window.visit("#/events?q=windowed").await;
    rows(&window, 4).await;
    assert_eq!(window.ids_without_copy().await, json!([]));
    axe_finds_nothing(&window, "a list of events").await;
    window.visit("#/events?q=windowed%20state%3Adead").await;
    rows(&window, 2).await;
    export(&window, "Events", "CSV", 1).await;
    let file = saved(&person, "hopsdesk-events-");
    assert!(
        file.contains("evt_window1") && !file.contains("evt_window4"),
        "{file}"
    );

    // One of them: what it says, without its secret.
    window.visit("#/events?q=evt_window1").await;
    rows(&window, 1).await;
    window.click("main tbody tr[data-row=\"0\"] a").await;
    window.shows("the table is locked").await;
    window
        .until(
            "what it says",
            "document.querySelector('pre.body')?.innerText.includes('4200')",
        )
        .await;
    let said = window.ask("document.querySelector('main').innerText").await;
    let said = said.as_str().unwrap_or_default();
    assert!(
        said.contains("masked") && !said.contains("hunter2"),
        "{said}"
    );
    assert_eq!(window.ids_without_copy().await, json!([]));
    axe_finds_nothing(&window, "an event").await;

    // Both that were given up, tried dry first.
    window.visit("#/events?q=windowed%20state%3Adead").await;
    rows(&window, 2).await;
    window.click("thead input[type=checkbox]").await;
    window.shows("2 selected").await;
    window.click_words("Replay …").await;
    window.shows("2 events would be applied again.").await;
    assert_eq!(state("evt_window1"), "dead", "nothing is done yet");
    axe_finds_nothing_now(&window, Theme::Dark, "the dialog of a replay").await;
    confirm(&window, "the table is free, ticket 4722").await;
    window
        .until(
            "that none is left of those",
            "document.querySelector('main .empty') && document.querySelector('main').innerText.includes('No event matches')",
        )
        .await;
    let replayed = "select count(*) from console.audit as a join console.audit_data as d on d.audit_id = a.id
        where a.action = 'replay_events' and d.data ->> 'reason' = 'the table is free, ticket 4722'";
    assert_eq!(psql(&person, replayed), "1", "and it is on record");
    assert_ne!(state("evt_window1"), "dead");

    // A conflict names both accounts, and is put aside.
    window.visit("#/events?q=registration.windowed").await;
    rows(&window, 1).await;
    window.click("main tbody tr[data-row=\"0\"] a").await;
    window.shows("Two accounts claim one e-mail.").await;
    window.shows("auth0|holder").await;
    axe_finds_nothing(&window, "a conflict").await;
    window
        .until(
            "no menu",
            "!document.querySelector('[role=menuitemradio]')?.checkVisibility()",
        )
        .await;
    window.click_words("Put it aside …").await;
    confirm(&window, "the same person twice, ticket 4723").await;
    window
        .until(
            "that nothing is to be decided any more",
            "!document.body.innerText.includes('Two accounts claim one e-mail.')",
        )
        .await;
    assert_eq!(state("window3"), "done");

    // All of a time: what is done comes to the same again.
    window.visit("#/events?q=customer.windowed").await;
    rows(&window, 1).await;
    window.click_words("Replay a time range …").await;
    window
        .run(
            "[...document.querySelectorAll('dialog[open] label')].find((label) => label.innerText.trim() === 'Done ones too').click()",
            Vec::new(),
        )
        .await;
    window
        .until(
            "how many that would be",
            "/events? would be applied again/.test(document.querySelector('dialog[open]')?.innerText)",
        )
        .await;
    axe_finds_nothing_now(&window, Theme::Dark, "the replay of a time range").await;
    window.press(&["Escape"]).await;
    window
        .until("no dialog", "!document.querySelector('dialog[open]')")
        .await;

    window.trail_is_whole().await;
    psql(
        &person,
        "delete from console.inbox where kind like '%.windowed'",
    );
    window.close().await;
}
