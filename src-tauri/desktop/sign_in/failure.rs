//! Why a person is not signed in here.

use thiserror::Error;

use crate::identity::oauth::failure::OauthError;
use crate::identity::tokens::TokenError;
use crate::secrets::keychain::KeychainError;
use crate::wire::failure::{Failure, FailureCode};

/// Why a person is not signed in here. `Display` is the sentence for the screen.
#[derive(Debug, Error)]
pub(in crate::desktop) enum SignInError {
    /// Auth0, or the way there.
    #[error(transparent)]
    Oauth(#[from] OauthError),
    /// The keychain.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The kept sign-in cannot be understood; it is removed.
    #[error("What the keychain held of your sign-in was damaged, and is removed. Sign in again.")]
    Damaged,
    /// Somebody else confirmed.
    #[error(
        "Somebody else signed in there. Confirm with the account that you are signed in with here."
    )]
    SomebodyElse,
    /// The tenant says nothing of a password that was just typed.
    #[error("Auth0 did not ask for your password anew, so nothing was confirmed. Try again.")]
    NotAnew,
    /// The browser cannot be sent on its way.
    #[error("No browser could be started on this computer: {0}.")]
    NoBrowser(#[source] std::io::Error),
    /// The lock file beside the settings.
    #[error("The settings folder cannot be written, so that two windows cannot take turns: {0}.")]
    Lock(#[source] std::io::Error),
    /// A refresh token that no keychain of every platform holds.
    #[error(
        "Auth0 gave a refresh token that is too long for a keychain. Have it give opaque ones; until then you sign in at each start."
    )]
    TooLong,
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        Self::Oauth(error.into())
    }
}

impl SignInError {
    /// Whether the sign-in as such is over.
    pub(in crate::desktop) fn is_ended(&self) -> bool {
        matches!(self, Self::Oauth(OauthError::Ended) | Self::Damaged)
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Keychain(error) => error.into(),
            other => Self {
                code: FailureCode::SignIn,
                message: other.to_string(),
                reference: None,
                argument: None,
            },
        }
    }
}
