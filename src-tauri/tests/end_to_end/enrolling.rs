//! One-time codes in the real window that do not work: mistyped, used and expired are told apart, and nothing is
//! kept of any.

use hopsdesk::domain::enrolment::EnrolmentCode;
use sha2::{Digest as _, Sha256};

use super::driver::Window;
use super::settings::items_in_keychain;
use super::staffed::{EVE, added, added_as};
use super::world::{Person, database};
use crate::support::database::{Kind, TestDatabase};

/// The code as it would be had it been handed out long ago: it says by itself until when it works.
fn of_long_ago(code: &str) -> String {
    let mut groups: Vec<&str> = code.split('-').collect();
    groups.truncate(4);
    groups.push("01c2c210");
    let signed = groups.join("-");
    let code = format!("{signed}-{}", hex::encode(&Sha256::digest(&signed)[..4]));
    EnrolmentCode::parse(&code).expect("a code");
    code
}

async fn redeem(window: &Window, database: &TestDatabase, login: &str, code: &str) {
    window.fill("Name", "Enrolled").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    let url = format!("postgresql://{login}@{address}");
    window.fill("Connection string", &url).await;
    window.fill("One-time code", code).await;
    window.click_words("Add database").await;
}

#[tokio::test]
async fn a_code_that_is_mistyped_used_or_expired_is_told_as_such() {
    let database = database(Kind::Managed).await;
    let [ada, late] = ["ada", "late"].map(|name| format!("{name}_{}", database.name));
    let code = added(&database, &ada).await;
    let person = Person::new("enrolling").await;
    let before = items_in_keychain();
    let window = person.at_work().await;
    window.visit_settings().await;
    window.click_words("A one-time code").await;

    let mut wrong = code.clone();
    let last = if wrong.ends_with('0') { "1" } else { "0" };
    wrong.replace_range(wrong.len() - 1.., last);
    redeem(&window, &database, &ada, &wrong).await;
    window.shows("is not a code as it was handed out").await;

    let expired = of_long_ago(&added_as(&database, &late, EVE, "Eve").await);
    database.psql(&format!(
        "alter role \"{late}\" password '{expired}' valid until '2026-03-02 12:00Z'"
    ));
    redeem(&window, &database, &late, &expired).await;
    window.shows("This code has expired").await;
    assert_eq!(items_in_keychain(), before, "nothing is kept");

    redeem(&window, &database, &ada, &code).await;
    window
        .until(
            "the new workspace",
            "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('Enrolled')",
        )
        .await;
    assert_eq!(items_in_keychain(), before + 1, "the password");
    window.visit_settings().await;
    window.click_words("A one-time code").await;
    redeem(&window, &database, &ada, &code).await;
    window.shows("This code was used already").await;
    assert_eq!(items_in_keychain(), before + 1);
    window.click("[aria-label='Open Acme ML']").await;
    window
        .until(
            "the sandbox",
            "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('Acme ML')",
        )
        .await;
    window.visit_settings().await;
    window.click("[aria-label='Remove Enrolled …']").await;
    window.click_words("Remove Enrolled").await;
    window
        .until(
            "no such workspace any more",
            "document.querySelector('h1')?.innerText === 'Settings'
             && !document.body.innerText.includes('Enrolled')",
        )
        .await;
    assert_eq!(items_in_keychain(), before, "forgotten");
    window.close().await;
    for login in [ada, late] {
        database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
    }
}
