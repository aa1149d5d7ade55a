//! Add a cluster: its facts, the authority it is believed by, and its secrets, sealed; each tried there before, and all
//! of it kept in one transaction. It takes nobody until somebody opens it.

use serde_json::{Map, Value};

use crate::clusters::connections::Connections;
use crate::domain::action::{ActionName, Order};
use crate::domain::ids::ClusterId;
use crate::domain::random::Random;
use crate::store::snapshots::OtherKubernetes;
use crate::store::{actions, cluster_authority};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::replace_secret::{keep, recipients, tried};
use crate::usecases::try_cluster::Given;

/// A cluster to be added.
#[derive(Debug)]
pub struct NewCluster {
    /// What people call it.
    pub name: String,
    /// Where it stands; none: nobody said.
    pub region: Option<String>,
    /// Seats.
    pub max_users: String,
    /// How it is reached.
    pub given: Given,
}

/// Adds it, and answers its id.
///
/// # Errors
/// [`DeskError::Refused`] when it does not answer as it should, or when there is nobody to seal to; what the database
/// says when it declines: no elevated admin, a name that is taken. Then nothing was added.
pub async fn add_cluster(
    desk: &Desk,
    connections: &Connections,
    random: &dyn Random,
    new: NewCluster,
    reason: &str,
) -> Result<ClusterId, DeskError> {
    let to = recipients(desk).await?;
    let order = order(&new, reason)?;
    // What the database declines is not tried at the cluster.
    let mut trying = desk.store.write().await?;
    actions::be_patient(&mut trying).await?;
    actions::act(&mut trying, &order, true).await?;
    trying.commit().await?;
    if let Some(other) = tried(desk, connections, &new.given, None).await? {
        return Err(DeskError::Refused(wrong_kubernetes(&other)));
    }

    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = actions::act(&mut writing, &order, false).await?;
    let id = done.subject.unwrap_or_default();
    let cluster = ClusterId::parse(&id).map_err(|error| DeskError::Invalid {
        field: "Cluster",
        problem: error.to_string(),
    })?;
    if let Some(pem) = new.given.authority.as_deref() {
        cluster_authority::set(&mut writing, &cluster, Some(pem), reason).await?;
    }
    keep(&mut writing, random, &id, &new.given, &to, (reason, None)).await?;
    writing.commit().await?;
    Ok(cluster)
}

fn wrong_kubernetes(other: &OtherKubernetes) -> String {
    let (OtherKubernetes::Of(name) | OtherKubernetes::Not(name)) = other;
    format!(
        "Kubernetes: what this kubeconfig opens is the cluster {name}, which is on record already. Give the one of this cluster; if it is {name} that has the wrong one, replace it there, and try again once that cluster was looked at anew."
    )
}

fn order(new: &NewCluster, reason: &str) -> Result<Order, DeskError> {
    let mut arguments = Map::new();
    let facts = [
        ("name", Some(&new.name)),
        ("api_url", Some(&new.given.api_url)),
        ("region", new.region.as_ref()),
        ("max_users", Some(&new.max_users)),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), Value::from(value.as_str()));
        }
    }
    Ok(Order {
        action: ActionName::parse("add_cluster").map_err(|error| DeskError::Invalid {
            field: "Action",
            problem: error.to_string(),
        })?,
        subject: None,
        arguments,
        expected: None,
        reason: Some(reason.to_owned()),
    })
}
