//! What is on record of clusters' capacity, read for the screens.

pub mod listed;

use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::capacity::namespaces::OF_THE_CLUSTER;
use crate::domain::capacity::recorded::{
    Carried, ClusterState, Figures, Footprint, Holding, Holdings, LastLook, SeenNode, Strays,
    SystemState, Watch, Whose,
};
use crate::domain::capacity::snapshot::{NoMetrics, Unknown};
use crate::domain::ids::{ClusterId, UserId};
use crate::statement;
use crate::store::cluster_costs;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::person;

const STATE: Statement = statement!("cluster_state.sql");
const NODES: Statement = statement!("cluster_nodes.sql");
const HOLDINGS: Statement = statement!("cluster_holdings.sql");
const FOOTPRINT: Statement = statement!("user_footprint.sql");

/// How a cluster is, and what it carried when it last said so.
///
/// # Errors
/// Whatever the database says.
pub async fn state(reading: &mut Reading, id: &ClusterId) -> Result<ClusterState, StoreError> {
    let query = STATE.rows().bind(id.as_str().to_owned());
    let record: StateRecord = reading.one(query).await?;
    Ok(record.into_state())
}

/// Its nodes, those with something wrong first; and how many there are.
///
/// # Errors
/// Whatever the database says.
pub async fn nodes(
    reading: &mut Reading,
    id: &ClusterId,
    limit: u16,
) -> Result<(Vec<SeenNode>, u32), StoreError> {
    let query = NODES
        .rows()
        .bind(id.as_str().to_owned())
        .bind(i64::from(limit));
    let records: Vec<NodeRecord> = reading.all(query).await?;
    let count = records
        .first()
        .map_or(0, |record| narrow(record.matching_rows));
    Ok((
        records.into_iter().map(NodeRecord::into_node).collect(),
        count,
    ))
}

/// Who holds what there. Where projects do not say where they are (`by_seat`), those of the people with a
/// seat there count.
///
/// # Errors
/// Whatever the database says.
pub async fn holdings(
    reading: &mut Reading,
    id: &ClusterId,
    by_seat: bool,
    limit: u16,
) -> Result<Holdings, StoreError> {
    let own: Vec<String> = OF_THE_CLUSTER.iter().map(|&name| name.to_owned()).collect();
    let query = HOLDINGS
        .rows()
        .bind(id.as_str().to_owned())
        .bind(by_seat)
        .bind(own)
        .bind(i64::from(limit));
    let records: Vec<HoldingRecord> = reading.all(query).await?;
    let costs = cluster_costs::costs(reading, id).await?;
    Ok(Holdings {
        costs,
        strays: records
            .first()
            .map_or_else(Strays::default, |record| Strays {
                namespaces: narrow(record.stray_namespaces),
                cpu: record.stray_cpu,
            }),
        at: records.iter().map(|record| record.held.taken_at).min(),
        count: records
            .first()
            .map_or(0, |record| narrow(record.matching_rows)),
        rows: records
            .into_iter()
            .map(HoldingRecord::into_holding)
            .collect(),
    })
}

/// What the projects of a user hold, on whichever cluster: those that request most CPU, and how many there are in all.
///
/// # Errors
/// Whatever the database says.
pub async fn footprint(
    reading: &mut Reading,
    id: &UserId,
    by_seat: bool,
    limit: u16,
) -> Result<(Vec<Footprint>, u32), StoreError> {
    let query = FOOTPRINT
        .rows()
        .bind(id.as_str().to_owned())
        .bind(by_seat)
        .bind(i64::from(limit));
    let records: Vec<FootprintRecord> = reading.all(query).await?;
    let all = records.first().map_or(0, |record| record.all_of_them);
    let footprints = records.into_iter().map(FootprintRecord::into_footprint);
    Ok((footprints.collect(), narrow(all)))
}

fn narrow(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(0)
}

pub(in crate::store) fn unknown(code: Option<String>, sentence: Option<String>) -> Option<Unknown> {
    Some(Unknown {
        code: code?,
        sentence: sentence.unwrap_or_default(),
    })
}

#[derive(Debug, FromRow)]
struct StateRecord {
    last_at: Option<OffsetDateTime>,
    next_at: Option<OffsetDateTime>,
    watch: Option<String>,
    hopsworks_version: Option<String>,
    hopsworks_ms: Option<i32>,
    hopsworks_code: Option<String>,
    hopsworks_failure: Option<String>,
    kubernetes_version: Option<String>,
    kubernetes_ms: Option<i32>,
    kubernetes_code: Option<String>,
    kubernetes_failure: Option<String>,
    capacity_code: Option<String>,
    capacity_failure: Option<String>,
    server_certificate_until: Option<OffsetDateTime>,
    client_certificate_until: Option<OffsetDateTime>,
    known_at: Option<OffsetDateTime>,
    no_metrics: Option<String>,
    unread: Option<i32>,
    nodes: Option<i32>,
    nodes_ready: Option<i32>,
    nodes_cordoned: Option<i32>,
    pods: Option<i32>,
    pods_waiting: Option<i32>,
    pods_allocatable: Option<i64>,
    pods_free: Option<i64>,
    cpu_free: Option<i64>,
    memory_free: Option<i64>,
    gpu_free: Option<i64>,
    ephemeral_free: Option<i64>,
    cpu_capacity: Option<i64>,
    cpu_allocatable: Option<i64>,
    cpu_requested: Option<i64>,
    cpu_limits: Option<i64>,
    cpu_used: Option<i64>,
    memory_capacity: Option<i64>,
    memory_allocatable: Option<i64>,
    memory_requested: Option<i64>,
    memory_limits: Option<i64>,
    memory_used: Option<i64>,
    gpu_capacity: Option<i64>,
    gpu_allocatable: Option<i64>,
    gpu_requested: Option<i64>,
    ephemeral_capacity: Option<i64>,
    ephemeral_allocatable: Option<i64>,
    ephemeral_requested: Option<i64>,
    claims: Option<i32>,
    disk_requested: Option<i64>,
    disk_provisioned: Option<i64>,
}

impl StateRecord {
    fn into_state(self) -> ClusterState {
        let carried = self.carried();
        let last = self.last_at.map(|at| LastLook {
            at,
            hopsworks: SystemState {
                version: self.hopsworks_version,
                millis: self.hopsworks_ms.map(narrow),
                failure: unknown(self.hopsworks_code, self.hopsworks_failure),
            },
            kubernetes: SystemState {
                version: self.kubernetes_version,
                millis: self.kubernetes_ms.map(narrow),
                failure: unknown(self.kubernetes_code, self.kubernetes_failure),
            },
            capacity: unknown(self.capacity_code, self.capacity_failure),
        });
        ClusterState {
            last,
            carried,
            server_certificate_until: self.server_certificate_until,
            client_certificate_until: self.client_certificate_until,
            next_at: self.next_at,
            watch: self
                .watch
                .as_deref()
                .map(Watch::of_word)
                .unwrap_or_default(),
        }
    }

    fn carried(&self) -> Option<Carried> {
        let count = |count: Option<i32>| narrow(count.unwrap_or_default());
        Some(Carried {
            at: self.known_at?,
            no_metrics: self.no_metrics.as_deref().and_then(NoMetrics::of_word),
            unread: count(self.unread),
            nodes: count(self.nodes),
            nodes_ready: count(self.nodes_ready),
            nodes_cordoned: count(self.nodes_cordoned),
            pods_waiting: count(self.pods_waiting),
            pods: Figures {
                allocatable: self.pods_allocatable,
                free: self.pods_free,
                requested: self.pods.map(i64::from),
                ..Figures::default()
            },
            cpu: Figures {
                capacity: self.cpu_capacity,
                allocatable: self.cpu_allocatable,
                free: self.cpu_free,
                requested: self.cpu_requested,
                limits: self.cpu_limits,
                used: self.cpu_used,
            },
            memory: Figures {
                capacity: self.memory_capacity,
                allocatable: self.memory_allocatable,
                free: self.memory_free,
                requested: self.memory_requested,
                limits: self.memory_limits,
                used: self.memory_used,
            },
            gpu: Figures {
                capacity: self.gpu_capacity,
                allocatable: self.gpu_allocatable,
                free: self.gpu_free,
                requested: self.gpu_requested,
                ..Figures::default()
            },
            ephemeral: Figures {
                capacity: self.ephemeral_capacity,
                allocatable: self.ephemeral_allocatable,
                free: self.ephemeral_free,
                requested: self.ephemeral_requested,
                ..Figures::default()
            },
            claims: count(self.claims),
            disk_requested: self.disk_requested.unwrap_or_default(),
            disk_provisioned: self.disk_provisioned.unwrap_or_default(),
        })
    }
}

#[derive(Debug, FromRow)]
struct NodeRecord {
    name: String,
    taken_at: OffsetDateTime,
    is_ready: Option<bool>,
    reason: Option<String>,
    is_cordoned: bool,
    taints: Vec<String>,
    pressures: Vec<String>,
    machine: Option<String>,
    kubelet: Option<String>,
    pods: i32,
    pods_allocatable: Option<i64>,
    cpu_capacity: Option<i64>,
    cpu_allocatable: Option<i64>,
    cpu_requested: i64,
    cpu_limits: i64,
    cpu_used: Option<i64>,
    memory_capacity: Option<i64>,
    memory_allocatable: Option<i64>,
    memory_requested: i64,
    memory_limits: i64,
    memory_used: Option<i64>,
    gpu_capacity: i64,
    gpu_allocatable: i64,
    gpu_requested: i64,
    matching_rows: i64,
}

impl NodeRecord {
    fn into_node(self) -> SeenNode {
        SeenNode {
            name: self.name,
            is_ready: self.is_ready,
            reason: self.reason,
            is_cordoned: self.is_cordoned,
            taints: self.taints,
            pressures: self.pressures,
            machine: self.machine,
            kubelet: self.kubelet,
            pods: Figures {
                allocatable: self.pods_allocatable,
                requested: Some(i64::from(self.pods)),
                ..Figures::default()
            },
            cpu: Figures {
                capacity: self.cpu_capacity,
                allocatable: self.cpu_allocatable,
                free: None,
                requested: Some(self.cpu_requested),
                limits: Some(self.cpu_limits),
                used: self.cpu_used,
            },
            memory: Figures {
                capacity: self.memory_capacity,
                allocatable: self.memory_allocatable,
                free: None,
                requested: Some(self.memory_requested),
                limits: Some(self.memory_limits),
                used: self.memory_used,
            },
            gpu: Figures {
                capacity: Some(self.gpu_capacity),
                allocatable: Some(self.gpu_allocatable),
                requested: Some(self.gpu_requested),
                ..Figures::default()
            },
        }
    }
}

/// What namespaces together hold.
#[derive(Debug, FromRow)]
struct HeldRecord {
    taken_at: OffsetDateTime,
    pods: i64,
    waiting: i64,
    cpu: i64,
    cpu_used: Option<i64>,
    memory: i64,
    memory_used: Option<i64>,
    gpu: i64,
    disk: i64,
    cost: Option<Decimal>,
}

impl HeldRecord {
    fn of(self, whose: Whose, namespaces: u32, names: Vec<String>) -> Holding {
        Holding {
            whose,
            namespaces,
            names,
            pods: narrow(self.pods),
            waiting: narrow(self.waiting),
            cpu: self.cpu,
            cpu_used: self.cpu_used,
            memory: self.memory,
            memory_used: self.memory_used,
            gpu: self.gpu,
            disk: self.disk,
            cost: self.cost,
        }
    }
}

#[derive(Debug, FromRow)]
struct HoldingRecord {
    whose: String,
    payer: Option<String>,
    gone: Option<String>,
    namespaces: i64,
    names: Vec<String>,
    #[sqlx(flatten)]
    held: HeldRecord,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    matching_rows: i64,
    stray_namespaces: i64,
    stray_cpu: i64,
}

impl HoldingRecord {
    fn into_holding(self) -> Holding {
        let whose = match (self.whose.as_str(), self.payer, self.gone) {
            (_, Some(payer), _) => Whose::Account(person(
                &payer,
                self.name,
                self.email,
                self.status.as_deref(),
            )),
            (_, None, Some(gone)) => Whose::Gone(gone),
            ("cluster", None, None) => Whose::Cluster,
            _ => Whose::Nobody,
        };
        self.held.of(whose, narrow(self.namespaces), self.names)
    }
}

#[derive(Debug, FromRow)]
struct FootprintRecord {
    cluster_id: String,
    cluster_name: Option<String>,
    project_name: Option<String>,
    namespace: String,
    all_of_them: i64,
    #[sqlx(flatten)]
    held: HeldRecord,
}

impl FootprintRecord {
    fn into_footprint(self) -> Footprint {
        Footprint {
            at: self.held.taken_at,
            cluster_id: self.cluster_id,
            cluster_name: self.cluster_name,
            project: self.project_name,
            holding: self.held.of(Whose::Nobody, 1, vec![self.namespace]),
        }
    }
}
