//! Why a token is not accepted.

use thiserror::Error;

use crate::identity::jwks::{JwksError, KeyError};

/// Why a token is not accepted. `Display` is a sentence that is safe to send and to log: it quotes nothing
/// of the token.
#[derive(Debug, Error)]
pub enum TokenError {
    /// Longer than any token of a tenant.
    #[error("The token is too long.")]
    TooLong,
    /// Not three parts of base64url, or not JSON inside.
    #[error("The token is malformed.")]
    Malformed,
    /// The header is not that of a token signed with RS256: another algorithm, none, or no header.
    #[error("The token's header is not that of a token signed with RS256.")]
    Header,
    /// `crit`: it wants something understood that is not.
    #[error("The token's header wants extensions that are not known here.")]
    Critical,
    /// It brings a key along, or says where one is.
    #[error("The token's header brings a key of its own.")]
    OwnKey,
    /// No `kid`, or none of the tenant's.
    #[error("The token is signed with a key that the tenant does not have.")]
    UnknownKey,
    /// The tenant's set has several keys of that id.
    #[error("The tenant has several keys of the id that the token names.")]
    AmbiguousKey,
    /// The signature does not fit.
    #[error("The token's signature is wrong.")]
    Signature,
    /// An access token where an ID token is wanted, or the reverse, or something else that is signed.
    #[error("The token is of another kind than is wanted here.")]
    Kind,
    /// Another tenant's.
    #[error("The token is from another tenant.")]
    Issuer,
    /// For another application or API.
    #[error("The token is for another audience.")]
    Audience,
    /// Given to another application.
    #[error("The token was given to another application.")]
    Client,
    /// Its time is over.
    #[error("The token has expired.")]
    Expired,
    /// Its time has not come: the clocks differ, or somebody wrote it.
    #[error("The token is not valid yet; check this machine's clock.")]
    NotYet,
    /// It does not answer this request to sign in.
    #[error("The token does not belong to this sign-in.")]
    Nonce,
    /// Nobody's.
    #[error("The token names nobody.")]
    Subject,
    /// The tenant's keys cannot be had now, so nothing can be said about the token.
    #[error("The tenant's keys cannot be fetched now. Try again in a moment.")]
    Unavailable(#[source] JwksError),
}

impl TokenError {
    /// Whether it is no fault of the token, and the same token may be accepted in a while: status 503 of an
    /// API, where all others are 401.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// A stable word for it, for logs and counters.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Header => "header",
            Self::Critical => "critical",
            Self::OwnKey => "own_key",
            Self::UnknownKey => "unknown_key",
            Self::AmbiguousKey => "ambiguous_key",
            Self::Signature => "signature",
            Self::Kind => "kind",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Client => "client",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unknown => Self::UnknownKey,
            KeyError::Ambiguous => Self::AmbiguousKey,
            KeyError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}
