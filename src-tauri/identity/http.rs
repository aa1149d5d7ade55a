//! Speaking with a tenant over HTTPS: nothing is followed elsewhere, and every answer has an end.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use thiserror::Error;

use crate::identity::tenant::Tenant;

/// The most bytes an answer may have; a set of keys has about three thousand.
const MOST: usize = 256 << 10;

/// How long a tenant may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To connect, TLS included.
    pub connect: Duration,
    /// For everything, from connecting to the last byte of the answer.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            whole: Duration::from_secs(8),
        }
    }
}

/// A client for a tenant. Redirects are not followed: a code or a token goes to the tenant and nowhere
/// else. What is said on this machine goes past any proxy.
///
/// # Errors
/// When the certificates that the system trusts cannot be read.
pub fn client(tenant: &Tenant, patience: Patience) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .connect_timeout(patience.connect)
        .timeout(patience.whole)
        .redirect(Policy::none())
        .referer(false)
        .user_agent(concat!("hopsdesk/", env!("CARGO_PKG_VERSION")));
    if tenant.is_loopback() {
        builder.no_proxy().build()
    } else {
        builder.https_only(true).build()
    }
}

/// Why there is no answer to read.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// Nobody answers, the connection broke, or it took too long.
    #[error("the tenant did not answer")]
    Network(#[source] reqwest::Error),
    /// Something in front of the tenant failed.
    #[error("a gateway in front of the tenant failed with status {0}")]
    Gateway(u16),
    /// More than any answer of a tenant has.
    #[error("the tenant's answer is far too large")]
    TooLarge,
}

impl From<reqwest::Error> for ExchangeError {
    fn from(error: reqwest::Error) -> Self {
        // The address may carry a code or a login.
        Self::Network(error.without_url())
    }
}

/// Reads a body, as far as one may be long.
///
/// # Errors
/// When the connection breaks or it is too long.
pub(in crate::identity) async fn body(mut response: Response) -> Result<Vec<u8>, ExchangeError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MOST {
            return Err(ExchangeError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
