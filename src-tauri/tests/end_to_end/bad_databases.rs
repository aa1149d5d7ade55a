//! Databases that cannot be opened: each is told apart, and nothing of it is kept.

use super::driver::{Window, free_port};
use super::settings::{files_with, items_in_keychain};
use super::world::{Person, database};
use crate::support::cluster::OWNER;
use crate::support::database::Kind;

const PASSWORD: &str = "never-to-be-kept";

/// Types an address, tests and adds; both have to say the sentence.
async fn says(window: &Window, url: &str, ca_file: &str, sentence: &str) {
    window.fill("Name", "Somewhere").await;
    window.fill("Connection string", url).await;
    window.fill("CA file (optional)", ca_file).await;
    for button in ["Test connection", "Add database"] {
        // Adding takes the password off the page.
        window.fill("Password", PASSWORD).await;
        window
            .until(
                "no problem yet",
                "!document.querySelector('.field [role=alert]')",
            )
            .await;
        window.click_words(button).await;
        let alert = window
            .until(
                sentence,
                "document.querySelector('.field [role=alert]')?.innerText",
            )
            .await;
        let alert = alert.as_str().expect("a sentence");
        assert!(alert.contains(sentence), "{button} at {url}: {alert}");
    }
    let left = window
        .ask("document.querySelector('input[type=password]').value")
        .await;
    assert_eq!(left, "", "a password that was sent is off the page");
}

#[tokio::test]
async fn every_bad_database_is_told_apart_and_none_is_kept() {
    let person = Person::new("mistaken").await;
    let before = items_in_keychain();
    let window = person.at_work().await;
    window.visit_settings().await;

    let empty = database(Kind::Empty).await;
    let unrelated = database(Kind::Unrelated).await;
    let bare = database(Kind::ManagedBare).await;
    let port = empty.cluster.port;
    let url = |name: &str| format!("postgresql://{OWNER}@127.0.0.1:{port}/{name}");

    let nobody = free_port();
    let unreachable = format!("postgresql://{OWNER}@127.0.0.1:{nobody}/postgres");
    says(
        &window,
        &unreachable,
        "",
        &format!("127.0.0.1:{nobody}/postgres"),
    )
    .await;

    let login = format!("locked_{}", empty.name);
    empty.psql(&format!(
        "create role \"{login}\" login password 'another' in role password_logins"
    ));
    let locked = format!("postgresql://{login}@127.0.0.1:{port}/{}", empty.name);
    says(&window, &locked, "", "Login or password was refused").await;
    empty.psql(&format!("drop role \"{login}\""));
    says(
        &window,
        &url("nobody_made_this"),
        "",
        "There is no such database",
    )
    .await;

    let verified = format!("{}?sslmode=verify-full", url(&empty.name));
    let other = empty.cluster.home.join("tls/other-ca.pem");
    says(
        &window,
        &verified,
        &other.display().to_string(),
        "certificate",
    )
    .await;

    says(&window, &url(&empty.name), "", "is empty").await;
    says(
        &window,
        &url(&unrelated.name),
        "",
        "holds no managed Hopsworks service",
    )
    .await;
    says(&window, &url(&bare.name), "", "not attached yet").await;

    assert!(!person.settings_file().exists(), "no address is kept");
    assert_eq!(items_in_keychain(), before, "no password is kept");
    window.close().await;
    for text in [PASSWORD, "Somewhere", &format!("127.0.0.1:{port}")] {
        let files = files_with(&person.start.home, text);
        assert_eq!(files, Vec::<String>::new(), "{text} is in no file");
    }
}
