//! The sign-in in the real window against a certified OpenID provider (npm `oidc-provider`) on Auth0's paths.

use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::oauth::{Application, Oauth};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::secrets::Secret;

use super::driver::Window;
use super::staffed::{CODE, Staffed, asked_for_users, overview_is_there};
use super::world::Person;
use crate::support::oidc::{Browser, CLIENT, Provider};

const ADDRESS: &str = "document.querySelector('[data-testid=sign-in] .wrap .mono')?.innerText";

/// Asks for a code in the window; the address to confirm it at, as a person would type it.
async fn code(window: &Window) -> String {
    window.click_words("Use a code").await;
    let address = window
        .until("an address", &format!("{ADDRESS} ?? null"))
        .await;
    let code = window.until("a code", &format!("{CODE} ?? null")).await;
    let said = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    window.shows("Waiting for you to confirm").await;
    format!("{}?user_code={}", said(&address), said(&code))
}

#[tokio::test]
async fn every_answer_of_a_real_provider_is_put_into_words_and_the_session_outlives_its_keys() {
    let provider = Provider::start();
    let person = Person::new("certified").await;
    let staffed = Staffed::new(&person, &provider.address, CLIENT).await;
    let window = person.open().await;

    // Declined.
    window.shows("Nothing is shown before.").await;
    let address = code(&window).await;
    Browser::default().visit(&address, "auth0|ada", true).await;
    window
        .shows("The sign-in was declined in the browser.")
        .await;
    // Not confirmed in time.
    provider.behave("brief").await;
    code(&window).await;
    window
        .shows("The code was not confirmed in time. Get a new one.")
        .await;
    provider.behave("long").await;
    // Asked too often, then the network is away, then confirmed by somebody else, then by Ada.
    provider.behave("slow").await;
    let address = code(&window).await;
    window.shows("Auth0 wants to be asked less often").await;
    provider.behave("down").await;
    window
        .shows("Auth0 cannot be reached; it is tried again.")
        .await;
    provider.behave("up").await;
    Browser::default().visit(&address, "auth0|eve", false).await;
    window.shows("You are signed in, but not let in").await;
    let refused = asked_for_users(&window).await;
    assert_eq!(refused["failure"]["code"], "sign_in", "{refused}");
    window.click_words("Sign in as somebody else").await;
    let address = code(&window).await;
    let page = Browser::default().visit(&address, "auth0|ada", false).await;
    assert!(page.contains("Sign-in Success"), "{page}");
    overview_is_there(&window).await;
    let first = staffed.token().await.expect("a token");
    window.close().await;

    // The keys rotate between two starts; the token does with each.
    provider.behave("rotate").await;
    let window = person.open().await;
    overview_is_there(&window).await;
    let second = staffed.token().await.expect("a token");
    assert_ne!(first, second);
    window.close().await;

    // Down at the start, then back: nothing is lost.
    provider.behave("down").await;
    let window = person.open().await;
    window.shows("Auth0 does not answer.").await;
    assert_eq!(staffed.token().await.as_deref(), Some(second.as_str()));
    provider.behave("up").await;
    window.click_words("Try again").await;
    overview_is_there(&window).await;
    window.close().await;

    // Somebody copied the token and used it: the next start ends in a clean sign-in.
    let copied = Secret::new(staffed.token().await.expect("a token"));
    let application = Application {
        tenant: Tenant::parse(&provider.address).expect("a tenant"),
        client_id: CLIENT.to_owned(),
        audience: None,
    };
    let client = client(&application.tenant, Patience::default()).expect("a client");
    let theirs = Oauth::new(application, client).refresh(&copied).await;
    theirs.expect("it was good until now");
    let window = person.open().await;
    window
        .shows("The sign-in has ended, or was ended. Sign in again.")
        .await;
    assert_eq!(staffed.token().await, None);
    window.close().await;
    staffed.end().await;
}
