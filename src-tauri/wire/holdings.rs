//! Who holds what on a cluster, in figures as they are shown.

use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::capacity::recorded::{self, Footprint, Whose};
use crate::domain::money::count_shown;
use crate::wire::amounts::{bytes, cores, count_of, whole};
use crate::wire::capacity::STALE;
use crate::wire::time::rfc3339;
use crate::wire::user::PersonRef;

/// Who holds what on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HoldingsShown {
    /// Null: it is not known.
    pub at: Option<String>,
    pub rows: Vec<HoldingRow>,
    pub count: String,
    /// A sentence on namespaces that no project accounts for; null when there are none.
    pub unmapped: Option<String>,
}

/// What somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HoldingRow {
    pub key: String,
    pub whose: HoldingOf,
    /// The account that pays; null where it is none's.
    pub account: Option<PersonRef>,
    /// Names of namespaces, the first few.
    pub names: Vec<String>,
    /// `"4 namespaces"`.
    pub namespaces: String,
    pub pods: String,
    pub waiting: Option<String>,
    pub cpu: String,
    pub cpu_used: Option<String>,
    pub memory: String,
    pub memory_used: Option<String>,
    pub gpu: String,
    pub disk: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum HoldingOf {
    Account,
    /// A user's who is not on record any more.
    Gone,
    /// The cluster's own.
    Cluster,
    /// No project has this namespace.
    Nobody,
}

/// What the projects of a user hold at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserFootprint {
    pub rows: Vec<FootprintRow>,
    /// All of them together; null when there is at most one.
    pub total: Option<HoldingRow>,
}

/// What a project holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FootprintRow {
    pub cluster_id: String,
    pub cluster_name: Option<String>,
    pub project: Option<String>,
    #[serde(flatten)]
    pub holding: HoldingRow,
    pub at: String,
    pub stale: bool,
}

impl HoldingsShown {
    /// Holdings as read.
    #[must_use]
    pub fn new(holdings: recorded::Holdings) -> Self {
        let strays = holdings.strays;
        let unmapped = (strays.namespaces > 0).then(|| {
            format!(
                "{} to no project on record here and {} {} {}.",
                count_of(
                    strays.namespaces.into(),
                    "namespace belongs",
                    "namespaces belong"
                ),
                if strays.namespaces == 1 {
                    "holds"
                } else {
                    "hold"
                },
                cores(strays.cpu),
                if strays.cpu == 1_000 { "core" } else { "cores" }
            )
        });
        let all = u64::from(holdings.count);
        let shown = holdings.rows.len() as u64;
        Self {
            at: holdings.at.map(rfc3339),
            count: if all > shown {
                format!("the first {shown} of {}", count_shown(all))
            } else {
                String::new()
            },
            unmapped,
            rows: holdings.rows.into_iter().map(HoldingRow::new).collect(),
        }
    }
}

impl HoldingRow {
    fn new(holding: recorded::Holding) -> Self {
        let (whose, account, key) = match holding.whose {
            Whose::Account(person) => {
                let key = person.id.to_string();
                (HoldingOf::Account, Some(person.into()), key)
            }
            Whose::Gone(id) => (HoldingOf::Gone, None, id),
            Whose::Cluster => (HoldingOf::Cluster, None, "cluster".to_owned()),
            Whose::Nobody => {
                let name = holding.names.first().cloned();
                (
                    HoldingOf::Nobody,
                    None,
                    format!("nobody {}", name.unwrap_or_default()),
                )
            }
        };
        Self {
            key,
            whose,
            account,
            namespaces: count_of(holding.namespaces.into(), "namespace", "namespaces"),
            names: holding.names,
            pods: count_shown(holding.pods.into()),
            waiting: (holding.waiting > 0)
                .then(|| count_of(holding.waiting.into(), "more waits", "more wait")),
            cpu: cores(holding.cpu),
            cpu_used: holding.cpu_used.map(cores),
            memory: bytes(holding.memory),
            memory_used: holding.memory_used.map(bytes),
            gpu: whole(holding.gpu),
            disk: bytes(holding.disk),
        }
    }
}

impl UserFootprint {
    /// What is on record, at that moment.
    #[must_use]
    pub fn new(rows: Vec<Footprint>, now: OffsetDateTime) -> Self {
        let total = (rows.len() > 1).then(|| HoldingRow::new(together(&rows)));
        Self {
            rows: rows
                .into_iter()
                .map(|row| FootprintRow {
                    cluster_id: row.cluster_id,
                    cluster_name: row.cluster_name,
                    project: row.project,
                    holding: HoldingRow::new(row.holding),
                    at: rfc3339(row.at),
                    stale: now - row.at > STALE,
                })
                .collect(),
            total,
        }
    }
}

/// Use is known when it is known of every part that runs.
fn together(rows: &[Footprint]) -> recorded::Holding {
    let all = || rows.iter().map(|row| &row.holding);
    let used = |of: fn(&recorded::Holding) -> Option<i64>| {
        all()
            .filter(|holding| holding.pods > 0)
            .map(of)
            .sum::<Option<i64>>()
    };
    recorded::Holding {
        whose: Whose::Nobody,
        namespaces: all().map(|holding| holding.namespaces).sum(),
        names: Vec::new(),
        pods: all().map(|holding| holding.pods).sum(),
        waiting: all().map(|holding| holding.waiting).sum(),
        cpu: all().map(|holding| holding.cpu).sum(),
        cpu_used: used(|holding| holding.cpu_used),
        memory: all().map(|holding| holding.memory).sum(),
        memory_used: used(|holding| holding.memory_used),
        gpu: all().map(|holding| holding.gpu).sum(),
        disk: all().map(|holding| holding.disk).sum(),
    }
}
