//! Signing in, in the real window with a real keychain: enrolled with a one-time code, confirmed at a tenant
//! on loopback, remembered, put out, and let in nowhere without.

use hopsdesk::sandbox::auth0::CLIENT_ID;
use hopsdesk::secrets::keychain;
use serde_json::json;

use super::settings::{files_with, items_in_keychain};
use super::staffed::{ADA, CODE, EVE, added, asked_for_users, confirm, overview_is_there, tenant};
use super::world::{Person, database};
use crate::support::database::Kind;

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[tokio::test]
async fn a_new_member_enrols_signs_in_is_remembered_and_put_out() {
    let database = database(Kind::Managed).await;
    let login = format!("ada_{}", database.name);
    let code = added(&database, &login).await;
    let (tenant, serving) = tenant().await;
    let person = Person::new("signing-in").await;
    let before = items_in_keychain();
    let window = person.at_work().await;

    window.visit_settings().await;
    window.fill("Name", "Staffed").await;
    window.click_words("A one-time code").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    window
        .fill(
            "Connection string",
            &format!("postgresql://{login}@{address}"),
        )
        .await;
    window
        .fill("Auth0 domain (optional)", &serving.domain())
        .await;
    window.fill("Auth0 client id (optional)", CLIENT_ID).await;
    // One wrong character is told before anything is asked of anybody.
    let mut wrong = code.clone();
    let last = if wrong.ends_with('0') { "1" } else { "0" };
    wrong.replace_range(wrong.len() - 1.., last);
    window.fill("One-time code", &wrong).await;
    window.click_words("Add database").await;
    window.shows("is not a code as it was handed out").await;
    assert_eq!(items_in_keychain(), before, "nothing is kept");
    window.fill("One-time code", &code).await;
    window.click_words("Add database").await;

    window.shows("Nothing is shown before.").await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    assert_eq!(items_in_keychain(), before + 1, "the password alone");

    // Declined, then somebody else, then Ada.
    confirm(&window, &tenant, None).await;
    window
        .shows("The sign-in was declined in the browser.")
        .await;
    confirm(&window, &tenant, Some(EVE)).await;
    window.shows("You are signed in, but not let in").await;
    window.shows("is on record for somebody else").await;
    window.shows("Ask Ada").await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    assert_eq!(
        tenant.live_refresh_tokens(),
        0,
        "what Eve got is taken back"
    );
    assert_eq!(items_in_keychain(), before + 1);
    window.click_words("Sign in as somebody else").await;
    confirm(&window, &tenant, Some(ADA)).await;
    overview_is_there(&window).await;
    let told = asked_for_users(&window).await;
    assert_eq!(told["answer"]["login"], json!(login), "{told}");
    assert_eq!(items_in_keychain(), before + 2, "and the refresh token");
    window.close().await;

    // A start with a valid refresh token shows data without a click, though the keys were rotated.
    tenant.rotate_keys();
    let window = person.open().await;
    overview_is_there(&window).await;
    let settings = std::fs::read_to_string(person.settings_file()).expect("the settings");
    let id = settings.parse::<toml::Table>().expect("TOML")["open"]
        .as_str()
        .expect("an id")
        .to_owned();
    let token = keychain::fetch(&format!("{id}/refresh-token")).await;
    let token = token.expect("a keychain").expect("a token");
    let password = keychain::fetch(&format!("{id}/database-password")).await;
    let password = password.expect("a keychain").expect("a password");
    for secret in [token.expose(), password.expose(), &code] {
        assert_eq!(files_with(&person.start.home, secret), Vec::<String>::new());
    }
    window.close().await;

    // An administrator of the tenant ended the session meanwhile.
    tenant.end_all();
    let window = person.open().await;
    window.shows("The sign-in has ended, or was ended.").await;
    assert_eq!(
        items_in_keychain(),
        before + 1,
        "a token that is over is forgotten"
    );
    tenant.behave(|manners| manners.down = true);
    window.click_words("Use a code").await;
    window.shows("Auth0 does not answer.").await;
    tenant.behave(|manners| manners.down = false);
    confirm(&window, &tenant, Some(ADA)).await;
    overview_is_there(&window).await;
    window.visit_settings().await;
    window.click_words("Sign out").await;
    window.shows("You are signed out.").await;
    assert_eq!(tenant.live_refresh_tokens(), 0, "revoked");
    assert_eq!(items_in_keychain(), before + 1, "and forgotten");
    window.close().await;

    // Away for as long as the settings allow: shut, and forgotten as if one had signed out.
    let settings = settings.replace(
        &format!("id = \"{id}\"\n"),
        &format!("id = \"{id}\"\nidle_minutes = 1\n"),
    );
    assert!(settings.contains("idle_minutes = 1"), "{settings}");
    std::fs::write(person.settings_file(), settings).expect("settings");
    let window = person.open().await;
    window.shows("Nothing is shown before.").await;
    confirm(&window, &tenant, Some(ADA)).await;
    overview_is_there(&window).await;
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    window.shows("Nobody was here for a minute").await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while tenant.live_refresh_tokens() > 0 || items_in_keychain() > before + 1 {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    })
    .await
    .expect("the sign-in is revoked and forgotten");
    window.close().await;
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
}

#[tokio::test]
async fn the_sandbox_lets_one_try_the_sign_in_and_skip_it() {
    let person = Person::new("trying").await;
    let window = person.at_work().await;
    window.visit_settings().await;
    window.click_words("Try the sign-in").await;
    window.click_words("Use a code").await;
    window.until("a code", &format!("{CODE} ?? null")).await;
    window.shows("left").await;
    window
        .until(
            "a QR code",
            "document.querySelector('svg.qr path')?.getAttribute('d').length > 500",
        )
        .await;
    let picture = window.picture().await;
    std::fs::create_dir_all(&person.start.evidence).expect("a folder");
    std::fs::write(person.start.evidence.join("sign-in-code.png"), picture).expect("a picture");
    window.click_words("Cancel").await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    window.click_words("Open the sandbox without").await;
    window.overview_is_filled().await;
    window.close().await;
}
