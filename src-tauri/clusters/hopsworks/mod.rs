//! The administrator's side of a Hopsworks cluster: users, their status and limits.
//!
//! Every change is safe to repeat: whoever crashed between a call and writing it down calls again.

mod answers;
mod listing;
mod users;

use std::fmt;

use reqwest::Method;
use time::OffsetDateTime;

use crate::clusters::failure::ClusterError;
use crate::clusters::hopsworks::answers::Version;
use crate::clusters::http::Http;

pub use crate::clusters::hopsworks::users::{Made, NewUser};

/// A client of one cluster.
pub struct Hopsworks {
    http: Http,
}

impl Hopsworks {
    pub(in crate::clusters) fn new(http: Http) -> Self {
        Self { http }
    }

    /// Whether the cluster is alive; needs no key, and sends none. The version of Hopsworks, where it
    /// tells.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn alive(&self) -> Result<Option<String>, ClusterError> {
        Ok(self.health().await?.0)
    }

    /// The same, and until when its certificate is good; none over plain http.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn health(&self) -> Result<(Option<String>, Option<OffsetDateTime>), ClusterError> {
        let request = self.http.keyless(Method::GET, &["variables", "versions"]);
        let answer = self.http.answer_and_certificate(request).await;
        let (versions, until): (Vec<Version>, _) = answer.map_err(|error| match error {
            // No key was shown, so none was refused.
            ClusterError::KeyRefused { status, .. } => ClusterError::unexpected(
                self.http.address(),
                format!("it does not say its version to everybody (status {status})"),
            ),
            error => error,
        })?;
        let version = versions
            .into_iter()
            .find(|version| version.software.eq_ignore_ascii_case("hopsworks"))
            .map(|version| {
                let plain = version.version.chars();
                plain
                    .filter(|letter| !letter.is_control())
                    .take(64)
                    .collect()
            });
        Ok((version, until))
    }

    /// Host and port, for sentences.
    #[must_use]
    pub fn place(&self) -> String {
        self.http.address().to_string()
    }
}

impl fmt::Debug for Hopsworks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hopsworks({})", self.http.address())
    }
}
