//! The service at a glance: key figures, clusters by fill, and what wants attention.

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};

use crate::domain::alerts::Alert;
use crate::domain::browse::Concern;
use crate::domain::capacity::outlook::{Kept, Outlook};
use crate::domain::capacity::recorded::Limited;
use crate::domain::cluster_findings::{Basis, Ending};
use crate::domain::ids::{ClusterId, UserId};

/// The key figures. `None` where the database records nothing of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Account owners that are not deleted.
    pub accounts: u32,
    /// Of these, registered this month.
    pub accounts_new: u32,
    /// Users that are not deleted.
    pub users: u32,
    /// Of these, with usage or a login in the last 30 days.
    pub active: u32,
    /// This month so far, and the same days of last month.
    pub cost: Compared,
    /// CPU hours.
    pub cpu_hours: Compared,
    /// GPU hours.
    pub gpu_hours: Compared,
}

/// What customers have left and what they owe. `None` where the database records nothing of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outstanding {
    /// Sum of the balances of prepaid accounts in USD, and how many run out within a week.
    pub credits: Option<(Decimal, u32)>,
    /// Open invoices.
    pub invoices: Option<OpenInvoices>,
}

/// A sum of this month beside the same days of last month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compared {
    /// This month so far.
    pub now: Option<Decimal>,
    /// The same days of the month before.
    pub before: Option<Decimal>,
}

impl Compared {
    /// Change in percent; `None` when there is nothing to compare with.
    #[must_use]
    pub fn percent(self) -> Option<Decimal> {
        let (now, before) = (self.now?, self.before.filter(|before| !before.is_zero())?);
        now.checked_sub(before)?
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(before)
    }
}

/// Invoices that wait for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInvoices {
    /// What they come to, in USD.
    pub amount: Decimal,
    /// How many are past their due date or failed.
    pub overdue: u32,
    /// What those come to, in USD.
    pub overdue_amount: Decimal,
    /// Days since the one that is due longest was due, by the calendar of the fiscal time zone; `None` where none has a
    /// due date, or nobody named the zone.
    pub oldest_days: Option<i64>,
}

/// A cluster by its seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterFill {
    /// Which.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: Option<String>,
    /// `active`, `inactive`, `maintenance`, `full`.
    pub status: String,
    /// The limit.
    pub seats_limit: Option<u32>,
    /// Counted from assignments.
    pub seats_assigned: u32,
    /// The cluster's own counter, which drifts.
    pub seats_recorded: Option<u32>,
    /// Given in the last 30 days.
    pub assigned_lately: u32,
}

/// How full a cluster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Under three quarters, or without a limit.
    Room,
    /// Three quarters or more.
    Filling,
    /// Nine tenths or more.
    NearlyFull,
}

impl ClusterFill {
    /// Whole percent of the limit, rounded down so that 100 means full.
    #[must_use]
    pub fn percent(&self) -> Option<u32> {
        let limit = self.seats_limit.filter(|limit| *limit > 0)?;
        Some(
            u32::try_from(u64::from(self.seats_assigned) * 100 / u64::from(limit))
                .unwrap_or(u32::MAX),
        )
    }

    /// Seats left; 0 when over the limit.
    #[must_use]
    pub fn left(&self) -> Option<u32> {
        self.seats_limit
            .map(|limit| limit.saturating_sub(self.seats_assigned))
    }

    /// How full it is.
    #[must_use]
    pub fn fill(&self) -> Fill {
        match self.percent() {
            Some(90..) => Fill::NearlyFull,
            Some(75..) => Fill::Filling,
            _ => Fill::Room,
        }
    }

    /// When the last seat goes at the pace of the last 30 days.
    #[must_use]
    pub fn full_on(&self, today: Date) -> Option<Date> {
        let left = self.left()?;
        if self.assigned_lately == 0 || left == 0 {
            return None;
        }
        let days = u64::from(left) * 30 / u64::from(self.assigned_lately);
        today.checked_add(Duration::days(
            i64::try_from(days).ok().filter(|days| *days <= 365)?,
        ))
    }

    /// Whether the counter disagrees with the assignments.
    #[must_use]
    pub fn has_drifted(&self) -> bool {
        self.seats_recorded
            .is_some_and(|recorded| recorded != self.seats_assigned)
    }
}

/// How a cluster was seen last, and what was found wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterWatch {
    /// Which.
    pub id: ClusterId,
    /// What it is called.
    pub name: String,
    /// When somebody looked last; none: nobody has.
    pub looked_at: Option<OffsetDateTime>,
    /// Why it did not tell then what it carries.
    pub capacity_code: Option<String>,
    /// Why its Hopsworks did not answer then.
    pub hopsworks_code: Option<String>,
    /// When it last told what it carries.
    pub seen_at: Option<OffsetDateTime>,
    /// Findings that keep people from working.
    pub grave: u32,
    /// Other findings; certificates are apart.
    pub others: u32,
    /// The certificate that ends first, and when, where that is soon.
    pub ending: Option<(Ending, OffsetDateTime)>,
    /// New users are placed there.
    pub takes_people: bool,
    /// When it runs out of what, as kept with its last snapshot.
    pub forecasts: Option<Kept>,
}

impl ClusterWatch {
    /// Whether it was asked what it carries and did not say. One without a kubeconfig was never asked.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.capacity_code
            .as_deref()
            .is_some_and(|code| code != "no_kubeconfig")
    }

    /// What is full there or ends soon, the nearest first. Seats of a cluster that takes nobody are nobody's trouble.
    #[must_use]
    pub fn running_out(&self, now: OffsetDateTime) -> Vec<Outlook> {
        let mut ends = self
            .forecasts
            .as_ref()
            .map_or_else(Vec::new, |kept| kept.soon(now));
        ends.retain(|end| self.takes_people || !end.is_of(Limited::Seats));
        ends
    }
}

/// When somebody last looked at any of these; none while that is not long ago, or nobody ever has: then nobody means to.
#[must_use]
pub fn unwatched_since(clusters: &[ClusterWatch], now: OffsetDateTime) -> Option<OffsetDateTime> {
    let last = clusters
        .iter()
        .filter_map(|cluster| cluster.looked_at)
        .max()?;
    (now - last > Basis::Snapshot.holds_for()).then_some(last)
}

/// Something somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attention {
    /// A registration whose e-mail belongs to another account.
    RegistrationConflict {
        /// How many wait.
        count: u32,
        /// The account that holds the e-mail, of the oldest.
        existing: Option<UserId>,
    },
    /// Events that were given up.
    DeadEvents {
        /// How many.
        count: u32,
    },
    /// Something is wrong with the service's own machinery.
    Alert(Box<Alert>),
    /// A cluster with few seats left.
    ClusterFull(ClusterFill),
    /// Nobody looks at clusters any more.
    ClustersUnwatched {
        /// Since when.
        since: OffsetDateTime,
    },
    /// A cluster that does not tell how it is.
    ClusterUnseen(ClusterWatch),
    /// A cluster whose Hopsworks does not answer.
    HopsworksAway(ClusterWatch),
    /// A certificate that ends soon.
    CertificateEnding(ClusterWatch, Ending, OffsetDateTime),
    /// Things were found wrong on a cluster.
    ClusterFindings(ClusterWatch),
    /// A cluster that is out of something, or will be soon: the nearest.
    ClusterRunsOut(ClusterWatch, Outlook),
    /// People wait for a seat.
    Waiting {
        /// How many.
        count: u32,
    },
    /// A cluster whose counter is wrong.
    ClusterDrift(ClusterFill),
    /// Invoices past their due date or failed.
    InvoicesOverdue {
        /// How many.
        count: u32,
        /// What they come to, in USD.
        amount: Decimal,
    },
    /// People who share a trouble.
    People {
        /// Which trouble.
        concern: Concern,
        /// How many people (for invites: how many invites).
        count: u32,
    },
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    fn cluster(limit: Option<u32>, assigned: u32, lately: u32) -> ClusterFill {
        ClusterFill {
            id: ClusterId::parse("c1").expect("an id"),
            name: "eu-west-1".to_owned(),
            region: None,
            status: "active".to_owned(),
            seats_limit: limit,
            seats_assigned: assigned,
            seats_recorded: Some(assigned),
            assigned_lately: lately,
        }
    }

    #[test]
    fn a_cluster_fills_at_the_pace_of_the_last_month() {
        let full = cluster(Some(100), 97, 13);
        assert_eq!(
            (full.percent(), full.left(), full.fill()),
            (Some(97), Some(3), Fill::NearlyFull)
        );
        assert_eq!(
            full.full_on(date!(2026 - 11 - 20)),
            Some(date!(2026 - 11 - 26))
        );
        assert_eq!(
            cluster(Some(100), 97, 0).full_on(date!(2026 - 11 - 20)),
            None
        );
    }

    #[test]
    fn a_cluster_over_or_without_its_limit_is_no_accident() {
        assert_eq!(cluster(Some(10), 12, 1).left(), Some(0));
        assert_eq!(cluster(Some(0), 12, 1).percent(), None);
        assert_eq!(cluster(None, 12, 1).fill(), Fill::Room);
    }

    #[test]
    fn that_nobody_looks_is_one_thing_and_not_one_a_cluster() {
        let now = time::macros::datetime!(2026-11-20 12:00 UTC);
        let seen = |minutes: Option<i64>| ClusterWatch {
            id: ClusterId::parse("c1").expect("an id"),
            name: "eu".to_owned(),
            looked_at: minutes.map(|minutes| now - Duration::minutes(minutes)),
            capacity_code: None,
            hopsworks_code: None,
            seen_at: None,
            grave: 0,
            others: 0,
            ending: None,
            takes_people: true,
            forecasts: None,
        };
        let since = |clusters: &[ClusterWatch]| unwatched_since(clusters, now);
        assert_eq!(since(&[seen(Some(90)), seen(Some(2))]), None);
        let last = since(&[seen(Some(90)), seen(Some(40)), seen(None)]);
        assert_eq!(last, Some(now - Duration::minutes(40)));
        assert_eq!(since(&[seen(None)]), None, "nobody ever looked");
        let coded = |code: &str| ClusterWatch {
            capacity_code: Some(code.to_owned()),
            ..seen(Some(1))
        };
        assert!(coded("unreachable").is_unseen() && !coded("no_kubeconfig").is_unseen());
    }

    #[test]
    fn a_change_needs_something_to_compare_with() {
        let change = |now, before| Compared { now, before }.percent();
        assert_eq!(change(Some(dec!(112.4)), Some(dec!(100))), Some(dec!(12.4)));
        assert_eq!(change(Some(dec!(1)), Some(dec!(0))), None);
        assert_eq!(change(Some(dec!(1)), None), None);
    }
}
