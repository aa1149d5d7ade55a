//! Whom secrets of clusters are sealed to, in Settings: a console's own key, made in the keychain, added and removed.

use serde_json::json;

use super::accessibility::{axe_finds_nothing_now, bring_axe};
use super::driver::{Theme, Window};
use super::settings::{PASSWORD, files_with, is_open, items_in_keychain, login};
use super::world::{Person, database};
use crate::support::database::Kind;

const SHOWN: &str =
    "[...document.querySelectorAll('[data-testid=recipient]')].map((each) => each.innerText)";

/// Opens the dialog and has it use the key of this console; that public key.
async fn own_key(window: &Window) -> String {
    window.click_words("Add a key …").await;
    window.click_words("Use a key of this console").await;
    let key = window
        .until(
            "a public key",
            "(() => {
               const label = [...document.querySelectorAll('dialog[open] label')].find((each) => each.innerText.trim() === 'Public key');
               const value = document.getElementById(label.htmlFor).value;
               return value.startsWith('age1') && value;
             })()",
        )
        .await;
    serde_json::from_value(key).expect("a text")
}

async fn send(window: &Window, reason: &str) {
    window.fill("Reason", reason).await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
}

#[tokio::test]
async fn a_console_s_own_key_is_made_in_the_keychain_and_becomes_a_recipient_once() {
    let database = database(Kind::Managed).await;
    let login = login(&database);
    let owner = format!(
        "set session authorization hopsdesk_owner;
         select console.adopt_staff('{login}', 'auth0|{login}', 'Ada', 'admin')"
    );
    database.psql(&owner);
    let person = Person::new("sealing-to").await;
    let window = person.at_work().await;
    let before = items_in_keychain();
    window.visit_settings().await;
    window.fill("Name", "Sealed").await;
    window.click_words("Staging").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    let url = format!("postgresql://{login}:{PASSWORD}@{address}");
    window.fill("Connection string", &url).await;
    window.click_words("Add database").await;
    is_open(&window, "Sealed", "staging").await;

    window.visit_settings().await;
    window.shows("Nobody yet: nothing can be sealed.").await;
    window.choose_theme(Theme::Light).await;
    bring_axe(&window).await;
    let key = own_key(&window).await;
    axe_finds_nothing_now(&window, Theme::Light, "adding a key").await;
    window
        .fill_in("dialog[@open]", "Name", "Ada at her desk")
        .await;
    send(&window, "her laptop, ticket 4730").await;
    window
        .until(
            "that it is a recipient",
            &format!("{SHOWN}.some((text) => text.includes('Ada at her desk, this console'))"),
        )
        .await;
    assert_eq!(items_in_keychain(), before + 2, "the password, and the key");
    let kept = "select public_key || ' ' || name from console.recipients where removed_at is null";
    assert_eq!(database.psql(kept), format!("{key} Ada at her desk"));

    // It is one key, however often it is asked for.
    assert_eq!(own_key(&window).await, key);
    window.fill_in("dialog[@open]", "Name", "Ada again").await;
    send(&window, "twice, ticket 4730").await;
    window.shows("a recipient already").await;
    window
        .press_until(
            "Escape",
            "that it is left",
            "!document.querySelector('dialog[open]')",
        )
        .await;
    assert_eq!(items_in_keychain(), before + 2, "and nothing is added");
    for folder in [&person.start.home, &person.start.evidence] {
        assert_eq!(files_with(folder, "AGE-SECRET-KEY"), Vec::<String>::new());
    }

    window.click("[data-testid=recipient] button").await;
    send(&window, "she left, ticket 4731").await;
    window.shows("Nobody yet: nothing can be sealed.").await;
    let trail = "select string_agg(action, ' ' order by id) from console.audit where action like '%_recipient'";
    assert_eq!(database.psql(trail), "add_recipient remove_recipient");
    assert_eq!(window.overflow().await, json!([]));
    window.close().await;
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
}
