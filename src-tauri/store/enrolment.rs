//! Redeeming a one-time code.

use crate::secrets::Secret;
use crate::statement;
use crate::store::door::{Statement, Store};
use crate::store::failure::StoreError;

const REDEEM: Statement = statement!("enrolment_redeem.sql");

/// What the database says to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// The password is set.
    Set,
    /// It is not this login's code.
    Mistyped,
    /// It was redeemed before.
    Used,
    /// Its day is over.
    Expired,
    /// Five wrong ones: a quarter of an hour's rest.
    TooMany,
}

/// Redeems the code of the login in use: from then on the password behind the verifier is its password.
///
/// # Errors
/// [`StoreError::Declined`] when no code was made for it; whatever else the database says.
pub async fn redeem(
    store: &Store,
    code: &Secret<String>,
    verifier: &str,
) -> Result<Redeemed, StoreError> {
    let mut writing = store.write().await?;
    let query = REDEEM.rows::<(String,)>();
    let (outcome,) = writing
        .one(query.bind(code.expose().clone()).bind(verifier.to_owned()))
        .await?;
    writing.commit().await?;
    match outcome.as_str() {
        "redeemed" => Ok(Redeemed::Set),
        "mistyped" => Ok(Redeemed::Mistyped),
        "used" => Ok(Redeemed::Used),
        "expired" => Ok(Redeemed::Expired),
        "too_many" => Ok(Redeemed::TooMany),
        other => Err(StoreError::Impossible(format!(
            "an outcome of a code `{other}`"
        ))),
    }
}
