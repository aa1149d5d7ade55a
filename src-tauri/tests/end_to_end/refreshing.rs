//! Refresh tokens rotate, and a family ends when one is used twice: what two windows at once, and a crash in
//! the middle, make of that.

use std::time::Duration;

use super::driver::{Start, Window, patiently};
use super::staffed::{ADA, Staffed, confirm, overview_is_there, tenant};
use super::world::Person;

#[tokio::test]
async fn two_programs_that_refresh_at_once_take_turns_and_stay_signed_in() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("twice").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    let first = staffed.signed_in(&tenant, &serving).await;
    // Long enough for both to be at it: without a turn each, the second would use a token that was used.
    tenant.behave(|manners| manners.pause = Duration::from_secs(3));
    // Another sandbox's folder makes it a program of its own, on the same settings and the same keychain.
    let elsewhere = Start {
        sandbox: person.start.home.join("another-sandbox"),
        ..person.start.clone()
    };
    let (one, other) = tokio::join!(person.open(), Window::open(&elsewhere));
    tokio::join!(overview_is_there(&one), overview_is_there(&other));
    assert!(!tenant.accepts(&first), "it was used");
    let kept = staffed.token().await.expect("a token");
    assert!(
        tenant.accepts(&kept),
        "the family lives, and the last of it is kept"
    );
    assert_eq!(tenant.refreshed(), 2, "each refreshed once");
    one.close().await;
    other.close().await;
    staffed.end().await;
}

#[tokio::test]
async fn a_crash_before_the_new_token_is_kept_ends_in_a_clean_sign_in_and_one_after_in_none() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("crashing").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    let first = staffed.signed_in(&tenant, &serving).await;

    // Killed once the new one is kept: the next start shows data without a click.
    let window = person.open().await;
    overview_is_there(&window).await;
    window.kill().await;
    let second = staffed.token().await.expect("a token");
    assert_ne!(first, second);
    let window = person.open().await;
    overview_is_there(&window).await;
    window.close().await;

    // Killed while the answer is on its way: nobody can know the new one any more.
    let third = staffed.token().await.expect("a token");
    // Longer than the console waits: it never comes, however long the window takes to open.
    tenant.behave(|manners| manners.pause = Duration::from_secs(30));
    let window = person.open().await;
    patiently("a refresh under way", async || {
        if tenant.accepts(&third) {
            Err("not yet")
        } else {
            Ok(())
        }
    })
    .await;
    window.kill().await;
    assert_eq!(staffed.token().await.as_deref(), Some(third.as_str()));
    tenant.behave(|manners| manners.pause = Duration::ZERO);
    let window = person.open().await;
    window
        .shows("The sign-in has ended, or was ended. Sign in again.")
        .await;
    assert_eq!(
        tenant.live_refresh_tokens(),
        0,
        "the tenant ended the family"
    );
    assert_eq!(staffed.token().await, None, "and what is over is forgotten");
    confirm(&window, &tenant, Some(ADA)).await;
    overview_is_there(&window).await;
    window.close().await;
    staffed.end().await;
}
