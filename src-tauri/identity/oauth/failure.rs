//! Why somebody is not signed in.

use oauth2::{ErrorResponse, RequestTokenError};
use thiserror::Error;

use crate::identity::http::ExchangeError;
use crate::identity::tokens::TokenError;

/// Why somebody is not signed in. `Display` is a sentence for the screen; it quotes nothing secret.
#[derive(Debug, Error)]
pub enum OauthError {
    /// Nobody answers, or only a gateway in front.
    #[error("Auth0 does not answer. Check the network and try again.")]
    Network(#[source] ExchangeError),
    /// `access_denied`.
    #[error("The sign-in was declined in the browser.")]
    Denied,
    /// `expired_token`; or a device code that the tenant does not know any more.
    #[error("The code was not confirmed in time. Get a new one.")]
    Expired,
    /// `invalid_grant`: a refresh token that was revoked, has expired or was used by somebody else; a code
    /// that is not good any more.
    #[error("The sign-in has ended, or was ended. Sign in again.")]
    Ended,
    /// The tenant does not know this application, or not this way to sign in.
    #[error(
        "Auth0 does not let this application sign in like that ({0}). Check the client id in Settings; the application there must be native, with the grants device code, authorization code and refresh token."
    )]
    NotAllowed(String),
    /// Anything else that the tenant says no with.
    #[error("Auth0 refused the sign-in ({0}).")]
    Refused(String),
    /// An answer that is none.
    #[error("What answered is no Auth0 that we know. Check the domain in Settings.")]
    Unexpected,
    /// No ID token in an answer with tokens.
    #[error("Auth0 did not say who signed in. The application there must allow the scope openid.")]
    NoIdToken,
    /// The token does not hold.
    #[error("What Auth0 said about who signed in does not hold: {0}")]
    Token(#[from] TokenError),
    /// The browser came back with something that does not belong to this sign-in.
    #[error(
        "What the browser brought back does not belong to this sign-in. Nothing was accepted; try again."
    )]
    NotOurs,
    /// The browser did not come back in time.
    #[error("The browser did not come back in time. Try again, or use a code.")]
    NotBack,
    /// No port on this machine can be listened on.
    #[error("This machine lets nobody listen for the browser. Use a code instead.")]
    NoPort(#[source] std::io::Error),
}

impl OauthError {
    /// Whether the same may work in a while: a network that is away says nothing about who is signed in.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Token(error) => error.is_unavailable(),
            _ => false,
        }
    }

    /// The meaning of an error code (RFC 6749 §5.2, RFC 8628 §3.5).
    pub(in crate::identity::oauth) fn of_code(code: &str) -> Self {
        match code {
            "access_denied" => Self::Denied,
            "expired_token" => Self::Expired,
            "invalid_grant" => Self::Ended,
            "invalid_client" | "unauthorized_client" | "unsupported_grant_type" => {
                Self::NotAllowed(plain(code))
            }
            other => Self::Refused(plain(other)),
        }
    }

    /// The meaning of a failed request. What came is dropped: it may hold a token.
    pub(in crate::identity::oauth) fn of<T>(error: RequestTokenError<ExchangeError, T>) -> Self
    where
        T: ErrorResponse + CodeOf + 'static,
    {
        match error {
            RequestTokenError::ServerResponse(answer) => Self::of_code(&answer.code()),
            RequestTokenError::Request(error) => Self::Network(error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Self::Unexpected,
        }
    }
}

/// The error code of an answer.
pub(in crate::identity::oauth) trait CodeOf {
    fn code(&self) -> String;
}

impl<T: oauth2::ErrorResponseType + AsRef<str>> CodeOf for oauth2::StandardErrorResponse<T> {
    fn code(&self) -> String {
        self.error().as_ref().to_owned()
    }
}

/// A code as it may be shown: what a tenant sends is not ours to print as it is.
fn plain(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(40)
        .collect()
}
