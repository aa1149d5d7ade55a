//! Replace a secret of a cluster: tried there first, then sealed to today's recipients. It is never shown again, and
//! the service's own table holds what it held, unless it holds a sealed copy: that one is replaced with it.

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

/// Replaces it. Answers what speaks against it as a sentence, and then nothing is kept, unless `despite` is that
/// sentence: what is on record may be the wrong one, so what it showed until now cannot bar the one that is right.
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
    despite: Option<&str>,
) -> Result<Option<String>, DeskError> {
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
    let id = cluster.as_str();
    keep(&mut trying, random, id, &given, &to, (reason, None)).await?;
    drop(trying);
    let doubt = tried(desk, connections, &given, Some(cluster)).await?;
    let doubt = doubt.as_ref().map(doubtful);
    if doubt.is_some() && doubt.as_deref() != despite {
        return Ok(doubt);
    }
    let mut writing = desk.store.write().await?;
    be_patient(&mut writing).await?;
    let why = (reason, doubt.as_deref());
    keep(&mut writing, random, id, &given, &to, why).await?;
    writing.commit().await?;
    Ok(None)
}

fn doubtful(other: &OtherKubernetes) -> String {
    match other {
        OtherKubernetes::Of(name) => format!(
            "What this kubeconfig opens is the Kubernetes that {name} was seen with within the last hour."
        ),
        OtherKubernetes::Not(name) => format!(
            "What this kubeconfig opens is another Kubernetes than {name} was seen with within the last hour."
        ),
    }
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

/// Tries everything that is given, of that cluster or of one that is not on record yet. Answers what speaks against
/// the Kubernetes that was opened being its own.
///
/// # Errors
/// [`DeskError::Refused`] with what the cluster answered.
pub(in crate::usecases) async fn tried(
    desk: &Desk,
    connections: &Connections,
    given: &Given,
    cluster: Option<&ClusterId>,
) -> Result<Option<OtherKubernetes>, DeskError> {
    let problems = try_cluster(connections, given).await;
    if !problems.is_empty() {
        let sentences: Vec<_> = problems.into_iter().map(|(_, sentence)| sentence).collect();
        return Err(DeskError::Refused(sentences.join(" ")));
    }
    let opened = opened_kubernetes(connections, given).await;
    let Some(uid) = opened.map_err(DeskError::Refused)? else {
        return Ok(None);
    };
    let mut reading = desk.store.read().await?;
    let other = snapshots::other_kubernetes(&mut reading, &uid, cluster, desk.now()).await?;
    reading.end().await?;
    Ok(other)
}

/// Seals and keeps the secrets that are given, with the reason and what they are kept in spite of.
///
/// # Errors
/// As [`replace_secret`].
pub(in crate::usecases) async fn keep(
    writing: &mut Writing,
    random: &dyn Random,
    cluster: &str,
    given: &Given,
    to: &[Recipient],
    (reason, despite): (&str, Option<&str>),
) -> Result<(), DeskError> {
    for (kind, secret) in given.secrets() {
        let copy = sealed_copy(random, cluster, kind, secret, to).map_err(refused)?;
        sealing::replace(writing, copy, reason, despite).await?;
    }
    Ok(())
}

fn refused(error: SealError) -> DeskError {
    DeskError::Refused(format!("The secret {error}."))
}
