//! Staying signed in, and not: a window that stays open while keys rotate, a session that is ended elsewhere,
//! and somebody who wants to be asked at each start.

use time::Duration;

use super::driver::patiently;
use super::staffed::{ADA, Staffed, asked_for_users, confirm, overview_is_there, tenant};
use super::world::Person;

#[tokio::test]
async fn an_open_window_outlives_the_keys_it_was_signed_with_and_not_the_end_of_its_session() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("staying").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    staffed.signed_in(&tenant, &serving).await;
    tenant.behave(|manners| manners.token_lasts = Duration::seconds(60));
    let window = person.open().await;
    overview_is_there(&window).await;
    let renewed = tenant.refreshed();
    tenant.rotate_keys();
    patiently("the sign-in renewed with the new key", async || {
        if tenant.refreshed() > renewed {
            Ok(())
        } else {
            Err("not yet")
        }
    })
    .await;
    let told = asked_for_users(&window).await;
    assert_eq!(told["answer"]["login"], staffed.login.as_str(), "{told}");
    overview_is_there(&window).await;

    // Ended at the tenant: out when it is renewed next, with no data left to ask for.
    tenant.end_all();
    window
        .shows("The sign-in has ended, or was ended. Sign in again.")
        .await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    assert_eq!(staffed.token().await, None);
    window.close().await;
    staffed.end().await;
}

#[tokio::test]
async fn who_does_not_want_to_stay_signed_in_leaves_nothing_and_is_asked_at_each_start() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("leaving").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    let mut settings = std::fs::read_to_string(person.settings_file()).expect("settings");
    settings.push_str("stay_signed_in = false\n");
    std::fs::write(person.settings_file(), settings).expect("settings");

    for _ in 0..2 {
        let window = person.open().await;
        window.shows("Nothing is shown before.").await;
        let refused = asked_for_users(&window).await;
        assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
        confirm(&window, &tenant, Some(ADA)).await;
        overview_is_there(&window).await;
        assert_eq!(staffed.token().await, None, "nothing is kept");
        assert_eq!(tenant.live_refresh_tokens(), 0, "nor asked for");
        window.close().await;
    }
    // Nothing to stay with was asked for, so it ends when it ends.
    tenant.behave(|manners| manners.token_lasts = Duration::seconds(20));
    let window = person.open().await;
    confirm(&window, &tenant, Some(ADA)).await;
    overview_is_there(&window).await;
    window.shows("The sign-in has ended. Sign in again.").await;
    window.close().await;
    staffed.end().await;
}
