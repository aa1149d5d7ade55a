//! A tenant's public keys (JWKS, RFC 7517): fetched once, kept, and fetched anew when they rotate.
//!
//! - A key that is known is answered from memory. When the set is over ten minutes old, it is fetched anew
//!   beside that, without anybody waiting.
//! - A key that is not known makes one fetch, shared by all who ask meanwhile, and no further one for half
//!   a minute: a stream of invented key ids does not become a stream of requests to the provider.
//! - While the provider is away, the keys that are known serve for a day. Then they are too old to vouch
//!   for anybody: a tenant that took a key back would never be heard.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use reqwest::{Client, StatusCode};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use thiserror::Error;
use time::{Duration, OffsetDateTime};

use crate::identity::http::{ExchangeError, body};
use crate::identity::tenant::Tenant;

/// A set older than this is fetched anew beside the answers it still gives.
const FRESH: Duration = Duration::minutes(10);
/// A set older than this gives no answers.
const OLDEST: Duration = Duration::hours(24);
/// After a fetch that succeeded, an unknown key makes no other one for this long.
const PAUSE: Duration = Duration::seconds(30);
/// After a fetch that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::seconds(5);
/// More keys than any tenant has at a time.
const MOST_KEYS: usize = 64;

/// Why the keys of a tenant cannot be had: the same call may succeed in a while.
#[derive(Debug, Clone, Error)]
pub enum JwksError {
    /// It does not answer, or not in time.
    #[error("the keys of the tenant cannot be fetched")]
    Exchange(#[source] Arc<ExchangeError>),
    /// It answers, but not with keys.
    #[error("the tenant answered status {0} where its keys should be")]
    Status(StatusCode),
    /// What it answered is no set of keys.
    #[error("what the tenant answered is no set of keys")]
    NotKeys(#[source] Arc<serde_json::Error>),
    /// It was tried a moment ago.
    #[error("the keys of the tenant could not be fetched a moment ago")]
    JustFailed,
}

/// Why there is no key of that id.
#[derive(Debug, Clone, Error)]
pub enum KeyError {
    /// The tenant has none of that id.
    #[error("the tenant has no such key")]
    Unknown,
    /// It has several, so none of them can be meant.
    #[error("the tenant has several keys of that id")]
    Ambiguous,
    /// It cannot be told now.
    #[error(transparent)]
    Unavailable(#[from] JwksError),
}

/// An RSA public key of the tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// Reads a key of the set; `None` for one that signs no RS256 token (another algorithm or use), which is
    /// no fault of the set.
    fn read(jwk: &Jwk) -> Option<Self> {
        let AlgorithmParameters::RSA(parameters) = &jwk.algorithm else {
            return None;
        };
        let signs = matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        );
        let fits = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
        if !signs || !fits {
            return None;
        }
        Some(Self {
            modulus: URL_SAFE_NO_PAD.decode(&parameters.n).ok()?,
            exponent: URL_SAFE_NO_PAD.decode(&parameters.e).ok()?,
        })
    }

    /// Whether this key signed that, by RSASSA-PKCS1-v1_5 with SHA-256 (RS256, RFC 7518 §3.3). Keys under
    /// 2048 bits sign nothing.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
        .is_ok()
    }
}

/// The keys of a tenant. Cheap to clone; clones share what is kept.
#[derive(Clone)]
pub struct Jwks(Arc<Inner>);

struct Inner {
    client: Client,
    tenant: Tenant,
    kept: Mutex<Kept>,
    /// Held while fetching: one fetch at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    keys: Option<Arc<Keys>>,
    last_try: Option<Try>,
    /// How often it was tried: tells who waited for a fetch that somebody else has done it.
    tries: u64,
}

#[derive(Clone, Copy)]
struct Try {
    at: OffsetDateTime,
    succeeded: bool,
}

struct Keys {
    by_id: HashMap<String, Option<PublicKey>>,
    fetched_at: OffsetDateTime,
}

impl Keys {
    fn find(&self, id: &str) -> Result<PublicKey, KeyError> {
        match self.by_id.get(id) {
            Some(Some(key)) => Ok(key.clone()),
            Some(None) => Err(KeyError::Ambiguous),
            None => Err(KeyError::Unknown),
        }
    }
}

impl Jwks {
    /// The keys of a tenant, none of which are fetched yet.
    #[must_use]
    pub fn new(client: Client, tenant: Tenant) -> Self {
        Self(Arc::new(Inner {
            client,
            tenant,
            kept: Mutex::default(),
            fetching: tokio::sync::Mutex::new(()),
        }))
    }

    /// Whose keys they are.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.0.tenant
    }

    /// The key of that id.
    ///
    /// # Errors
    /// When the tenant has none or several of it, or cannot be asked.
    pub async fn key(&self, id: &str, now: OffsetDateTime) -> Result<PublicKey, KeyError> {
        let (keys, tries) = self.0.known(now);
        if let Some(keys) = keys {
            match keys.find(id) {
                Err(KeyError::Unknown) => {}
                found => {
                    self.renew_beside(&keys, now);
                    return found;
                }
            }
        }
        self.0.fetch(tries, now).await?;
        match self.0.known(now) {
            (Some(keys), _) => keys.find(id),
            (None, _) => Err(JwksError::JustFailed.into()),
        }
    }

    /// Fetches the set anew when it has some age, while it still answers.
    fn renew_beside(&self, keys: &Keys, now: OffsetDateTime) {
        if now - keys.fetched_at < FRESH || self.0.pause(now).is_some() {
            return;
        }
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            let tries = inner.kept().tries;
            // Whoever is fetching already does it for all.
            if inner.fetching.try_lock().is_err() {
                return;
            }
            if let Err(error) = inner.fetch(tries, now).await {
                let tenant = &inner.tenant;
                tracing::warn!(%tenant, %error, "signing keys are not renewed; the known ones serve on");
            }
        });
    }
}

impl Inner {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that may still answer, and how often they were fetched.
    fn known(&self, now: OffsetDateTime) -> (Option<Arc<Keys>>, u64) {
        let kept = self.kept();
        let keys = kept
            .keys
            .clone()
            .filter(|keys| now - keys.fetched_at < OLDEST);
        (keys, kept.tries)
    }

    /// The last try, when it is too recent for another one.
    fn pause(&self, now: OffsetDateTime) -> Option<Try> {
        self.kept().last_try.filter(|last| {
            let pause = if last.succeeded {
                PAUSE
            } else {
                PAUSE_AFTER_FAILURE
            };
            // A clock that was set back does not stop it from being tried.
            (Duration::ZERO..pause).contains(&(now - last.at))
        })
    }

    /// Fetches the set, unless that was done since `tries` or only a moment ago.
    async fn fetch(&self, tries: u64, now: OffsetDateTime) -> Result<(), KeyError> {
        let _one = self.fetching.lock().await;
        let waited = self.kept().tries != tries;
        if let Some(last) = self.pause(now) {
            return if last.succeeded {
                Ok(())
            } else {
                Err(JwksError::JustFailed.into())
            };
        }
        if waited {
            return Ok(());
        }
        let fetched = self.ask().await;
        let mut kept = self.kept();
        kept.tries += 1;
        kept.last_try = Some(Try {
            at: now,
            succeeded: fetched.is_ok(),
        });
        kept.keys = Some(Arc::new(Keys {
            by_id: fetched?,
            fetched_at: now,
        }));
        Ok(())
    }

    async fn ask(&self) -> Result<HashMap<String, Option<PublicKey>>, JwksError> {
        let address = self.tenant.at("/.well-known/jwks.json");
        let exchange = |error: ExchangeError| JwksError::Exchange(Arc::new(error));
        let response = self
            .client
            .get(address)
            .send()
            .await
            .map_err(|error| exchange(error.into()))?;
        if response.status() != StatusCode::OK {
            return Err(JwksError::Status(response.status()));
        }
        let body = body(response).await.map_err(exchange)?;
        read(&body).map_err(|error| JwksError::NotKeys(Arc::new(error)))
    }
}

/// A set of keys; each is read by itself, so that one we do not understand takes no other away.
#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

fn read(body: &[u8]) -> Result<HashMap<String, Option<PublicKey>>, serde_json::Error> {
    let set: Set = serde_json::from_slice(body)?;
    let mut by_id = HashMap::new();
    for value in set.keys.into_iter().take(MOST_KEYS) {
        let Ok(jwk) = serde_json::from_value::<Jwk>(value) else {
            continue;
        };
        let (Some(id), Some(key)) = (jwk.common.key_id.clone(), PublicKey::read(&jwk)) else {
            continue;
        };
        match by_id.entry(id) {
            Entry::Vacant(free) => {
                free.insert(Some(key));
            }
            // The same key twice is one key; two keys of one id are none.
            Entry::Occupied(mut taken) => {
                if taken.get().as_ref() != Some(&key) {
                    taken.insert(None);
                }
            }
        }
    }
    Ok(by_id)
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwks")
            .field("tenant", &self.0.tenant)
            .finish_non_exhaustive()
    }
}
