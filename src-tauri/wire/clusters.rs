//! The Clusters list and the page of one cluster.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::browse::Count;
use crate::domain::clusters;
use crate::domain::money::count_shown;
use crate::domain::overview::Fill;
use crate::domain::period::Month;
use crate::domain::slice::Slice;
use crate::wire::capacity::GlanceShown;
use crate::wire::cursor;
use crate::wire::forecast::RunsOutShown;
use crate::wire::money::Money;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, rfc3339};

/// Maps two enums that say the same onto each other.
macro_rules! same {
    ($wire:ident = $domain:path { $($variant:ident),+ }) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),+ }
            }
        }
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => Self::$variant),+ }
            }
        }
    };
}
pub(super) use same;

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ClustersQuery {
    pub filter: ClustersFilter,
    pub sort: ClustersSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// An empty list or null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct ClustersFilter {
    /// A fragment of name or region, or a whole id.
    pub text: Option<String>,
    pub statuses: Vec<ClusterStatus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ClusterStatus {
    Active,
    Full,
    Maintenance,
    Inactive,
    /// A word of the service that this program does not know.
    Other,
    /// Named by assignments or usage, but in no table of clusters.
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ClustersSort {
    Name,
    Region,
    Fill,
    Assigned,
    Drift,
    People,
    RunsOut,
    MonthCost,
    MonthBeforeCost,
    AssignedLately,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClustersPage {
    pub rows: Vec<ClusterRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"12"`; null on later pages.
    pub count: Option<String>,
    /// Titles of the cost columns, e.g. `"Cost, Nov"` and `"Cost, Oct"`.
    pub cost_title: String,
    pub cost_before_title: String,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
    /// As of when seats and usage were counted (RFC 3339); null while they were not.
    pub as_of: Option<String>,
}

/// A cluster in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterRow {
    pub id: String,
    /// Null for one that is in no table of clusters.
    pub name: Option<String>,
    pub region: Option<String>,
    pub status: ClusterStatus,
    /// The status in words.
    pub status_shown: String,
    pub severity: Severity,
    pub seats: Seats,
    pub assigned_lately: Option<u32>,
    pub last_assigned_at: Option<String>,
    /// People with usage on the last day that has any, and that day: `"19 Nov"`.
    pub people: Option<u32>,
    pub people_day: Option<String>,
    pub month_cost: Option<Money>,
    pub month_before_cost: Option<Money>,
    pub glance: GlanceShown,
    pub runs_out: RunsOutShown,
    /// Null: it is not known.
    pub findings: Option<FindingsCount>,
}

/// How much is wrong on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FindingsCount {
    pub count: u32,
    pub severity: Severity,
    /// `"2 keep people from working, 3 others"`, `"nothing found"`.
    pub word: String,
}

/// Seats by three counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Seats {
    pub limit: Option<u32>,
    /// The service's own counter.
    pub recorded: Option<u32>,
    /// Counted from assignments; null while nobody has counted.
    pub assigned: Option<u32>,
    pub left: Option<u32>,
    /// Whole percent of the limit that is assigned.
    pub percent: Option<u32>,
    pub severity: Severity,
    /// `"room"`, `"filling"`, `"nearly full"`, `"full"`, `"over its limit"`; null without a limit.
    pub word: Option<String>,
    /// `"+3"`, `"−2"`; null where nothing has drifted.
    pub drift: Option<String>,
    /// `"counts 3 too many"`.
    pub drift_word: Option<String>,
}

impl ClustersQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` is not one that was handed out: the field's name.
    pub fn decode(self) -> Result<clusters::ClustersQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        let statuses = self.filter.statuses.into_iter();
        Ok(clusters::ClustersQuery {
            filter: clusters::ClustersFilter {
                text: self.filter.text,
                statuses: statuses.map(Into::into).collect(),
                ..clusters::ClustersFilter::default()
            },
            sort: self.sort.into(),
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl ClustersPage {
    /// A page as read.
    #[must_use]
    pub fn new(
        slice: Slice<clusters::ClusterRow>,
        as_of: Option<OffsetDateTime>,
        lacking: Vec<String>,
        now: OffsetDateTime,
    ) -> Self {
        let month = Month::of(now);
        Self {
            next: slice.next.as_ref().map(cursor::encode),
            count: slice.count.map(counted),
            rows: slice
                .rows
                .into_iter()
                .map(|row| ClusterRow::new(row, now))
                .collect(),
            cost_title: format!("Cost, {}", month.short_name()),
            cost_before_title: format!("Cost, {}", month.before().short_name()),
            lacking,
            source: "hopsworks_clusters, assignments, usage_daily".to_owned(),
            read_at: rfc3339(now),
            as_of: as_of.map(rfc3339),
        }
    }
}

impl ClusterRow {
    /// A row as read.
    #[must_use]
    pub fn new(row: clusters::ClusterRow, now: OffsetDateTime) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            region: row.region,
            severity: match row.status {
                clusters::ClusterStatus::Active => Severity::Ok,
                clusters::ClusterStatus::Full | clusters::ClusterStatus::Maintenance => {
                    Severity::Warn
                }
                clusters::ClusterStatus::Missing => Severity::Bad,
                clusters::ClusterStatus::Inactive | clusters::ClusterStatus::Other => {
                    Severity::Muted
                }
            },
            status_shown: match (row.status, row.status_word) {
                (clusters::ClusterStatus::Missing, _) => "not on record".to_owned(),
                (clusters::ClusterStatus::Other, Some(word)) => word,
                (status, _) => status.word().to_owned(),
            },
            status: row.status.into(),
            glance: GlanceShown::new(&row.glance, now),
            runs_out: RunsOutShown::new(row.forecasts.as_ref(), now),
            findings: row.found.map(FindingsCount::new),
            seats: Seats::new(row.seats, row.status),
            assigned_lately: row.assigned_lately,
            last_assigned_at: row.last_assigned_at.map(rfc3339),
            people: row.used.map(|(people, _)| people),
            people_day: row.used.map(|(_, day)| day_shown(day, now.date())),
            month_cost: row.month.cost.map(Money::usd),
            month_before_cost: row.month_before.cost.map(Money::usd),
        }
    }
}

impl FindingsCount {
    fn new((grave, others): (u32, u32)) -> Self {
        let shown = |count: u32| count_shown(count.into());
        let word = match (grave, others) {
            (0, 0) => "nothing found".to_owned(),
            (0, others) => format!("{} found", shown(others)),
            (1, others) => format!("1 keeps people from working, {} others", shown(others)),
            (grave, others) => format!(
                "{} keep people from working, {} others",
                shown(grave),
                shown(others)
            ),
        };
        Self {
            count: grave.saturating_add(others),
            severity: match (grave, others) {
                (0, 0) => Severity::Ok,
                (0, _) => Severity::Warn,
                _ => Severity::Bad,
            },
            word,
        }
    }
}

impl Seats {
    /// Seats of a cluster in that state: what nobody is placed on fills nobody's day.
    #[must_use]
    pub fn new(seats: clusters::Seats, status: clusters::ClusterStatus) -> Self {
        let takes_people = matches!(
            status,
            clusters::ClusterStatus::Active | clusters::ClusterStatus::Full
        );
        let over = seats
            .limit
            .zip(seats.assigned)
            .is_some_and(|(limit, assigned)| assigned > limit);
        let drift = seats.drift().filter(|drift| *drift != 0);
        Self {
            limit: seats.limit,
            recorded: seats.recorded,
            assigned: seats.assigned,
            left: seats.left(),
            percent: seats.percent(),
            severity: match seats.fill() {
                _ if !takes_people || seats.percent().is_none() => Severity::Muted,
                Fill::NearlyFull => Severity::Bad,
                Fill::Filling => Severity::Warn,
                Fill::Room => Severity::Ok,
            },
            word: seats.percent().map(|percent| {
                match (seats.fill(), percent) {
                    _ if over => "over its limit",
                    (_, 100..) => "full",
                    (Fill::NearlyFull, _) => "nearly full",
                    (Fill::Filling, _) => "filling",
                    (Fill::Room, _) => "room",
                }
                .to_owned()
            }),
            drift: drift.map(signed),
            drift_word: drift.map(|drift| {
                let way = if drift > 0 { "too many" } else { "too few" };
                format!("counts {} {way}", count_shown(drift.unsigned_abs()))
            }),
        }
    }
}

/// `+3`, `−2`.
fn signed(number: i64) -> String {
    let sign = if number < 0 { "\u{2212}" } else { "+" };
    format!("{sign}{}", count_shown(number.unsigned_abs()))
}

/// `"12"`, `"over 10,000"`.
#[must_use]
pub fn counted(count: Count) -> String {
    match count {
        Count::Exact(count) => count_shown(count),
        Count::Over(count) => format!("over {}", count_shown(count)),
    }
}

same!(
    ClusterStatus = clusters::ClusterStatus {
        Active,
        Full,
        Maintenance,
        Inactive,
        Other,
        Missing
    }
);
same!(
    ClustersSort = clusters::ClustersSort {
        Name,
        Region,
        Fill,
        Assigned,
        Drift,
        People,
        RunsOut,
        MonthCost,
        MonthBeforeCost,
        AssignedLately
    }
);
#[cfg(test)]
mod tests {
    use super::*;

    fn seats(limit: u32, recorded: u32, assigned: u32) -> Seats {
        let seats = clusters::Seats {
            limit: Some(limit),
            recorded: Some(recorded),
            assigned: Some(assigned),
        };
        Seats::new(seats, clusters::ClusterStatus::Active)
    }

    #[test]
    fn drift_is_a_sign_and_a_word() {
        let drifted = seats(100, 52, 49);
        assert_eq!(drifted.drift.as_deref(), Some("+3"));
        assert_eq!(drifted.drift_word.as_deref(), Some("counts 3 too many"));
        assert_eq!(seats(100, 47, 49).drift.as_deref(), Some("\u{2212}2"));
        assert_eq!(seats(100, 49, 49).drift, None);
    }

    #[test]
    fn a_fill_is_a_colour_and_a_word() {
        for (assigned, word, severity) in [
            (10, "room", Severity::Ok),
            (75, "filling", Severity::Warn),
            (97, "nearly full", Severity::Bad),
            (100, "full", Severity::Bad),
            (101, "over its limit", Severity::Bad),
        ] {
            let shown = seats(100, assigned, assigned);
            assert_eq!(
                (shown.word.as_deref(), shown.severity),
                (Some(word), severity)
            );
        }
        let resting = clusters::Seats {
            limit: Some(10),
            recorded: Some(10),
            assigned: Some(10),
        };
        let resting = Seats::new(resting, clusters::ClusterStatus::Maintenance);
        assert_eq!(resting.severity, Severity::Muted, "nobody is placed there");
    }
}
