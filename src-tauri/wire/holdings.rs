//! Who holds what on a cluster, in figures as they are shown.

use rust_decimal::Decimal;
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};
use ts_rs::TS;

use crate::domain::capacity::recorded::{self, CostsKnown, Footprint, Whose};
use crate::domain::money::{self, count_shown};
use crate::wire::amounts::{bytes, cores, count_of, whole};
use crate::wire::capacity::STALE;
use crate::wire::money::Money;
use crate::wire::time::{day_shown, rfc3339};
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
    /// Whose estimate costs are, of which hours, and what shares are of; or why there are none.
    pub costs: String,
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
    /// As estimated by OpenCost; null where that is not known of all that runs.
    pub cost: Option<Money>,
    /// `"12 %"`: of what the whole cluster cost in the same hours.
    pub cost_share: Option<String>,
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
    /// The listed together; null when there is at most one.
    pub total: Option<HoldingRow>,
    /// How many more there are than are listed.
    pub unlisted: u32,
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
    pub fn new(holdings: recorded::Holdings, now: OffsetDateTime) -> Self {
        let costs = costs_of(holdings.costs.as_ref(), now);
        let total = holdings.costs.as_ref().and_then(|costs| costs.of);
        let total = total.map(|(_, total)| total);
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
            costs,
            rows: holdings
                .rows
                .into_iter()
                .map(|holding| HoldingRow::new(holding, total))
                .collect(),
        }
    }
}

impl HoldingRow {
    fn new(holding: recorded::Holding, total: Option<Decimal>) -> Self {
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
            cost: holding.cost.map(Money::usd),
            cost_share: share(holding.cost, total),
        }
    }
}

impl UserFootprint {
    /// What is on record, at that moment.
    #[must_use]
    pub fn new(rows: Vec<Footprint>, all: u32, now: OffsetDateTime) -> Self {
        let listed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let total = (rows.len() > 1).then(|| HoldingRow::new(together(&rows), None));
        Self {
            rows: rows
                .into_iter()
                .map(|row| FootprintRow {
                    cluster_id: row.cluster_id,
                    cluster_name: row.cluster_name,
                    project: row.project,
                    holding: HoldingRow::new(row.holding, None),
                    at: rfc3339(row.at),
                    stale: now - row.at > STALE,
                })
                .collect(),
            total,
            unlisted: all.saturating_sub(listed),
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
        cost: all()
            .filter(|holding| holding.pods > 0)
            .map(|holding| holding.cost)
            .sum::<Option<Decimal>>(),
    }
}

/// Whole percent, rounded.
fn share(part: Option<Decimal>, total: Option<Decimal>) -> Option<String> {
    let percent = part?
        .checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(total?)?
        .round();
    Some(format!("{percent} %"))
}

fn costs_of(costs: Option<&CostsKnown>, now: OffsetDateTime) -> String {
    let Some(costs) = costs else {
        return "What namespaces cost is not known: OpenCost was not asked yet.".to_owned();
    };
    let failure = costs
        .failure
        .as_ref()
        .map(|unknown| unknown.sentence.as_str());
    let Some((hours, total)) = costs.of else {
        return failure.map_or_else(
            || "OpenCost says nothing of what namespaces cost.".to_owned(),
            str::to_owned,
        );
    };
    let usd = money::Money::usd;
    let idle = costs.idle.map_or_else(
        || "what of that was idle it does not say".to_owned(),
        |idle| format!("{} of that was idle", usd(idle)),
    );
    let until = hours.until.to_offset(UtcOffset::UTC);
    let mut told = format!(
        "Estimated by OpenCost, of the {} hours until {:02}:00 UTC on {}. Shares are of {}, all that the cluster cost in that time; {idle}.",
        (hours.until - hours.from).whole_hours(),
        until.hour(),
        day_shown(until.date(), now.date()),
        usd(total),
    );
    if costs.unread > 0 {
        let unread = count_of(costs.unread.into(), "namespace", "namespaces");
        let are = if costs.unread == 1 { "is" } else { "are" };
        told.extend([
            " It has no figure for ",
            &unread,
            ", which ",
            are,
            " not in these.",
        ]);
    }
    if let Some(failure) = failure {
        told.push_str(" It was not read again since: ");
        told.push_str(failure);
    }
    told
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;
    use crate::domain::capacity::readings::Hours;
    use crate::domain::capacity::snapshot::Unknown;

    const NOW: OffsetDateTime = datetime!(2026-11-20 12:34 UTC);

    #[test]
    fn an_estimate_says_whose_it_is_of_when_and_of_what() {
        let known = CostsKnown {
            of: Some((Hours::before(NOW), dec!(120))),
            idle: Some(dec!(48.5)),
            unread: 2,
            failure: None,
        };
        assert_eq!(
            costs_of(Some(&known), NOW),
            "Estimated by OpenCost, of the 24 hours until 12:00 UTC on 20 Nov. Shares are of $120.00, all that the cluster cost in that time; $48.50 of that was idle. It has no figure for 2 namespaces, which are not in these."
        );
        assert_eq!(
            share(Some(dec!(12.4)), Some(dec!(120))).as_deref(),
            Some("10 %")
        );
        assert_eq!(share(None, Some(dec!(120))), None);
        assert_eq!(share(Some(dec!(1)), Some(dec!(0))), None);
    }

    #[test]
    fn a_cluster_without_opencost_says_so() {
        let absent = CostsKnown {
            of: None,
            idle: None,
            unread: 0,
            failure: Some(Unknown {
                code: "absent".to_owned(),
                sentence: "This cluster has no OpenCost.".to_owned(),
            }),
        };
        assert_eq!(
            costs_of(Some(&absent), NOW),
            "This cluster has no OpenCost."
        );
        assert!(costs_of(None, NOW).contains("not asked yet"));
    }
}
