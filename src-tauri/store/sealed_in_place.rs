//! Secrets of clusters as they stand sealed in the service's own table, beside our copies.

use sqlx::FromRow;

use crate::domain::sealed::SecretKind;
use crate::secrets::Secret;
use crate::statement;
use crate::store::door::{Statement, Store, Writing};
use crate::store::failure::StoreError;
use crate::store::sealing::SealedOnRecord;

const PLACES: Statement = statement!("secret_places.sql");
const HOLD: Statement = statement!("secret_hold.sql");
const SEAL_IN_PLACE: Statement = statement!("secret_seal_in_place.sql");
const PUT_BACK: Statement = statement!("secret_put_back.sql");

/// Where a secret stands in the service's own table.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Place {
    /// The cluster.
    pub cluster_id: String,
    /// `api_key` or `kubeconfig`.
    pub kind: String,
    /// Table and column; none: there is no such table.
    pub place: Option<String>,
    /// Why it cannot be sealed there; none: it can. The end of a sentence.
    pub why: Option<String>,
}

/// Where the secrets of all clusters stand. `taken_over`: somebody said that nothing but Hopsdesk reads them there.
///
/// # Errors
/// Whatever the database says.
pub async fn places(store: &Store, taken_over: bool) -> Result<Vec<Place>, StoreError> {
    let mut reading = store.read().await?;
    let places = reading.all(PLACES.rows().bind(taken_over)).await?;
    reading.end().await?;
    Ok(places)
}

/// A secret that is held, with the row it stands in, until the transaction ends.
#[derive(Debug)]
pub struct Held {
    /// What the service's own column holds.
    pub there: Secret<String>,
    /// The sealed copy; none: there is none.
    pub copy: Option<SealedOnRecord>,
}

/// Holds a secret and its row; `None`: the column holds nothing, or was changed in this moment.
///
/// # Errors
/// Whatever the database says.
pub async fn hold(
    writing: &mut Writing,
    cluster: &str,
    kind: SecretKind,
) -> Result<Option<Held>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        there: String,
        sealed: Option<Vec<u8>>,
        salt: Option<Vec<u8>>,
        digest: Option<Vec<u8>>,
    }
    let query = HOLD
        .rows::<Row>()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned());
    let held = writing.optional(query).await?;
    Ok(held.map(|row| Held {
        there: Secret::new(row.there),
        copy: row
            .sealed
            .zip(row.salt)
            .zip(row.digest)
            .map(|((sealed, salt), digest)| SealedOnRecord {
                sealed,
                salt,
                digest,
            }),
    }))
}

/// Puts the sealed copy in place of what the service's own column holds. `seen`: SHA-256 of that; `proof`: of the copy that
/// was opened.
///
/// # Errors
/// [`StoreError::Declined`] when copy or column have changed, or a rule or a right is in the way.
pub async fn seal_in_place(
    writing: &mut Writing,
    (cluster, kind): (&str, SecretKind),
    seen: [u8; 32],
    proof: [u8; 32],
    taken_over: bool,
    reason: &str,
) -> Result<(), StoreError> {
    let seal = SEAL_IN_PLACE
        .rows::<(String,)>()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned())
        .bind(seen.to_vec())
        .bind(proof.to_vec())
        .bind(taken_over)
        .bind(reason.to_owned());
    writing.one(seal).await.map(|_| ())
}

/// Puts a secret back in plain where it stands sealed in the service's own column. `seen`: SHA-256 of what that holds.
///
/// # Errors
/// [`StoreError::Declined`] when copy or column are others by now, or a rule or a right is in the way.
pub async fn put_back(
    writing: &mut Writing,
    (cluster, kind): (&str, SecretKind),
    seen: [u8; 32],
    plain: &Secret<String>,
    reason: &str,
) -> Result<(), StoreError> {
    let put = PUT_BACK
        .rows::<(String,)>()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned())
        .bind(seen.to_vec())
        .bind(plain.expose().clone())
        .bind(reason.to_owned());
    writing.one(put).await.map(|_| ())
}
