//! Look at the clusters whose turn it is, and record how they are and what they carry.
//!
//! Any number of programs may do this: each cluster is one program's turn. A cluster that does not answer
//! takes one place of those at once, for as long as it is waited for, and delays no other.

use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use crate::clusters::connections::{ClusterAccess, Connections};
use crate::clusters::failure::ClusterError;
use crate::clusters::kubernetes::Kubernetes;
use crate::clusters::kubernetes::failure::KubernetesError;
use crate::clusters::opencost;
use crate::domain::capacity::readings::{
    Costs, Hours, Listed, ListedProject, ListedUser, Readings,
};
use crate::domain::capacity::snapshot::{
    Capacity, HopsworksHealth, KubernetesHealth, Snapshot, Unknown,
};
use crate::domain::clock::Clock;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::outbox;
use crate::store::snapshots::{self, LEASE, Turn};

/// Clusters that are looked at at once.
const AT_ONCE: usize = 8;

/// Of which so many are written down at once: a table that somebody holds leaves the other connections to the screens.
const WRITTEN_AT_ONCE: usize = 2;

/// How often each is looked at.
const EVERY: Duration = Duration::from_secs(300);

/// How soon one is looked at again that did not answer.
const AGAIN: Duration = Duration::from_secs(60);

/// A cluster may take this long for everything it is asked; the rest of its turn is for the database.
const LONGEST: Duration = Duration::from_secs(120);

const _: () = assert!(LONGEST.as_secs() + 30 < LEASE.as_secs());

/// While clusters are being looked at, others become due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What a round saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Clusters that told what they carry.
    pub known: usize,
    /// Clusters that did not.
    pub unknown: usize,
    /// Clusters that another program had taken over meanwhile, or of which the database did not take everything.
    pub lost: usize,
}

/// Looks at everything that is due, and at what becomes due meanwhile.
///
/// # Errors
/// When the database is away: what was under way is looked at again when its turn is over.
pub async fn snapshot_clusters(
    store: &Store,
    connections: &Connections,
    clock: &dyn Clock,
) -> Result<Looked, StoreError> {
    let mut looked = Looked::default();
    let writing = Semaphore::new(WRITTEN_AT_ONCE);
    // Asking for more is one of them: whoever waits here for a connection must not hold up those that have
    // one, and they must not be left alone meanwhile.
    let mut under_way: FuturesUnordered<BoxFuture<'_, Step>> = FuturesUnordered::new();
    let (mut looking, mut asking, mut ask) = (0, false, true);
    let mut away = None;
    loop {
        if ask && !asking && looking < AT_ONCE {
            let limit = i32::try_from(AT_ONCE - looking).unwrap_or(1);
            let claim = async move {
                let turns = snapshots::claim(store, limit, clock.now()).await;
                Step::Turns(turns)
            };
            under_way.push(claim.boxed());
            (asking, ask) = (true, false);
        }
        match timeout(LOOK_EVERY, under_way.next()).await {
            // Some take long, and others may have become due.
            Err(_) => ask = true,
            Ok(None) => return away.map_or(Ok(looked), Err),
            Ok(Some(step)) => match step {
                Step::Turns(Err(error)) => {
                    // Those under way come to their end: dropped, each would keep its connection for longer. It is asked again
                    // for as long as there are any.
                    (asking, away) = (false, Some(error));
                }
                Step::Turns(Ok(turns)) => {
                    (asking, away) = (false, None);
                    looking += turns.len();
                    for turn in turns {
                        let look = look_and_record(store, connections, clock, &writing, turn);
                        let look = async move {
                            // What goes wrong with one cluster, its turn is over later, and the others go on.
                            let outcome = look.await.unwrap_or_else(|error| {
                                let error = error.without_data();
                                tracing::warn!(%error, "not all that was seen of a cluster is kept");
                                Outcome::Lost
                            });
                            Step::Looked(outcome)
                        };
                        under_way.push(look.boxed());
                    }
                }
                Step::Looked(outcome) => {
                    looking -= 1;
                    ask = true;
                    match outcome {
                        Outcome::Known => looked.known += 1,
                        Outcome::Unknown => looked.unknown += 1,
                        Outcome::Lost => looked.lost += 1,
                    }
                }
            },
        }
    }
}

enum Step {
    Turns(Result<Vec<Turn>, StoreError>),
    Looked(Outcome),
}

enum Outcome {
    Known,
    Unknown,
    Lost,
}

async fn look_and_record(
    store: &Store,
    connections: &Connections,
    clock: &dyn Clock,
    writing: &Semaphore,
    turn: Turn,
) -> Result<Outcome, StoreError> {
    let Some(access) = outbox::cluster_access(store, &turn.cluster_id).await? else {
        // Taken off the record a moment ago; its turn runs out.
        return Ok(Outcome::Lost);
    };
    let access = ClusterAccess {
        api_url: access.api_url.unwrap_or_default(),
        api_key: access.api_key,
        authority: access.authority,
        kubeconfig: access.kubeconfig,
    };
    let until = Instant::now() + LONGEST;
    let hours = turn.thorough.then(|| Hours::before(clock.now()));
    let (snapshot, readings) = look(connections, &access, hours, until).await;
    // As of when it was seen, not of when one began to look.
    let now = clock.now();
    // Never closed.
    let _one_of_few = writing.acquire().await.ok();
    // What is read less often must not keep the snapshot from being recorded.
    let read = match &readings {
        Some(readings) => turn.record_readings(store, now, readings).await.map(|_| ()),
        None => Ok(()),
    };
    let next = next_at(now, &snapshot);
    let known = snapshot.capacity.is_ok();
    let ours = turn.record(store, now, next, &snapshot).await?;
    read?;
    Ok(match (ours, known) {
        (false, _) => Outcome::Lost,
        (true, true) => Outcome::Known,
        (true, false) => Outcome::Unknown,
    })
}

/// How a cluster is and what it carries, at this moment. Its two systems are asked beside each other, and both are
/// waited for until then: what one of them has said by that time is kept, whatever the other does.
///
/// Where hours are given, it is asked for what is read less often, too: its users, its projects, and what those hours cost.
async fn look(
    connections: &Connections,
    access: &ClusterAccess,
    hours: Option<Hours>,
    until: Instant,
) -> (Snapshot, Option<Readings>) {
    let hopsworks = ask_hopsworks(connections, access, hours.is_some(), until);
    let kubernetes = ask_kubernetes(connections, access, hours, until);
    let ((hopsworks, listed), (kubernetes, capacity, costs)) =
        futures_util::future::join(hopsworks, kubernetes).await;
    let snapshot = Snapshot {
        hopsworks,
        kubernetes,
        capacity,
    };
    let readings = listed.zip(costs);
    let readings = readings.map(|((users, projects), costs)| Readings {
        users,
        projects,
        costs,
    });
    (snapshot, readings)
}

type Asked<T> = Result<T, Unknown>;

async fn in_time<T>(until: Instant, asked: impl Future<Output = Asked<T>>) -> Asked<T> {
    let asked = timeout_at(until, asked).await;
    asked.unwrap_or_else(|_| Err(too_slow()))
}

async fn ask_kubernetes(
    connections: &Connections,
    access: &ClusterAccess,
    hours: Option<Hours>,
    until: Instant,
) -> (
    Asked<KubernetesHealth>,
    Asked<Capacity>,
    Option<Asked<Costs>>,
) {
    let nothing = |unknown: Unknown| {
        let costs = hours.map(|_| Err(unknown.clone()));
        (Err(unknown.clone()), Err(unknown), costs)
    };
    let client = match connections.kubernetes(access).await {
        Ok(client) => client,
        Err(error) => return nothing(of_kubernetes(&error)),
    };
    let asked = async { client.health().await.map_err(|error| of_kubernetes(&error)) };
    let health = in_time(until, asked).await;
    if let Err(unknown) = health {
        return nothing(unknown);
    }
    let asked = async {
        client
            .capacity()
            .await
            .map_err(|error| of_kubernetes(&error))
    };
    let capacity = in_time(until, asked).await;
    let costs = match hours {
        None => None,
        Some(hours) => Some(in_time(until, ask_opencost(connections, &client, hours)).await),
    };
    (health, capacity, costs)
}

async fn ask_opencost(
    connections: &Connections,
    client: &Kubernetes,
    hours: Hours,
) -> Asked<Costs> {
    let asked = opencost::costs(client, connections.opencost(), hours).await;
    asked.map_err(|error| Unknown {
        code: error.code().to_owned(),
        sentence: error.to_string(),
    })
}

type HopsworksLists = (Asked<Listed<ListedUser>>, Asked<Listed<ListedProject>>);

async fn ask_hopsworks(
    connections: &Connections,
    access: &ClusterAccess,
    thorough: bool,
    until: Instant,
) -> (Asked<HopsworksHealth>, Option<HopsworksLists>) {
    let nothing = |unknown: Unknown| {
        let lists = thorough.then(|| (Err(unknown.clone()), Err(unknown.clone())));
        (Err(unknown), lists)
    };
    let client = match connections.hopsworks(access) {
        Ok(client) => client,
        Err(error) => return nothing(of_hopsworks(&error)),
    };
    let asked = Instant::now();
    let answer = async { client.health().await.map_err(|error| of_hopsworks(&error)) };
    let (version, certificate) = match in_time(until, answer).await {
        Ok(health) => health,
        Err(unknown) => return nothing(unknown),
    };
    let health = HopsworksHealth {
        version,
        latency: asked.elapsed(),
        certificate,
    };
    if !thorough {
        // Whether it is alive it tells everybody; whether the key opens it has to be tried.
        let opens = async {
            client
                .recognised()
                .await
                .map_err(|error| of_hopsworks(&error))
        };
        return (in_time(until, opens).await.map(|()| health), None);
    }
    let users = async { client.users().await.map_err(|error| of_hopsworks(&error)) };
    let users = in_time(until, users).await;
    let projects = async {
        client
            .projects()
            .await
            .map_err(|error| of_hopsworks(&error))
    };
    let projects = in_time(until, projects).await;
    let health = users.as_ref().map(|_| health).map_err(Unknown::clone);
    (health, Some((users, projects)))
}

fn of_hopsworks(error: &ClusterError) -> Unknown {
    Unknown {
        code: error.code().to_owned(),
        sentence: error.to_string(),
    }
}

fn of_kubernetes(error: &KubernetesError) -> Unknown {
    Unknown {
        code: error.code().to_owned(),
        sentence: error.to_string(),
    }
}

fn too_slow() -> Unknown {
    Unknown {
        code: "timed_out".to_owned(),
        sentence: "The cluster did not tell everything in time. It is tried again; if this stays, check that it is not overloaded, and the way there.".to_owned(),
    }
}

/// A cluster of which one system does not answer is looked for sooner; one that was never set up is not.
fn next_at(now: OffsetDateTime, snapshot: &Snapshot) -> OffsetDateTime {
    let hopsworks = snapshot.hopsworks.as_ref().err();
    let hopsworks = hopsworks.filter(|unknown| !REFUSING.contains(&unknown.code.as_str()));
    let kubernetes = snapshot.capacity.as_ref().err();
    let away = |unknown: &&Unknown| !UNSET.contains(&unknown.code.as_str());
    if hopsworks
        .into_iter()
        .chain(kubernetes)
        .any(|unknown| away(&unknown))
    {
        now + AGAIN
    } else {
        now + EVERY
    }
}

/// It answers, and a person must set something right: with each look its Kubernetes is read whole, too.
const REFUSING: [&str; 2] = ["key_refused", "certificate"];

/// What is on record cannot be used: the cluster was asked nothing, and stays as it is until somebody changes that.
const UNSET: [&str; 6] = [
    "no_kubeconfig",
    "kubeconfig",
    "sealed",
    "address",
    "no_key",
    "authority",
];
