//! Signing in against a certified OpenID provider (npm `oidc-provider`) on Auth0's paths, driven as a person
//! would drive its pages.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use hopsdesk::domain::random::Random;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::jwks::Jwks;
use hopsdesk::identity::oauth::failure::OauthError;
use hopsdesk::identity::oauth::{Application, Oauth};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::identity::tokens::{IdTokenFor, Nonce, TokenVerifier};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use time::OffsetDateTime;
use url::Url;

const CLIENT: &str = "native-app";

struct Provider {
    process: Child,
    /// Kept open: the provider has more to say, and ends when nobody listens.
    _said: BufReader<ChildStdout>,
    address: String,
}

impl Provider {
    fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/tests/oidc");
        if !folder.join("node_modules/oidc-provider").exists() {
            let installed = Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&folder)
                .status()
                .expect("npm runs");
            assert!(installed.success(), "the provider is installed");
        }
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let said = process.stdout.take().expect("its output");
        let mut said = BufReader::new(said);
        let port = said
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find(|line| line.parse::<u16>().is_ok())
            .expect("it says its port");
        Self {
            process,
            _said: said,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    fn oauth(&self) -> (Oauth, TokenVerifier) {
        let tenant = Tenant::parse(&self.address).expect("a tenant");
        let client = client(&tenant, Patience::default()).expect("a client");
        let application = Application {
            tenant: tenant.clone(),
            client_id: CLIENT.to_owned(),
            audience: None,
        };
        let keys = Jwks::new(client.clone(), tenant);
        (Oauth::new(application, client), TokenVerifier::new(keys))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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

/// A browser with cookies and no script: fills in the forms it meets until there is none.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Goes there as `login`; the last page. With `declines` the first question is declined.
    async fn visit(&mut self, address: &str, login: &str, declines: bool) -> String {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a browser");
        let mut next = (Url::parse(address).expect("an address"), None);
        for _ in 0..30 {
            let (url, form) = next;
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let request = match &form {
                None => client.get(url.clone()),
                Some(fields) => client.post(url.clone()).form(fields),
            };
            let request = request.header(COOKIE, cookies.join("; "));
            let answer = request.send().await.expect("an answer");
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let cookie = cookie.to_str().expect("text").split(';').next();
                if let Some((name, value)) = cookie.and_then(|cookie| cookie.split_once('=')) {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            if let Some(to) = answer.headers().get(LOCATION) {
                let to = url.join(to.to_str().expect("text")).expect("an address");
                next = (to, None);
                continue;
            }
            let page = answer.text().await.expect("a page");
            // Whoever declined is asked for another code, and has none.
            let over = form
                .iter()
                .flatten()
                .any(|(name, _): &(String, String)| name == "abort");
            if over {
                return page;
            }
            let Some((action, fields)) = form_of(&page, login, declines) else {
                return page;
            };
            next = (url.join(&action).expect("an address"), Some(fields));
        }
        panic!("the pages have no end");
    }
}

type Fields = Vec<(String, String)>;

/// The form of a page, filled in. Where one can decline, a second button does it.
fn form_of(page: &str, login: &str, declines: bool) -> Option<(String, Fields)> {
    let form = page.split("<form").nth(1)?.split("</form>").next()?;
    let action = attribute(form.split('>').next()?, "action").unwrap_or_default();
    let mut fields = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split('>').next()?;
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        let value = match name.as_str() {
            "login" => login.to_owned(),
            "password" => "whatever".to_owned(),
            _ => attribute(tag, "value").unwrap_or_default(),
        };
        fields.push((name, value));
    }
    if declines && page.contains("name=\"abort\"") {
        fields.push(("abort".to_owned(), "yes".to_owned()));
    }
    (!fields.is_empty()).then_some((action, fields))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn a_code_confirmed_at_a_real_provider_signs_in_refreshes_and_ends() {
    let provider = Provider::start();
    let (oauth, verifier) = provider.oauth();
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
    let (oauth, _) = provider.oauth();
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
    let (oauth, verifier) = provider.oauth();
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
