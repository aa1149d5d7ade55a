//! What can go wrong with a tenant's Management API, told apart as far as somebody can act on it.

use thiserror::Error;
use time::OffsetDateTime;

use crate::identity::http::ExchangeError;

/// A failure of the Management API. `Display` is a sentence that says what to do, and is safe to keep and to
/// show: it holds no secret, no token, nothing about a person and nothing that the tenant wrote.
#[derive(Debug, Error)]
pub enum ManagementError {
    /// Nobody answers, the connection broke, it took too long, or something in front of the tenant failed.
    #[error("Auth0 does not answer. It is asked again by itself.")]
    Away(#[source] ExchangeError),
    /// Too much was asked of it lately.
    #[error("Auth0 lets nobody ask more until {}. It is asked again by itself.", clock(*.until))]
    RateLimited {
        /// When it may be asked again.
        until: OffsetDateTime,
    },
    /// The client id or the secret is not, or no longer, right.
    #[error(
        "Auth0 refuses the client id or secret of the Management API. Take them anew from the application in Auth0's dashboard."
    )]
    Credentials,
    /// The application may not use the Management API at all.
    #[error(
        "This application may not use Auth0's Management API. Authorize it for that API in Auth0's dashboard, under Applications, APIs."
    )]
    NotAuthorized,
    /// The application lacks a permission.
    #[error(
        "This application lacks the permission {scope} at Auth0. Grant it in the dashboard, under Applications, APIs, Auth0 Management API."
    )]
    Scope {
        /// As Auth0 calls it.
        scope: &'static str,
    },
    /// The tenant knows nobody of that id.
    #[error("Auth0 knows nobody with this id.")]
    UnknownUser,
    /// It said no.
    #[error("Auth0 refuses this (status {status}). Its log in the dashboard says why.")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// An answer that is none of the Management API's.
    #[error("What answers is no Auth0 that we know: {problem}. Check the domain of the tenant.")]
    Unexpected {
        /// What is odd.
        problem: &'static str,
    },
}

impl ManagementError {
    /// Whether the same call may succeed by itself, a while later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Away(_) | Self::RateLimited { .. } | Self::Unexpected { .. }
        )
    }

    /// Whether somebody can mend it at the tenant or in the settings; then the same call works.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        matches!(
            self,
            Self::Credentials | Self::NotAuthorized | Self::Scope { .. }
        )
    }
}

impl From<ExchangeError> for ManagementError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::TooLarge => Self::Unexpected {
                problem: "its answer is far too large",
            },
            away => Self::Away(away),
        }
    }
}

impl From<reqwest::Error> for ManagementError {
    fn from(error: reqwest::Error) -> Self {
        ExchangeError::from(error).into()
    }
}

fn clock(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second())
}
