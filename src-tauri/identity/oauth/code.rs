//! Authorization code with PKCE over a loopback redirect (RFC 8252, RFC 7636): for a browser on this machine.

use std::time::Duration;

use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use subtle::ConstantTimeEq as _;

use crate::domain::random::Random;
use crate::identity::oauth::failure::OauthError;
use crate::identity::oauth::loopback::{Listener, Redirect};
use crate::identity::oauth::{Grant, Oauth, SCOPES, unguessable};
use crate::secrets::Secret;

/// How long the browser may take to come back.
const PATIENCE: Duration = Duration::from_secs(300);

/// A sign-in that a browser was sent on.
pub struct CodeFlow {
    oauth: Oauth,
    listener: Listener,
    state: String,
    nonce: String,
    verifier: Secret<String>,
    address: String,
}

impl Oauth {
    /// Listens on a port of this machine and makes the address to open in the browser. With `anew` the
    /// tenant asks for the password even of somebody who is signed in there, and says in the ID token when
    /// (`auth_time`, OpenID Connect Core §3.1.2.1); nothing is asked for to stay signed in with.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn code_flow(&self, random: &dyn Random, anew: bool) -> Result<CodeFlow, OauthError> {
        let listener = Listener::open().await.map_err(OauthError::NoPort)?;
        let (state, nonce) = (unguessable(random), unguessable(random));
        let verifier = Secret::new(unguessable(random));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            verifier.expose().clone(),
        ));
        let client = self.client();
        let redirect = redirect_url(&listener)?;
        let scopes: &[&str] = if anew { &["openid"] } else { &SCOPES };
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.clone()))
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_extra_param("nonce", nonce.as_str());
        if let Some(audience) = &self.application.audience {
            request = request.add_extra_param("audience", audience.as_str());
        }
        if anew {
            request = request
                .add_extra_param("prompt", "login")
                .add_extra_param("max_age", "0");
        }
        let (address, _) = request.url();
        Ok(CodeFlow {
            oauth: self.clone(),
            listener,
            state,
            nonce,
            verifier,
            address: address.to_string(),
        })
    }
}

fn redirect_url(listener: &Listener) -> Result<RedirectUrl, OauthError> {
    RedirectUrl::new(listener.address()).map_err(|_| OauthError::Unexpected)
}

impl CodeFlow {
    /// What to open in the browser.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the ID token must repeat.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Waits for the browser to come back, once, and exchanges the code it brings. To cancel it, drop it.
    ///
    /// # Errors
    /// As [`OauthError`] tells apart.
    pub async fn wait(self) -> Result<Grant, OauthError> {
        let redirect = redirect_url(&self.listener)?;
        let waited = tokio::time::timeout(PATIENCE, self.listener.wait(&self.state)).await;
        let code = match waited.map_err(|_| OauthError::NotBack)? {
            Redirect::Code(code) => code,
            Redirect::Error(code) => return Err(OauthError::of_code(&code)),
            Redirect::NotOurs => return Err(OauthError::NotOurs),
        };
        let client = self.oauth.client();
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().clone()))
            .set_pkce_verifier(PkceCodeVerifier::new(self.verifier.expose().clone()))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .request_async(&self.oauth.exchange)
            .await
            .map_err(OauthError::of)?;
        Grant::of(&answer)
    }
}

/// Whether a state is the one that was sent, in constant time.
pub(in crate::identity::oauth) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
