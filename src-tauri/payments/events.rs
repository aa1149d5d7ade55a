//! Asking Stripe, by a key that may read: its events of the last thirty days, newest first; and (`objects`) what it has.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::DATE;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use thiserror::Error;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use url::Url;

use crate::payments::json;
use crate::payments::refusals::Refusals;
use crate::secrets::Secret;

/// Where Stripe is, unless `STRIPE_API_BASE` says otherwise.
pub const STRIPE: &str = "https://api.stripe.com";

/// Events to a page; the most that Stripe gives.
const PAGE: &str = "100";

/// A page of events, and then some.
const MOST: usize = 32 << 20;

/// Why events cannot be read back. `Display` is a sentence that may be kept: it holds no key and nothing that
/// Stripe wrote.
#[derive(Debug, Error)]
pub enum StripeReadError {
    /// Nobody answers, the connection broke, or it took too long.
    #[error("Stripe does not answer. It is asked again.")]
    Away(#[source] reqwest::Error),
    /// It fails itself, or lets nobody ask more for now.
    #[error("Stripe answers with status {0}. It is asked again.")]
    Passing(u16),
    /// The key is not, or no longer, right, or may not read events.
    #[error(
        "Stripe refuses STRIPE_API_KEY (status {0}). It needs a restricted key that may read events, and what they are about."
    )]
    Key(u16),
    /// It has none of the events by the key that it sent here: the key is of another account.
    #[error(
        "STRIPE_API_KEY is of another account than the one whose events come here: Stripe does not have their newest by it. \
         Set a key of that account. Until then nothing is read back, and what is in doubt stays so."
    )]
    AnotherAccount,
    /// It does not take the question: of what is named in it, something is not there, or no longer.
    #[error("Stripe refuses what it is asked (status {0}).")]
    Refused(u16),
    /// Anything else.
    #[error("What answers is no Stripe that we know: {0}.")]
    Unexpected(&'static str),
}

impl From<reqwest::Error> for StripeReadError {
    fn from(error: reqwest::Error) -> Self {
        Self::Away(error.without_url())
    }
}

/// An address that Stripe cannot be at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is no https address; plain http is for this machine only")]
pub struct BaseError;

/// A page of events, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct EventsPage {
    /// As Stripe wrote them.
    pub events: Vec<Value>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Reads with a key, and remembers what that key was refused. Cheap to clone.
#[derive(Clone)]
pub struct StripeReader {
    client: Client,
    base: Url,
    key: Secret<String>,
    refusals: Arc<Mutex<Refusals>>,
}

impl StripeReader {
    /// Reads from there with that key.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(base: &str, key: Secret<String>) -> Result<Self, BaseError> {
        let base = Url::parse(base).map_err(|_| BaseError)?;
        let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let here = host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        let builder = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("hopsdesk/", env!("CARGO_PKG_VERSION")));
        let builder = match base.scheme() {
            "https" => builder.https_only(true),
            "http" if here => builder.no_proxy(),
            _ => return Err(BaseError),
        };
        let client = builder.build().map_err(|_| BaseError)?;
        Ok(Self {
            client,
            base,
            key,
            refusals: Arc::default(),
        })
    }

    /// What this key was refused lately.
    pub fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of the events that were made from one second to another, both included: the newest, or those
    /// after that one in the list, which are older.
    ///
    /// # Errors
    /// [`StripeReadError`]
    pub async fn events(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        after: Option<&str>,
    ) -> Result<EventsPage, StripeReadError> {
        let (from, to) = (
            from.unix_timestamp().to_string(),
            to.unix_timestamp().to_string(),
        );
        let mut query = vec![
            ("limit", PAGE),
            ("created[gte]", from.as_str()),
            ("created[lte]", to.as_str()),
        ];
        query.extend(after.map(|after| ("starting_after", after)));
        let page = self.get(&["v1/events"], &query).await?;
        let mut page = page
            .ok_or(StripeReadError::Refused(StatusCode::NOT_FOUND.as_u16()))?
            .said;
        let Value::Array(events) = page["data"].take() else {
            return Err(StripeReadError::Unexpected("its events are no list"));
        };
        Ok(EventsPage {
            events,
            more: page["has_more"] == true,
        })
    }

    /// Asks for what is at these steps of the path; the first is ours and has several, the others are somebody's ids.
    /// `None`: there is nothing.
    pub(in crate::payments) async fn get(
        &self,
        steps: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Option<Answer>, StripeReadError> {
        let mut url = self.base.clone();
        if let (Some((ours, theirs)), Ok(mut path)) = (steps.split_first(), url.path_segments_mut())
        {
            path.clear().extend(ours.split('/')).extend(theirs);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let asked = self.client.get(url).bearer_auth(self.key.expose());
        let mut response = asked.send().await?;
        let status = response.status();
        match status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(StripeReadError::Key(status.as_u16()));
            }
            StatusCode::TOO_MANY_REQUESTS => return Err(StripeReadError::Passing(status.as_u16())),
            StatusCode::BAD_REQUEST => return Err(StripeReadError::Refused(status.as_u16())),
            _ if status.is_server_error() => return Err(StripeReadError::Passing(status.as_u16())),
            _ => return Err(StripeReadError::Unexpected("it refuses the question")),
        }
        let at = response.headers().get(DATE).and_then(|at| at.to_str().ok());
        let at = at.and_then(http_date).ok_or(StripeReadError::Unexpected(
            "it does not say what time it is",
        ))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST {
                return Err(StripeReadError::Unexpected("its answer is far too large"));
            }
            body.extend_from_slice(&chunk);
        }
        let said =
            json::read(&body).ok_or(StripeReadError::Unexpected("its answer is not JSON"))?;
        Ok(Some(Answer { said, at }))
    }
}

/// What Stripe answered, and when by its clock.
pub(in crate::payments) struct Answer {
    pub(in crate::payments) said: Value,
    pub(in crate::payments) at: OffsetDateTime,
}

/// Reads `Fri, 27 Nov 2026 03:00:00 GMT` (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<OffsetDateTime> {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let at = PrimitiveDateTime::parse(text, format).ok()?;
    Some(at.assume_utc())
}

impl fmt::Debug for StripeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeReader")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read() {
        let at = http_date("Fri, 27 Nov 2026 03:00:07 GMT");
        assert_eq!(at, Some(time::macros::datetime!(2026-11-27 03:00:07 UTC)));
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn the_key_goes_over_tls_or_stays_on_this_machine() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let read = |base| StripeReader::new(base, Secret::new("rk_test_canary".to_owned()));
        for base in [
            STRIPE,
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://localhost:1",
        ] {
            let reader = read(base).expect(base);
            assert!(!format!("{reader:?}").contains("canary"));
        }
        for base in [
            "http://api.stripe.com",
            "api.stripe.com",
            "ftp://127.0.0.1",
            "",
        ] {
            assert!(read(base).is_err(), "{base}");
        }
    }
}
