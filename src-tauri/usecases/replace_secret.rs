//! Replace a secret of a cluster: tried there first, then sealed to today's recipients. It is never shown again, and
//! the service's own table is not touched.

use crate::clusters::connections::Connections;
use crate::domain::ids::ClusterId;
use crate::domain::random::Random;
use crate::domain::sealed::SecretKind;
use crate::secrets::Secret;
use crate::secrets::sealing::{Recipient, SealError};
use crate::store::actions::be_patient;
use crate::store::door::Writing;
use crate::store::snapshots::{self, OtherKubernetes};
use crate::store::{cluster_authority, sealing};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::seal_secrets::{Reason, active, sealed_copy};
use crate::usecases::show_cluster::show_cluster;
use crate::usecases::try_cluster::{Given, opened_kubernetes, try_cluster};

/// Replaces it.
///
/// # Errors
/// [`DeskError::Refused`] with the cluster's answer when it does not open what it should, or when there is nobody to
/// seal to; what the database says when it declines: no elevated admin.
pub async fn replace_secret(
    desk: &Desk,
    connections: &Connections,
    random: &dyn Random,
    cluster: &ClusterId,
    (kind, secret): (SecretKind, Secret<String>),
    reason: &str,
) -> Result<(), DeskError> {
    let to = recipients(desk).await?;
    let detail = show_cluster(desk, cluster).await?;
    let mut reading = desk.store.read().await?;
    let authority = cluster_authority::of(&mut reading, cluster).await?;
    reading.end().await?;
    let mut given = Given {
        api_url: detail.api_url.unwrap_or_default(),
        authority: authority.map(|authority| authority.pem),
        ..Given::default()
    };
    match kind {
        SecretKind::ApiKey => given.api_key = Some(secret),
        SecretKind::Kubeconfig => given.kubeconfig = Some(secret),
    }
    // What the database declines is not tried at the cluster. Dropped, it is as if nothing had been.
    let mut trying = desk.store.write().await?;
    be_patient(&mut trying).await?;
    keep(&mut trying, random, cluster.as_str(), &given, &to, reason).await?;
    drop(trying);
    tried(desk, connections, &given, Some(cluster)).await?;
    let mut writing = desk.store.write().await?;
    be_patient(&mut writing).await?;
    keep(&mut writing, random, cluster.as_str(), &given, &to, reason).await?;
    writing.commit().await?;
    Ok(())
}

/// Whom secrets are sealed to today.
///
/// # Errors
/// [`DeskError::Refused`] when that is nobody, or somebody whom we cannot seal to.
pub(in crate::usecases) async fn recipients(desk: &Desk) -> Result<Vec<Recipient>, DeskError> {
    let to = active(&desk.store).await.map_err(|reason| match reason {
        Reason::Store(error) => error.into(),
        reason @ Reason::Recipient { .. } => DeskError::Refused(reason.to_string()),
    })?;
    if to.is_empty() {
        return Err(DeskError::Refused(
            "There is no key to seal to: an admin adds one in Settings, “Keys of clusters”."
                .to_owned(),
        ));
    }
    Ok(to)
}

/// Tries everything that is given, of that cluster or of one that is not on record yet.
///
/// # Errors
/// [`DeskError::Refused`] with what the cluster answered, or when it is another cluster that answers.
pub(in crate::usecases) async fn tried(
    desk: &Desk,
    connections: &Connections,
    given: &Given,
    cluster: Option<&ClusterId>,
) -> Result<(), DeskError> {
    let problems = try_cluster(connections, given).await;
    if !problems.is_empty() {
        let sentences: Vec<_> = problems.into_iter().map(|(_, sentence)| sentence).collect();
        return Err(DeskError::Refused(sentences.join(" ")));
    }
    let Some(uid) = opened_kubernetes(connections, given).await else {
        return Ok(());
    };
    let mut reading = desk.store.read().await?;
    let other = snapshots::other_kubernetes(&mut reading, &uid, cluster, desk.now()).await?;
    reading.end().await?;
    match other {
        None => Ok(()),
        Some(other) => Err(DeskError::Refused(wrong_kubernetes(&other))),
    }
}

fn wrong_kubernetes(other: &OtherKubernetes) -> String {
    match other {
        OtherKubernetes::Of(name) => format!(
            "Kubernetes: what this kubeconfig opens is the cluster {name}, which is on record already. Give the one of this cluster."
        ),
        OtherKubernetes::Not(name) => format!(
            "Kubernetes: what this kubeconfig opens is not {name}, which was seen within the last hour. Give the one of {name}; if it was built anew under the same name, try again an hour after the old one is gone."
        ),
    }
}

/// Seals and keeps the secrets that are given.
///
/// # Errors
/// As [`replace_secret`].
pub(in crate::usecases) async fn keep(
    writing: &mut Writing,
    random: &dyn Random,
    cluster: &str,
    given: &Given,
    to: &[Recipient],
    reason: &str,
) -> Result<(), DeskError> {
    for (kind, secret) in given.secrets() {
        let copy = sealed_copy(random, cluster, kind, secret, to).map_err(refused)?;
        sealing::replace(writing, copy, reason).await?;
    }
    Ok(())
}

fn refused(error: SealError) -> DeskError {
    DeskError::Refused(format!("The secret {error}."))
}
