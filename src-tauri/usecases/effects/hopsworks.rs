//! What the kinds in Hopsworks share: reaching the cluster, and finding the right person there.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clusters::connections::ClusterAccess;
use crate::clusters::hopsworks::Hopsworks;
use crate::domain::hopsworks::{HopsworksUser, HopsworksUserId, is_same_address};
use crate::store::outbox::{self, Effect, Person};
use crate::usecases::effects::{Means, Undone};

/// Whom an effect is about, as it was on record when it was decided.
#[derive(Debug, Deserialize)]
pub(super) struct Recorded {
    pub(super) user_id: String,
    pub(super) hopsworks_user_id: Option<i64>,
    pub(super) hopsworks_username: Option<String>,
}

/// Reads a payload.
pub(super) fn payload<T: DeserializeOwned>(effect: &Effect) -> Result<T, Undone> {
    serde_json::from_value(effect.payload.clone()).map_err(|_| {
        Undone::Never(
            "The effect is not written as this version of the program reads it.".to_owned(),
        )
    })
}

/// The Hopsworks of the effect's cluster.
pub(super) async fn cluster(means: Means<'_>, effect: &Effect) -> Result<Hopsworks, Undone> {
    let gone = || Undone::Never("The cluster is not on record any more.".to_owned());
    let id = effect.cluster_id.as_deref().ok_or_else(gone)?;
    let access = outbox::cluster_access(means.store, id)
        .await?
        .ok_or_else(gone)?;
    let access = ClusterAccess {
        api_url: access.api_url.unwrap_or_default(),
        api_key: access.api_key,
        authority: access.authority,
        kubeconfig: None,
    };
    Ok(means.connections.hopsworks(&access)?)
}

/// The person on the cluster: by the number on record if that is still theirs, else by their address. A
/// number belongs to one cluster; taken along from another it is somebody else's here.
pub(super) async fn find(
    hopsworks: &Hopsworks,
    recorded: &Recorded,
    person: Option<&Person>,
) -> Result<Option<HopsworksUser>, Undone> {
    let number = recorded.hopsworks_user_id.and_then(HopsworksUserId::new);
    if let Some(number) = number
        && let Some(user) = hopsworks.user(number).await?
        && is_theirs(&user, recorded, person)
    {
        return Ok(Some(user));
    }
    match person {
        Some(person) => Ok(hopsworks.user_by_email(&person.email).await?),
        None if number.is_some() => Err(Undone::Never(
            "The user is not on record any more, and nobody with that number and login is on the \
             cluster."
                .to_owned(),
        )),
        None => Ok(None),
    }
}

fn is_theirs(user: &HopsworksUser, recorded: &Recorded, person: Option<&Person>) -> bool {
    let by_address = person.is_some_and(|person| is_same_address(&person.email, &user.email));
    let by_login = recorded
        .hopsworks_username
        .as_deref()
        .is_some_and(|login| !login.is_empty() && login == user.username);
    by_address || by_login
}
