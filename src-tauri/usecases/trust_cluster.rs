//! Say which authority signed a cluster's certificate: then no other is believed.

use crate::domain::clusters::ClusterAuthority;
use crate::domain::ids::ClusterId;
use crate::store::cluster_authority;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The authority on record; `None`: a public one.
///
/// # Errors
/// When the database fails.
pub async fn show_authority(
    desk: &Desk,
    cluster: &ClusterId,
) -> Result<Option<ClusterAuthority>, DeskError> {
    let mut reading = desk.store.read().await?;
    let authority = cluster_authority::of(&mut reading, cluster).await?;
    reading.end().await?;
    Ok(authority)
}

/// Sets it or, with `None`, goes back to the public ones.
///
/// # Errors
/// When the database declines: no elevated admin, no certificate, no good reason.
pub async fn set_authority(
    desk: &Desk,
    cluster: &ClusterId,
    pem: Option<&str>,
    reason: &str,
) -> Result<(), DeskError> {
    let mut writing = desk.store.write().await?;
    cluster_authority::set(&mut writing, cluster, pem, reason).await?;
    writing.commit().await?;
    Ok(())
}
