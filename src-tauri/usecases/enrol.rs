//! Enrol: a new member of staff turns the one-time code into a password that only their keychain knows.

use thiserror::Error;
use time::OffsetDateTime;

use crate::domain::enrolment::{EnrolmentCode, Mistyped};
use crate::secrets::Secret;
use crate::store::door::Store;
use crate::store::enrolment::{Redeemed, redeem};
use crate::store::failure::StoreError;

/// Why a code gave no password. `Display` is the sentence for the screen.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// Not a code as it was handed out.
    #[error("This {0}.")]
    NotACode(#[from] Mistyped),
    /// The right shape, and the database knows another.
    #[error(
        "This is not the code of this login: look at the login in the connection string, or ask for a new code."
    )]
    Mistyped,
    /// Redeemed before.
    #[error(
        "This code was used already, or a newer one has replaced it. If it was not you who used it, tell an admin now; else ask for a new one."
    )]
    Used,
    /// Its day is over.
    #[error("This code has expired; it works for a day. Ask an admin for a new one.")]
    Expired,
    /// Too many wrong ones.
    #[error("Too many tries. Wait a quarter of an hour, then try again.")]
    TooMany,
    /// The database failed; whether the code was redeemed is not known when the answer was lost.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Redeems a code over a store that was opened with the code for its password.
///
/// Postgres does not say why a password is wrong. A login that is refused therefore means: the day is over,
/// which the code itself tells, or somebody has set another password since.
///
/// # Errors
/// As [`EnrolError`] tells apart.
pub async fn enrol(
    store: &Store,
    code: &EnrolmentCode,
    verifier: &str,
    now: OffsetDateTime,
) -> Result<(), EnrolError> {
    let given = Secret::new(code.expose().to_owned());
    match redeem(store, &given, verifier).await {
        Ok(Redeemed::Set) => Ok(()),
        Ok(Redeemed::Mistyped) => Err(EnrolError::Mistyped),
        Ok(Redeemed::Expired) => Err(EnrolError::Expired),
        Ok(Redeemed::TooMany) => Err(EnrolError::TooMany),
        Err(StoreError::Refused(_)) if code.expires_at <= now => Err(EnrolError::Expired),
        Ok(Redeemed::Used) | Err(StoreError::Refused(_)) => Err(EnrolError::Used),
        Err(error) => Err(error.into()),
    }
}
