//! Signing in against a certified OpenID provider (npm `oidc-provider`) on Auth0's paths, driven as a person
//! would drive its pages.

use hopsdesk::domain::random::Random;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::jwks::Jwks;
use hopsdesk::identity::oauth::failure::OauthError;
use hopsdesk::identity::oauth::{Application, Oauth};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::identity::tokens::{IdTokenFor, Nonce, TokenVerifier};
use time::OffsetDateTime;

use crate::provider::{Browser, CLIENT, Provider};

fn oauth(provider: &Provider) -> (Oauth, TokenVerifier) {
    let tenant = Tenant::parse(&provider.address).expect("a tenant");
    let client = client(&tenant, Patience::default()).expect("a client");
    let application = Application {
        tenant: tenant.clone(),
        client_id: CLIENT.to_owned(),
        audience: None,
    };
    let keys = Jwks::new(client.clone(), tenant);
    (Oauth::new(application, client), TokenVerifier::new(keys))
}

struct RealRandom;

impl Random for RealRandom {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider's tokens are of the present"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[tokio::test]
async fn a_code_confirmed_at_a_real_provider_signs_in_refreshes_and_ends() {
    let provider = Provider::start();
    let (oauth, verifier) = oauth(&provider);
    let flow = oauth.device_code().await.expect("a code");
    let code = flow.code();
    let waiting = tokio::spawn(flow.wait());
    let page = Browser::default()
        .visit(&code.complete_uri, "auth0|ada", false)
        .await;
    assert!(page.contains("Sign-in Success"), "{page}");
    let grant = waiting.await.expect("no panic").expect("signed in");
    let wanted = |nonce| IdTokenFor {
        client_id: CLIENT,
        nonce,
    };
    let id = grant.id_token.expose();
    let token = verifier.id_token(id, wanted(Nonce::None), now()).await;
    let token = token.expect("an ID token");
    assert_eq!(token.subject.as_str(), "auth0|ada");
    assert_eq!(token.verified_email.as_deref(), Some("ada@firm.example"));

    let first = grant.refresh_token.expect("a refresh token");
    let renewed = oauth.refresh(&first).await.expect("refreshed");
    let second = renewed.refresh_token.expect("a new one");
    assert_ne!(first.expose(), second.expose(), "it rotates");
    let id = renewed.id_token.expose();
    verifier
        .id_token(id, wanted(Nonce::Earlier), now())
        .await
        .expect("an ID token");
    assert!(
        matches!(oauth.refresh(&first).await, Err(OauthError::Ended)),
        "reuse"
    );
    assert!(
        matches!(oauth.refresh(&second).await, Err(OauthError::Ended)),
        "reuse ends the family"
    );
}

#[tokio::test]
async fn a_code_declined_at_a_real_provider_signs_in_nobody() {
    let provider = Provider::start();
    let (oauth, _) = oauth(&provider);
    let flow = oauth.device_code().await.expect("a code");
    let code = flow.code();
    let waiting = tokio::spawn(flow.wait());
    Browser::default()
        .visit(&code.complete_uri, "auth0|ada", true)
        .await;
    let outcome = waiting.await.expect("no panic");
    assert!(matches!(outcome, Err(OauthError::Denied)), "{outcome:?}");
}

#[tokio::test]
async fn the_browser_of_this_machine_signs_in_at_a_real_provider_and_out() {
    let provider = Provider::start();
    let (oauth, verifier) = oauth(&provider);
    let flow = oauth.code_flow(&RealRandom, false).await.expect("a port");
    let (address, nonce) = (flow.address().to_owned(), flow.nonce().to_owned());
    let waiting = tokio::spawn(flow.wait());
    let page = Browser::default().visit(&address, "auth0|ada", false).await;
    assert!(page.contains("You can close this tab"), "{page}");
    let grant = waiting.await.expect("no panic").expect("signed in");
    let wanted = IdTokenFor {
        client_id: CLIENT,
        nonce: Nonce::Is(&nonce),
    };
    let id = grant.id_token.expose();
    verifier
        .id_token(id, wanted, now())
        .await
        .expect("an ID token");
    let token = grant.refresh_token.expect("a refresh token");
    oauth.revoke(&token).await.expect("revoked");
    assert!(matches!(
        oauth.refresh(&token).await,
        Err(OauthError::Ended)
    ));
}
