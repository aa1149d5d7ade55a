//! Sending to a cluster and reading what comes back, bounded in size and time.

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::tls::TlsInfo;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::clusters::address::ClusterAddress;
use crate::clusters::certificate::valid_until;
use crate::clusters::failure::ClusterError;
use crate::secrets::Secret;

/// The most bytes an answer may have. A page of two hundred users has about a hundred thousand.
const MOST: usize = 8 << 20;

/// A cluster's interface: where, and with what key.
pub(in crate::clusters) struct Http {
    client: Client,
    address: ClusterAddress,
    /// Marked sensitive: it prints as `Sensitive`.
    key: HeaderValue,
}

impl Http {
    pub(in crate::clusters) fn new(
        client: Client,
        address: ClusterAddress,
        key: Option<&Secret<String>>,
    ) -> Result<Self, ClusterError> {
        let key = key.map(|key| key.expose().trim()).unwrap_or_default();
        if key.is_empty() {
            return Err(ClusterError::NoKey);
        }
        let header = Zeroizing::new(format!("ApiKey {key}"));
        let mut key = HeaderValue::from_str(&header).map_err(|_| ClusterError::NoKey)?;
        key.set_sensitive(true);
        Ok(Self {
            client,
            address,
            key,
        })
    }

    pub(in crate::clusters) fn address(&self) -> &ClusterAddress {
        &self.address
    }

    /// A request with the key.
    pub(in crate::clusters) fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.keyless(method, path)
            .header(AUTHORIZATION, self.key.clone())
    }

    /// A request that needs no key, and takes none along.
    pub(in crate::clusters) fn keyless(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.client.request(method, self.address.at(path))
    }

    /// Sends, and reads an answer of success.
    pub(in crate::clusters) async fn answer<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ClusterError> {
        Ok(self.answer_and_certificate(request).await?.0)
    }

    /// The same, and until when the certificate is good that was shown; none over plain http.
    pub(in crate::clusters) async fn answer_and_certificate<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<(T, Option<OffsetDateTime>), ClusterError> {
        let (body, until) = self.send(request).await?;
        let read = serde_json::from_slice(&body).map_err(|error| {
            // Where it stopped, not what stands there.
            let problem = format!(
                "its answer cannot be read (line {}, column {})",
                error.line(),
                error.column()
            );
            ClusterError::unexpected(&self.address, problem)
        })?;
        Ok((read, until))
    }

    /// Sends, and drops what an answer of success says.
    pub(in crate::clusters) async fn done(
        &self,
        request: RequestBuilder,
    ) -> Result<(), ClusterError> {
        self.send(request).await.map(|_| ())
    }

    async fn send(
        &self,
        request: RequestBuilder,
    ) -> Result<(Vec<u8>, Option<OffsetDateTime>), ClusterError> {
        let failed = |error| ClusterError::transport(&self.address, error);
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status();
        let shown = response.extensions().get::<TlsInfo>();
        let until = shown
            .and_then(TlsInfo::peer_certificate)
            .and_then(valid_until);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MOST {
                let problem = "its answer is far too large";
                return Err(ClusterError::unexpected(&self.address, problem));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            Ok((body, until))
        } else {
            Err(self.refusal(status, &body))
        }
    }

    fn refusal(&self, status: StatusCode, body: &[u8]) -> ClusterError {
        let place = self.address.to_string();
        if status.is_redirection() {
            let problem = "it sends us elsewhere, which is not followed";
            return ClusterError::unexpected(&self.address, problem);
        }
        let words: Words = serde_json::from_slice(body).unwrap_or_default();
        let status = status.as_u16();
        match (status, words.code) {
            (401 | 403, _) => ClusterError::KeyRefused { place, status },
            (400 | 404, Some(USER_UNKNOWN | USER_NOT_FOUND)) => ClusterError::NotFound { place },
            (409, _) | (400, Some(USER_EXISTS)) => ClusterError::Conflict { place },
            (404, None) => ClusterError::unexpected(&self.address, "there is nothing at that path"),
            (_, code) => ClusterError::Refused {
                place,
                status,
                code,
                said: words.said,
            },
        }
    }
}

/// `USER_DOES_NOT_EXIST`
const USER_UNKNOWN: i64 = 160_001;
/// `USER_WAS_NOT_FOUND`
const USER_NOT_FOUND: i64 = 160_002;
/// `USER_EXISTS`
const USER_EXISTS: i64 = 160_003;

/// How Hopsworks says no.
#[derive(Debug, Default, Deserialize)]
struct Words {
    #[serde(rename = "errorCode")]
    code: Option<i64>,
    #[serde(rename = "usrMsg")]
    said: Option<String>,
}
