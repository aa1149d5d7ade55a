//! Which authority signed a cluster's certificate.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::clusters::ClusterAuthority;
use crate::domain::ids::ClusterId;
use crate::statement;
use crate::store::door::{Reading, Statement, Writing};
use crate::store::failure::StoreError;

const AUTHORITY: Statement = statement!("cluster_authority.sql");
const SET: Statement = statement!("cluster_authority_set.sql");

/// The authority on record; `None`: a public one.
///
/// # Errors
/// Whatever the database says.
pub async fn of(
    reading: &mut Reading,
    cluster: &ClusterId,
) -> Result<Option<ClusterAuthority>, StoreError> {
    let query = AUTHORITY.rows().bind(cluster.as_str().to_owned());
    let record: Option<AuthorityRecord> = reading.optional(query).await?;
    Ok(record.map(|record| ClusterAuthority {
        pem: record.pem,
        set_by: record.set_by,
        set_at: record.set_at,
    }))
}

/// Sets it or, with `None`, takes it away.
///
/// # Errors
/// [`StoreError::Declined`] when it is no elevated admin, no certificate, or no good reason.
pub async fn set(
    writing: &mut Writing,
    cluster: &ClusterId,
    pem: Option<&str>,
    reason: &str,
) -> Result<(), StoreError> {
    let query = SET
        .rows::<(String,)>()
        .bind(cluster.as_str().to_owned())
        .bind(pem.map(str::to_owned))
        .bind(reason.to_owned());
    writing.one(query).await.map(|_| ())
}

#[derive(FromRow)]
struct AuthorityRecord {
    pem: String,
    set_by: String,
    set_at: OffsetDateTime,
}
