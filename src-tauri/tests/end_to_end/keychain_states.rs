//! Every state that a keychain can be in, with a real one: each has its sentence on screen, and "Try again"
//! works without a restart.

use serde_json::json;

use super::driver::Window;
use super::keychain::Keychain;
use super::settings::{PASSWORD, is_open, login};
use super::world::{Person, database};
use crate::support::database::Kind;

/// Opens the workspace once more, as the window does after a failure.
async fn reopen(window: &Window) {
    let ask = "const done = arguments[arguments.length - 1]
        window.__TAURI_INTERNALS__.invoke('reopen', {}).then(done, done)";
    window.run_later(ask, vec![]).await;
}

#[tokio::test]
async fn a_keychain_that_is_absent_locked_declined_or_damaged_says_so_and_is_tried_again() {
    let database = database(Kind::Managed).await;
    let login = login(&database);
    let mut person = Person::new("locking").await;
    let mut keychain = Keychain::absent(&person.start.home.join("keychain"));
    person.start.bus = Some(keychain.address.clone());

    // Absent, then there.
    let window = person.at_work().await;
    window.visit_settings().await;
    window
        .shows("There is no keychain (Secret Service) on this machine.")
        .await;
    keychain.start();
    window.click(".keychain button").await;
    window
        .until(
            "a form that can be sent",
            "!document.querySelector('.keychain')",
        )
        .await;
    window.fill("Name", "Kept").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    window
        .fill(
            "Connection string",
            &format!("postgresql://{login}@{address}"),
        )
        .await;
    window.fill("Password", PASSWORD).await;
    window.click_words("Add database").await;
    is_open(&window, "Kept", "staging").await;
    window.close().await;

    // Locked: it asks, and is asked again after it was refused.
    keychain.lock();
    let window = person.open().await;
    window
        .shows("asks for its password in a window of its own")
        .await;
    keychain.answer(false).await;
    window
        .shows("its question was declined, or could not be shown")
        .await;
    window.click_words("Try again").await;
    window
        .shows("asks for its password in a window of its own")
        .await;
    keychain.answer(true).await;
    is_open(&window, "Kept", "staging").await;

    // Damaged, and mended.
    let settings = std::fs::read_to_string(person.settings_file()).expect("the settings");
    let settings: toml::Table = settings.parse().expect("TOML");
    let item = format!(
        "{}/database-password",
        settings["open"].as_str().expect("an id")
    );
    keychain.overwrite(&item, &[0xff, 0x00, 0xfe]);
    reopen(&window).await;
    window.shows("holds for this workspace is damaged").await;
    keychain.overwrite(&item, PASSWORD.as_bytes());
    window.click_words("Try again").await;
    is_open(&window, "Kept", "staging").await;

    // Gone in the middle of a session, and back.
    keychain.stop();
    reopen(&window).await;
    window
        .shows("There is no keychain (Secret Service) on this machine.")
        .await;
    keychain.start();
    window.click_words("Try again").await;
    is_open(&window, "Kept", "staging").await;

    // Settings list what it holds without making it ask anybody.
    keychain.lock();
    let list = "const done = arguments[arguments.length - 1]
        window.__TAURI_INTERNALS__.invoke('keychain_items', {}).then(done, done)";
    let listed = window.run_later(list, vec![]).await;
    assert_eq!(listed[0]["kind"], json!("database_password"), "{listed}");
    window.close().await;
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
}
