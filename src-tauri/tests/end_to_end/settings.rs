//! Adding a database, coming back to it, removing it; with a keychain and without one.

use std::fs;
use std::path::Path;
use std::process::Command;

use hopsdesk::secrets::keychain;
use serde_json::json;

use super::driver::Window;
use super::world::{Person, database};
use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

pub(crate) const PASSWORD: &str = "correct-horse/battery@staple";
const BAND: &str = "getComputedStyle(document.querySelector('.band')).backgroundColor";

/// How many of our items the keychain holds, as it says itself.
pub(crate) fn items_in_keychain() -> usize {
    let answer = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
        ])
        .arg("/org/freedesktop/secrets")
        .arg("org.freedesktop.Secret.Service.SearchItems")
        .arg("dict:string:string:service,ai.hopsdesk.console")
        .output()
        .expect("dbus-send runs");
    assert!(answer.status.success(), "the keychain answers: {answer:?}");
    String::from_utf8_lossy(&answer.stdout)
        .matches("object path")
        .count()
}

/// Whether bytes hold a text, in UTF-8 or as the engine keeps it, in UTF-16.
pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = |wanted: &[u8]| bytes.windows(wanted.len()).any(|part| part == wanted);
    found(text.as_bytes()) || found(&wide)
}

/// Every file below a folder that holds a text.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if let Ok(bytes) = fs::read(&path)
            && holds(&bytes, text)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

/// A login of its own, whose password is asked for.
pub(crate) fn login(database: &TestDatabase) -> String {
    let login = format!("desk_{}", database.name);
    database.psql(&format!(
        "create role \"{login}\" login password '{PASSWORD}' in role password_logins, {OWNER}"
    ));
    login
}

/// What is on screen once another workspace is open.
pub(crate) async fn is_open(window: &Window, name: &str, kind: &str) {
    window
        .until(
            name,
            &format!(
                "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('{name}')
                 && document.querySelector('.frame.{kind}')"
            ),
        )
        .await;
}

/// The colour that the design keeps for a meaning.
async fn colour(window: &Window, token: &str) -> String {
    let script = "const probe = document.createElement('i')
        probe.style.color = `var(${arguments[0]})`
        document.body.append(probe)
        const colour = getComputedStyle(probe).color
        probe.remove()
        return colour";
    let colour = window.run(script, vec![json!(token)]).await;
    colour.as_str().expect("a colour").to_owned()
}

#[tokio::test]
async fn a_database_is_tested_added_opened_again_and_removed_with_its_password() {
    let database = database(Kind::Managed).await;
    let login = login(&database);
    let person = Person::new("adding").await;
    let before = items_in_keychain();
    let window = person.at_work().await;
    assert_eq!(
        window.ask(BAND).await,
        colour(&window, "--ok").await,
        "the sandbox is green"
    );

    window.visit_settings().await;
    window.fill("Name", "Production Europe").await;
    window.click_words("Production").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    // As pasted: the password stands in the URL.
    let url = format!("postgresql://{login}:{PASSWORD}@{address}");
    window.fill("Connection string", &url).await;
    window.click_words("Test connection").await;
    window.shows("Connected: managed Hopsworks").await;
    let probe = window
        .ask("document.querySelector('.probe').innerText")
        .await;
    let probe = probe.as_str().unwrap();
    assert!(
        probe.contains("PostgreSQL 1"),
        "the server's version: {probe}"
    );
    assert!(probe.contains(&format!("{login}@{address}")), "{probe}");
    assert!(!person.settings_file().exists(), "a test stores nothing");
    assert_eq!(items_in_keychain(), before);

    window.click_words("Add database").await;
    is_open(&window, "Production Europe", "production").await;
    assert_eq!(
        window.ask(BAND).await,
        colour(&window, "--bad").await,
        "production is red"
    );
    window.visit("#/users").await;
    window.shows("No users yet").await;

    let settings = fs::read_to_string(person.settings_file()).expect("the settings");
    assert!(
        settings.contains(&format!("postgresql://{login}@{address}")),
        "{settings}"
    );
    let parsed: toml::Table = settings.parse().unwrap();
    let id = parsed["open"].as_str().expect("an id").to_owned();
    assert_eq!(items_in_keychain(), before + 1);
    let item = format!("{id}/database-password");
    let kept = keychain::fetch(&item).await.unwrap().expect("the password");
    assert_eq!(kept.expose(), PASSWORD);
    window.close().await;
    assert_eq!(
        files_with(&person.start.home, PASSWORD),
        Vec::<String>::new()
    );
    assert_eq!(
        files_with(&person.start.home, "battery"),
        Vec::<String>::new()
    );

    let window = person.open().await;
    is_open(&window, "Production Europe", "production").await;
    window.visit_settings().await;
    window.click("[aria-label='Open Acme ML']").await;
    is_open(&window, "Acme ML", "sandbox").await;
    // It opens where it was left, not at the Settings.
    window.overview_is_filled().await;
    window.visit_settings().await;
    window
        .click("[aria-label='Remove Production Europe …']")
        .await;
    window.shows("Remove Production Europe?").await;
    window.click_words("Keep it").await;
    window
        .until("no dialog", "!document.querySelector('dialog')")
        .await;
    assert_eq!(items_in_keychain(), before + 1, "kept");
    window
        .click("[aria-label='Remove Production Europe …']")
        .await;
    window.click_words("Remove Production Europe").await;
    window
        .shows("Production Europe was removed from this computer.")
        .await;
    assert_eq!(items_in_keychain(), before, "the password is gone with it");
    assert!(keychain::fetch(&item).await.unwrap().is_none());
    let settings = fs::read_to_string(person.settings_file()).expect("the settings");
    assert!(!settings.contains("Production Europe"), "{settings}");
    window.close().await;
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
}

#[tokio::test]
async fn without_a_keychain_nothing_is_added_and_the_window_says_why() {
    let mut person = Person::new("keyless").await;
    person.start.bus = Some("unix:path=/nonexistent/bus".to_owned());
    let window = person.at_work().await;
    window.visit_settings().await;
    window
        .shows("There is no keychain (Secret Service) on this machine.")
        .await;
    window
        .shows("The password cannot be kept: the keychain is not available.")
        .await;
    window.fill("Name", "Production").await;
    window
        .fill("Connection string", "postgresql://me@127.0.0.1:1/x")
        .await;
    window.fill("Password", PASSWORD).await;
    let button = "[...document.querySelectorAll('button')]
        .find((each) => each.innerText.trim() === 'Add database').disabled";
    assert_eq!(window.ask(button).await, true);
    // Enter in a field sends a form, too.
    window.press(&["Enter"]).await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;
    window.close().await;
    assert!(!person.settings_file().exists());
    assert_eq!(
        files_with(&person.start.home, PASSWORD),
        Vec::<String>::new()
    );
}
