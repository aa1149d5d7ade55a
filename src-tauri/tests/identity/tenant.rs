//! A tenant on loopback: signs what it is told to, and serves the keys it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::jwks::Jwks;
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::identity::tokens::{
    AccessToken, AccessTokenFor, IdToken, IdTokenFor, Nonce, TokenError, TokenVerifier,
};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// When the tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
pub(crate) const CLIENT: &str = "console-client";
pub(crate) const API: &str = "https://api.example/";

/// How long a verifier of the tests waits for the tenant, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same where a test is about waiting in vain.
const SHORT: Duration = Duration::from_secs(2);

/// A key that signs.
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pair: RsaKeyPair,
}

impl Key {
    pub(crate) fn first() -> Self {
        Self::read("first", include_bytes!("keys/first.pk8"))
    }

    pub(crate) fn second() -> Self {
        Self::read("second", include_bytes!("keys/second.pk8"))
    }

    fn read(id: &'static str, der: &[u8]) -> Self {
        let pair = RsaKeyPair::from_pkcs8(der).expect("a key");
        Self { id, pair }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("a signature");
        signature
    }

    /// The public key in DER, as somebody would take it for a shared secret.
    pub(crate) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(crate) fn jwk(&self) -> Value {
        let public: ring::rsa::PublicKeyComponents<Vec<u8>> = self.pair.public_key().into();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": encoded(&public.n), "e": encoded(&public.e),
        })
    }

    /// A header as Auth0 writes it.
    pub(crate) fn header(&self) -> Value {
        json!({"alg": "RS256", "typ": "JWT", "kid": self.id})
    }

    /// A token of this header and these claims, signed.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        self.token_of(&header.to_string(), &claims.to_string())
    }

    /// The same, of texts as they are.
    pub(crate) fn token_of(&self, header: &str, claims: &str) -> String {
        let message = format!(
            "{}.{}",
            encoded(header.as_bytes()),
            encoded(claims.as_bytes())
        );
        let signature = encoded(&self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Puts one claim or field in place of another; null takes it away.
pub(crate) fn with(mut object: Value, name: &str, value: Value) -> Value {
    let fields = object.as_object_mut().expect("an object");
    if value.is_null() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), value);
    }
    object
}

/// What the tenant does when it is asked for its keys.
#[derive(Clone)]
pub(crate) enum Mood {
    Answers(Value),
    Says(StatusCode, String),
    Sleeps,
}

#[derive(Clone)]
struct Served {
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicUsize>,
}

/// A tenant that is served, and a verifier of its tokens.
pub(crate) struct Stand {
    served: Served,
    pub(crate) tenant: Tenant,
    pub(crate) verifier: TokenVerifier,
}

impl Stand {
    /// With these keys.
    pub(crate) async fn with(keys: &[Value]) -> Self {
        Self::waiting(PATIENCE, keys).await
    }

    /// With the first key, for a tenant that sleeps, which is not waited for long.
    pub(crate) async fn impatient() -> Self {
        Self::waiting(SHORT, &[Key::first().jwk()]).await
    }

    async fn waiting(patience: Duration, keys: &[Value]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let served = Served {
            mood: Arc::new(Mutex::new(Mood::Answers(json!({"keys": keys})))),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/.well-known/jwks.json", get(jwks))
            .with_state(served.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let tenant = Tenant::parse(&format!("http://{address}")).expect("a tenant");
        let patience = Patience {
            connect: patience,
            whole: patience,
        };
        let client = client(&tenant, patience).expect("a client");
        Self {
            served,
            verifier: TokenVerifier::new(Jwks::new(client, tenant.clone())),
            tenant,
        }
    }

    /// With the first key.
    pub(crate) async fn usual() -> Self {
        Self::with(&[Key::first().jwk()]).await
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.served.mood.lock().expect("nobody panicked") = mood;
    }

    pub(crate) fn has_keys(&self, keys: &[Value]) {
        self.becomes(Mood::Answers(json!({"keys": keys})));
    }

    /// How often its keys were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.served.asked.load(Ordering::SeqCst)
    }

    /// The claims of an ID token that is right.
    pub(crate) fn id_claims(&self) -> Value {
        json!({
            "iss": self.tenant.issuer(), "sub": "auth0|ada", "aud": CLIENT,
            "iat": NOW.unix_timestamp() - 10, "exp": NOW.unix_timestamp() + 3600,
            "name": "Ada Example", "email": "ada@firm.example", "email_verified": true,
        })
    }

    /// The claims of an access token that is right.
    pub(crate) fn access_claims(&self) -> Value {
        json!({
            "iss": self.tenant.issuer(), "sub": "auth0|ada", "azp": "some-app",
            "aud": [API, format!("{}userinfo", self.tenant.issuer())],
            "iat": NOW.unix_timestamp() - 10, "exp": NOW.unix_timestamp() + 3600,
            "scope": "openid read:usage",
        })
    }

    pub(crate) async fn id(&self, token: &str) -> Result<IdToken, TokenError> {
        self.id_at(token, NOW).await
    }

    pub(crate) async fn id_at(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<IdToken, TokenError> {
        let wanted = IdTokenFor {
            client_id: CLIENT,
            nonce: Nonce::None,
        };
        self.verifier.id_token(token, wanted, now).await
    }

    pub(crate) async fn access(&self, token: &str) -> Result<AccessToken, TokenError> {
        self.access_at(token, NOW).await
    }

    pub(crate) async fn access_at(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<AccessToken, TokenError> {
        let wanted = AccessTokenFor {
            audience: API,
            clients: &[],
        };
        self.verifier.access_token(token, wanted, now).await
    }

    /// Signs these claims with the first key.
    pub(crate) fn signed(claims: &Value) -> String {
        let key = Key::first();
        key.token(&key.header(), claims)
    }
}

async fn jwks(State(served): State<Served>) -> Response {
    served.asked.fetch_add(1, Ordering::SeqCst);
    let mood = served.mood.lock().expect("nobody panicked").clone();
    match mood {
        Mood::Answers(keys) => axum::Json(keys).into_response(),
        Mood::Says(status, body) => (status, body).into_response(),
        Mood::Sleeps => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
    }
}

/// The word for why it was refused.
pub(crate) fn why<T: std::fmt::Debug>(outcome: Result<T, TokenError>) -> &'static str {
    outcome.expect_err("it must be refused").code()
}
