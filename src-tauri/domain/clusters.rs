//! Clusters: seats and what became of them, what each carries, and who is on it.

use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};

use crate::domain::browse::Cursor;
use crate::domain::capacity::outlook::Kept;
use crate::domain::capacity::recorded::Glance;
use crate::domain::directory::Person;
use crate::domain::edge::Edge;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::overview::Fill;
use crate::domain::work::Project;

/// The authority that signed a cluster's certificate, where no public one did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterAuthority {
    /// Its certificate, PEM: a public key, no secret.
    pub pem: String,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: OffsetDateTime,
}

/// Seats of a cluster by three counts that should agree and do not always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seats {
    /// The limit.
    pub limit: Option<u32>,
    /// The service's own counter, which drifts.
    pub recorded: Option<u32>,
    /// Counted from the assignments; `None` while nobody has counted, or nothing is recorded.
    pub assigned: Option<u32>,
}

impl Seats {
    /// Whole percent of the limit, rounded down so that 100 means full.
    #[must_use]
    pub fn percent(self) -> Option<u32> {
        let limit = self.limit.filter(|limit| *limit > 0)?;
        let percent = u64::from(self.assigned?) * 100 / u64::from(limit);
        Some(u32::try_from(percent).unwrap_or(u32::MAX))
    }

    /// Seats left; 0 when over the limit.
    #[must_use]
    pub fn left(self) -> Option<u32> {
        Some(self.limit?.saturating_sub(self.assigned?))
    }

    /// How full it is.
    #[must_use]
    pub fn fill(self) -> Fill {
        match self.percent() {
            Some(90..) => Fill::NearlyFull,
            Some(75..) => Fill::Filling,
            _ => Fill::Room,
        }
    }

    /// By how much the counter is wrong: more than 0 when it counts people who are not there.
    #[must_use]
    pub fn drift(self) -> Option<i64> {
        Some(i64::from(self.recorded?) - i64::from(self.assigned?))
    }
}

/// The states a cluster can be in, with the two that only we see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterStatus {
    /// Takes new users.
    Active,
    /// Active without room, set by hand.
    Full,
    /// Being worked on.
    Maintenance,
    /// Out of use.
    Inactive,
    /// A word this program does not know.
    Other,
    /// Named by assignments or usage, but in no table of clusters.
    Missing,
}

impl ClusterStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::Full,
        Self::Maintenance,
        Self::Inactive,
        Self::Other,
        Self::Missing,
    ];

    /// The word in the database, or ours.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Full => "full",
            Self::Maintenance => "maintenance",
            Self::Inactive => "inactive",
            Self::Other => "other",
            Self::Missing => "missing",
        }
    }

    /// Reads the word. A cluster without one counts as active: the service places people on it.
    #[must_use]
    pub fn read(known: bool, word: Option<&str>) -> Self {
        match word {
            _ if !known => Self::Missing,
            None | Some("active") => Self::Active,
            Some("full") => Self::Full,
            Some("maintenance") => Self::Maintenance,
            Some("inactive") => Self::Inactive,
            Some(_) => Self::Other,
        }
    }
}

/// What a cluster carried over some days; `None` where nothing of the kind is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// USD.
    pub cost: Option<Decimal>,
    /// CPU hours.
    pub cpu_hours: Option<Decimal>,
    /// GPU hours.
    pub gpu_hours: Option<Decimal>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRow {
    /// Which.
    pub id: ClusterId,
    /// `None` for one that is in no table, or has none.
    pub name: Option<String>,
    /// Where it is.
    pub region: Option<String>,
    /// Its state.
    pub status: ClusterStatus,
    /// The state as the database words it.
    pub status_word: Option<String>,
    /// Its seats.
    pub seats: Seats,
    /// Seats given in the last 30 days.
    pub assigned_lately: Option<u32>,
    /// When the last one was given.
    pub last_assigned_at: Option<OffsetDateTime>,
    /// How many people used it on the last day it was used, and which day that was.
    pub used: Option<(u32, Date)>,
    /// What the last looks at it said.
    pub glance: Glance,
    /// Findings that keep people from working, and others; none: it is not known, or was not asked for here.
    pub found: Option<(u32, u32)>,
    /// When it runs out of what, as kept with its last snapshot; none: nothing was kept, or it was not asked for here.
    pub forecasts: Option<Kept>,
    /// This month so far.
    pub month: Carried,
    /// The month before, whole.
    pub month_before: Carried,
}

/// Which clusters; empty lists and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClustersFilter {
    /// A fragment of name or region, or a whole id.
    pub text: Option<String>,
    /// Any of these.
    pub statuses: Vec<ClusterStatus>,
    /// A fragment of the region.
    pub region: Option<String>,
    /// With seats left, or without any.
    pub has_room: Option<bool>,
    /// Whether the service's own counter differs from the seats given.
    pub drifted: Option<bool>,
    /// With so many seats given or more.
    pub assigned_least: Option<u32>,
    /// With so many seats given or fewer.
    pub assigned_most: Option<u32>,
    /// With so many whole percent of the seats given, or more.
    pub fill_least: Option<u32>,
    /// With so many whole percent of the seats given, or fewer.
    pub fill_most: Option<u32>,
    /// Which cost more than this in the month so far, USD.
    pub cost_over: Option<Edge>,
    /// Which cost less than this in the month so far, USD.
    pub cost_under: Option<Edge>,
}

/// The column the list is sorted by; the id breaks ties. Clusters without a value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClustersSort {
    /// Name; clusters without one by their id.
    Name,
    /// Region.
    Region,
    /// Share of the limit that is assigned.
    Fill,
    /// Seats assigned.
    Assigned,
    /// By how much the counter is wrong, whichever way.
    Drift,
    /// People on the last day of use.
    People,
    /// What runs out first.
    RunsOut,
    /// Cost of this month.
    MonthCost,
    /// Cost of the month before.
    MonthBeforeCost,
    /// Seats given in the last 30 days.
    AssignedLately,
}

/// One page, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClustersQuery {
    /// Which clusters.
    pub filter: ClustersFilter,
    /// By which column.
    pub sort: ClustersSort,
    /// Largest first.
    pub descending: bool,
    /// After which row.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// One cluster's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDetail {
    /// What the list shows too.
    pub row: ClusterRow,
    /// Where its API answers; as recorded, not judged fit to open.
    pub api_url: Option<String>,
    /// Put on record.
    pub created_at: Option<OffsetDateTime>,
    /// Changed last.
    pub updated_at: Option<OffsetDateTime>,
    /// As of when seats and usage were counted; `None` while they were not.
    pub as_of: Option<OffsetDateTime>,
}

/// Somebody on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// Whom the seat is given to.
    pub user_id: UserId,
    /// `None` when there is no such user any more.
    pub person: Option<Person>,
    /// What their team goes by; `None` for somebody without one.
    pub team: Option<String>,
    /// When the seat was given.
    pub assigned_at: Option<OffsetDateTime>,
    /// `system`, `admin`, `team_member_auto`.
    pub assigned_by: Option<String>,
    /// The user's name on the cluster.
    pub hopsworks_username: Option<String>,
    /// Cost of the month so far in USD, wherever it was used; `None` where none is recorded.
    pub month_cost: Option<Decimal>,
    /// Other clusters this person has a seat on, by name; `None` when this is the only one.
    pub also_on: Option<String>,
}

/// What is wrong with a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeatFinding {
    /// The same person has a seat on another cluster too.
    TwoClusters,
    /// Whoever it was given to is deleted, or was never there.
    Nobody,
    /// There is no Hopsworks user behind it.
    NoHopsworksUser,
    /// Nothing was used this month or the month before.
    Idle,
}

impl SeatFinding {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [
        Self::TwoClusters,
        Self::Nobody,
        Self::NoHopsworksUser,
        Self::Idle,
    ];

    /// The word the statements use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TwoClusters => "two_clusters",
            Self::Nobody => "nobody",
            Self::NoHopsworksUser => "no_hopsworks_user",
            Self::Idle => "idle",
        }
    }
}

/// How the people of a cluster are sorted; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatedSort {
    /// When the seat was given.
    Assigned,
    /// Name.
    Name,
    /// Cost of the month so far.
    MonthCost,
}

/// One page of the people of a cluster, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatedQuery {
    /// Of which cluster.
    pub cluster: ClusterId,
    /// A fragment of name or e-mail, or a whole id.
    pub text: Option<String>,
    /// Only seats with this wrong.
    pub finding: Option<SeatFinding>,
    /// By which column.
    pub sort: SeatedSort,
    /// Largest first.
    pub descending: bool,
    /// After which row.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// What is wrong on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterFindings {
    /// Whether seats were ever counted: otherwise nothing of this is known.
    pub is_counted: bool,
    /// Seats by what is wrong with them.
    pub seats: Vec<(SeatFinding, u32)>,
    /// How many people used it on the last day that was counted without having a seat there.
    pub without_seat: u32,
    /// That day; `None` when nothing was counted.
    pub day: Option<Date>,
    /// The first few of them.
    pub strangers: Vec<(UserId, Option<String>)>,
}

/// Findings of a kind beyond this many are not counted one by one: they are "over 1,000".
pub const MOST_COUNTED: u32 = 1_000;

/// A project on a cluster, and who pays for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterProject {
    /// Which.
    pub project: Project,
    /// Whose.
    pub owner_id: Option<String>,
    /// `None` when there is no such user any more.
    pub owner: Option<Person>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seats(limit: u32, recorded: u32, assigned: u32) -> Seats {
        Seats {
            limit: Some(limit),
            recorded: Some(recorded),
            assigned: Some(assigned),
        }
    }

    #[test]
    fn drift_has_the_sign_of_the_counter() {
        assert_eq!(seats(100, 52, 49).drift(), Some(3));
        assert_eq!(seats(100, 40, 49).drift(), Some(-9));
        assert_eq!(seats(100, 49, 49).drift(), Some(0));
        let unknown = Seats {
            recorded: None,
            ..seats(1, 1, 1)
        };
        assert_eq!(
            unknown.drift(),
            None,
            "what is not recorded has not drifted"
        );
    }

    #[test]
    fn a_cluster_that_nobody_counted_is_not_empty() {
        let uncounted = Seats {
            assigned: None,
            ..seats(100, 52, 0)
        };
        assert_eq!((uncounted.percent(), uncounted.left()), (None, None));
    }

    #[test]
    fn a_status_is_read_as_it_is_meant() {
        assert_eq!(ClusterStatus::read(true, None), ClusterStatus::Active);
        assert_eq!(
            ClusterStatus::read(true, Some("draining")),
            ClusterStatus::Other
        );
        assert_eq!(
            ClusterStatus::read(false, Some("active")),
            ClusterStatus::Missing
        );
    }

    proptest! {
        #[test]
        fn a_hundred_percent_means_full_and_less_means_room(limit in 1_u32..5000, assigned in 0_u32..10_000) {
            let seats = seats(limit, 0, assigned);
            let percent = seats.percent().expect("a limit");
            prop_assert_eq!(percent >= 100, assigned >= limit);
            prop_assert_eq!(seats.left() == Some(0), assigned >= limit);
        }
    }
}
