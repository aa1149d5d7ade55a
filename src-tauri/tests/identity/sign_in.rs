//! Signing in and staying signed in, against the sandbox's stand-in for Auth0 over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration as Pause;

use hopsdesk::domain::clock::Clock;
use hopsdesk::domain::random::Random;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::jwks::Jwks;
use hopsdesk::identity::oauth::device::{Waiting, WaitingCell};
use hopsdesk::identity::oauth::failure::OauthError;
use hopsdesk::identity::oauth::{Application, Grant, Oauth};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::identity::tokens::{IdToken, IdTokenFor, Nonce, TokenError, TokenVerifier};
use hopsdesk::sandbox::auth0::{CLIENT_ID, Person, Serving, SimulatedAuth0};
use time::{Duration, OffsetDateTime};

use crate::identity::tenant::NOW;

const ADA: &str = "auth0|ada";

/// A clock that a test moves.
#[derive(Default)]
pub(crate) struct Moved(pub(crate) AtomicI64);

impl Clock for Moved {
    fn now(&self) -> OffsetDateTime {
        NOW + Duration::seconds(self.0.load(Ordering::SeqCst))
    }
}

/// Never twice the same, and always the same run.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Random for Counted {
    fn bits(&self) -> u128 {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }
}

struct World {
    tenant: SimulatedAuth0,
    _serving: Serving,
    clock: Arc<Moved>,
    random: Arc<Counted>,
    oauth: Oauth,
    verifier: TokenVerifier,
}

impl World {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (clock, random) = (Arc::new(Moved::default()), Arc::new(Counted::default()));
        let ada = Person {
            subject: ADA.to_owned(),
            name: "Ada Example".to_owned(),
            email: "ada@firm.example".to_owned(),
        };
        let tenant = SimulatedAuth0::new(vec![ada], clock.clone(), random.clone()).expect("keys");
        tenant.behave(|manners| manners.interval = 0);
        let serving = tenant.serve(0).await.expect("a port");
        let application = Application {
            tenant: Tenant::parse(&serving.domain()).expect("a tenant"),
            client_id: CLIENT_ID.to_owned(),
            audience: None,
        };
        let client = client(&application.tenant, Patience::default()).expect("a client");
        Self {
            verifier: TokenVerifier::new(Jwks::new(client.clone(), application.tenant.clone())),
            oauth: Oauth::new(application, client),
            tenant,
            _serving: serving,
            clock,
            random,
        }
    }

    fn passes(&self, duration: Duration) {
        self.clock
            .0
            .fetch_add(duration.whole_seconds(), Ordering::SeqCst);
    }

    async fn who(&self, grant: &Grant, nonce: Nonce<'_>) -> Result<IdToken, TokenError> {
        let wanted = IdTokenFor {
            client_id: CLIENT_ID,
            nonce,
        };
        self.verifier
            .id_token(grant.id_token.expose(), wanted, self.clock.now())
            .await
    }

    /// Signs in by code, confirmed at once.
    async fn signed_in(&self) -> Grant {
        let flow = self.oauth.device_code().await.expect("a code");
        assert!(self.tenant.decide(&flow.code().user_code, Some(ADA)));
        flow.wait().await.expect("signed in")
    }
}

/// Waits until waiting goes like that, however busy the machine is.
async fn comes_to(waiting: &WaitingCell, wanted: Waiting) {
    let coming = async {
        while waiting.now() != wanted {
            tokio::time::sleep(Pause::from_millis(20)).await;
        }
    };
    let came = tokio::time::timeout(Pause::from_secs(30), coming).await;
    assert!(came.is_ok(), "it is {:?} and no {wanted:?}", waiting.now());
}

#[tokio::test]
async fn a_confirmed_code_signs_in_whoever_confirmed_it() {
    let world = World::new().await;
    let flow = world.oauth.device_code().await.expect("a code");
    let code = flow.code();
    assert_eq!(code.user_code.len(), 9, "{code:?}");
    assert!(code.complete_uri.ends_with(&code.user_code), "{code:?}");
    let waiting = tokio::spawn(flow.wait());
    tokio::time::sleep(Pause::from_millis(1_500)).await;
    assert!(
        !waiting.is_finished(),
        "authorization_pending is waited out"
    );
    assert!(world.tenant.decide(&code.user_code, Some(ADA)));
    let grant = waiting.await.expect("no panic").expect("signed in");
    let token = world.who(&grant, Nonce::None).await.expect("a token");
    assert_eq!(token.subject.as_str(), ADA);
    assert_eq!(token.verified_email.as_deref(), Some("ada@firm.example"));
    assert!(grant.refresh_token.is_some());
    assert_eq!(format!("{grant:?}"), "Grant([redacted])");
}

#[tokio::test]
async fn a_code_that_is_declined_expired_or_unknown_signs_in_nobody() {
    let world = World::new().await;
    let flow = world.oauth.device_code().await.expect("a code");
    assert!(world.tenant.decide(&flow.code().user_code, None));
    assert!(matches!(flow.wait().await, Err(OauthError::Denied)));

    let flow = world.oauth.device_code().await.expect("a code");
    let code = flow.code().user_code;
    world.passes(Duration::minutes(16));
    assert!(!world.tenant.decide(&code, Some(ADA)), "its time is over");
    assert!(matches!(flow.wait().await, Err(OauthError::Expired)));
}

#[tokio::test]
async fn slow_down_is_heeded_and_shown() {
    let world = World::new().await;
    world.tenant.behave(|manners| manners.slow_downs = 1);
    let flow = world.oauth.device_code().await.expect("a code");
    let (code, waiting) = (flow.code(), flow.waiting());
    assert!(world.tenant.decide(&code.user_code, Some(ADA)));
    let task = tokio::spawn(flow.wait());
    comes_to(&waiting, Waiting::SlowedDown).await;
    tokio::time::sleep(Pause::from_secs(2)).await;
    assert_eq!(waiting.now(), Waiting::SlowedDown);
    assert!(
        !task.is_finished(),
        "it is not asked again for five seconds"
    );
    task.await.expect("no panic").expect("signed in");
}

#[tokio::test]
async fn a_network_that_comes_back_ends_in_a_sign_in() {
    let world = World::new().await;
    let flow = world.oauth.device_code().await.expect("a code");
    let (code, waiting) = (flow.code(), flow.waiting());
    assert!(world.tenant.decide(&code.user_code, Some(ADA)));
    world.tenant.behave(|manners| manners.down = true);
    let task = tokio::spawn(flow.wait());
    comes_to(&waiting, Waiting::NoNetwork).await;
    assert!(!task.is_finished());
    world.tenant.behave(|manners| manners.down = false);
    task.await.expect("no panic").expect("signed in");
}

#[tokio::test]
async fn a_tenant_that_is_away_or_does_not_know_us_says_so() {
    let world = World::new().await;
    world.tenant.behave(|manners| manners.down = true);
    let error = world.oauth.device_code().await.err().expect("down");
    assert!(error.is_passing(), "{error:?}");
    world.tenant.behave(|manners| manners.down = false);
    let application = Application {
        client_id: "another".to_owned(),
        ..world.oauth.application().clone()
    };
    let client = client(&application.tenant, Patience::default()).expect("a client");
    let error = Oauth::new(application, client).device_code().await.err();
    assert!(
        matches!(error, Some(OauthError::NotAllowed(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_ends_the_family() {
    let world = World::new().await;
    let first = world.signed_in().await.refresh_token.expect("a token");
    let grant = world.oauth.refresh(&first).await.expect("refreshed");
    let second = grant.refresh_token.clone().expect("a new token");
    assert_ne!(first.expose(), second.expose());
    world.who(&grant, Nonce::Earlier).await.expect("a token");
    // Somebody uses the first one again: both of them are good for nothing any more.
    let reused = world.oauth.refresh(&first).await;
    assert!(matches!(reused, Err(OauthError::Ended)));
    let rightful = world.oauth.refresh(&second).await;
    assert!(matches!(rightful, Err(OauthError::Ended)));
}

#[tokio::test]
async fn a_revoked_token_refreshes_nothing() {
    let world = World::new().await;
    let token = world.signed_in().await.refresh_token.expect("a token");
    assert_eq!(world.tenant.live_refresh_tokens(), 1);
    world.oauth.revoke(&token).await.expect("revoked");
    assert_eq!(world.tenant.live_refresh_tokens(), 0);
    assert!(matches!(
        world.oauth.refresh(&token).await,
        Err(OauthError::Ended)
    ));
}

#[tokio::test]
async fn keys_that_rotate_in_the_middle_keep_nobody_out() {
    let world = World::new().await;
    let grant = world.signed_in().await;
    world.who(&grant, Nonce::None).await.expect("the first key");
    world.tenant.rotate_keys();
    world.passes(Duration::minutes(1));
    let token = grant.refresh_token.expect("a token");
    let grant = world.oauth.refresh(&token).await.expect("refreshed");
    world
        .who(&grant, Nonce::Earlier)
        .await
        .expect("the second key");
}

/// What a browser does: reads the page, presses a button, follows the redirect.
async fn browse(address: &str, subject: &str) -> String {
    let browser = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a browser");
    let page = browser.get(address).send().await.expect("a page");
    let page = page.text().await.expect("a page");
    let mut form = vec![("subject".to_owned(), subject.to_owned())];
    for field in page.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once('"').expect("a name");
        let value = rest.split('"').nth(1).expect("a value");
        form.push((name.to_owned(), value.replace("&amp;", "&")));
    }
    let answer = browser.post(address).form(&form).send().await;
    let answer = answer.expect("an answer");
    answer.text().await.expect("a page")
}

#[tokio::test]
async fn the_browser_comes_back_once_with_what_belongs_to_this_sign_in() {
    let world = World::new().await;
    let flow = world
        .oauth
        .code_flow(&*world.random, false)
        .await
        .expect("a port");
    let (address, nonce) = (flow.address().to_owned(), flow.nonce().to_owned());
    for part in [
        "code_challenge_method=S256",
        "response_type=code",
        "127.0.0.1",
        "offline_access",
    ] {
        assert!(address.contains(part), "{part}: {address}");
    }
    let waiting = tokio::spawn(flow.wait());
    let page = browse(&address, ADA).await;
    assert!(page.contains("You can close this tab"), "{page}");
    let grant = waiting.await.expect("no panic").expect("signed in");
    world
        .who(&grant, Nonce::Is(&nonce))
        .await
        .expect("this sign-in");
    let other = world.who(&grant, Nonce::Is("another")).await;
    assert!(matches!(other, Err(TokenError::Nonce)));
    let unasked = world.who(&grant, Nonce::None).await;
    assert!(matches!(unasked, Err(TokenError::Nonce)));
}

#[tokio::test]
async fn a_browser_that_brings_something_else_signs_in_nobody() {
    let world = World::new().await;
    let flow = world
        .oauth
        .code_flow(&*world.random, false)
        .await
        .expect("a port");
    let address = url::Url::parse(flow.address()).expect("an address");
    let redirect = address
        .query_pairs()
        .find(|(name, _)| name == "redirect_uri")
        .expect("a redirect")
        .1
        .into_owned();
    let waiting = tokio::spawn(flow.wait());
    let page = reqwest::get(format!("{redirect}?code=stolen&state=guessed"))
        .await
        .expect("a page")
        .text()
        .await
        .expect("a page");
    assert!(page.contains("does not belong to the sign-in"), "{page}");
    assert!(matches!(
        waiting.await.expect("no panic"),
        Err(OauthError::NotOurs)
    ));
    assert!(
        reqwest::get(&redirect).await.is_err(),
        "one request, and the port is closed"
    );

    let flow = world
        .oauth
        .code_flow(&*world.random, false)
        .await
        .expect("a port");
    let address = flow.address().to_owned();
    let waiting = tokio::spawn(flow.wait());
    browse(&address, "").await;
    assert!(matches!(
        waiting.await.expect("no panic"),
        Err(OauthError::Denied)
    ));
}
