//! What a cluster's systems list, read less often than a snapshot is taken: users and projects of its Hopsworks, and
//! what its OpenCost says that namespaces cost.

use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};

use crate::domain::capacity::snapshot::Unknown;
use crate::domain::hopsworks::HopsworksUser;

/// The hours that costs are asked for, whole ones: the last that are over.
const COSTS_OF: Duration = Duration::hours(24);

/// A list as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What could.
    pub read: Vec<T>,
    /// How many could not.
    pub unread: u32,
}

/// A user on a cluster's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// Who it is.
    pub user: HopsworksUser,
    /// Projects of theirs; none where this version does not tell.
    pub projects: Option<u32>,
    /// An administrator's or a program's account, and no customer's.
    pub of_service: bool,
}

/// Used of a quota, in whole units; below 0 a quota is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// What is used; none where it is not told.
    pub used: Option<i64>,
    /// What may be used; none where it is not told.
    pub quota: Option<i64>,
}

/// A project on a cluster's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProject {
    /// Its number on this cluster.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its namespace; older versions do not tell.
    pub namespace: Option<String>,
    /// The address, or the login, of whoever made it.
    pub creator: Option<String>,
    /// When.
    pub created_at: Option<OffsetDateTime>,
    /// Bytes in `HopsFS`.
    pub files: Quota,
    /// Bytes in Hive.
    pub warehouse: Quota,
    /// Bytes in the feature store.
    pub features: Quota,
    /// Seconds of processors, of the quota of jobs.
    pub compute: Quota,
    /// Topics of Kafka.
    pub topics: Quota,
}

/// Hours, one after the other: from, and until before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first moment.
    pub from: OffsetDateTime,
    /// The first that is not among them.
    pub until: OffsetDateTime,
}

impl Hours {
    /// The day's worth of whole hours that were over at that moment.
    #[must_use]
    pub fn before(now: OffsetDateTime) -> Self {
        let second = now.unix_timestamp().div_euclid(3_600) * 3_600;
        let until = OffsetDateTime::from_unix_timestamp(second).unwrap_or(now);
        Self {
            from: until - COSTS_OF,
            until,
        }
    }
}

/// What a namespace cost. `None`: OpenCost did not say, or said less than nothing, as it does of what Prometheus does
/// not measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceCost {
    /// Which.
    pub namespace: String,
    /// In the currency OpenCost reckons in.
    pub cost: Option<Decimal>,
    /// Hours of cores.
    pub cpu_hours: Option<Decimal>,
    /// Hours of devices.
    pub gpu_hours: Option<Decimal>,
    /// Hours of GiB of memory.
    pub memory_gib_hours: Option<Decimal>,
}

/// What a cluster cost, by its OpenCost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costs {
    /// Of these hours.
    pub hours: Hours,
    /// Namespaces.
    pub namespaces: Vec<NamespaceCost>,
    /// All of it, idle and what belongs to no namespace included; none where nothing was told.
    pub total: Option<Decimal>,
    /// What nobody asked for or used; none where it does not say.
    pub idle: Option<Decimal>,
    /// Namespaces and others without a cost that could be read: they are not in the total.
    pub unread: u32,
}

/// What is read beside a snapshot. Each fails by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// Users of its Hopsworks.
    pub users: Result<Listed<ListedUser>, Unknown>,
    /// Projects there.
    pub projects: Result<Listed<ListedProject>, Unknown>,
    /// Costs.
    pub costs: Result<Costs, Unknown>,
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn costs_are_asked_for_whole_hours_that_are_over() {
        let hours = Hours::before(datetime!(2026-11-20 14:59:59.9 +2));
        assert_eq!(hours.until, datetime!(2026-11-20 12:00 UTC));
        assert_eq!(hours.from, datetime!(2026-11-19 12:00 UTC));
        let just = datetime!(2026-11-20 12:00 UTC);
        assert_eq!(Hours::before(just).until, just, "an hour ends with its end");
    }
}
