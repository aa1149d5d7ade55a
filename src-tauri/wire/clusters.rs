//! The Clusters list and the page of one cluster.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::browse::Count;
use crate::domain::clusters;
use crate::domain::ids::ClusterId;
use crate::domain::money::count_shown;
use crate::domain::overview::Fill;
use crate::domain::period::Month;
use crate::domain::slice::Slice;
use crate::wire::changes::assigned_by;
use crate::wire::cursor;
use crate::wire::money::{Money, Quantity};
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, rfc3339};
use crate::wire::user::{PersonRef, openable};
use crate::wire::work::Project;

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

/// One cluster's facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterDetail {
    #[serde(flatten)]
    pub row: ClusterRow,
    /// As recorded.
    pub api_url: Option<String>,
    /// The same when it may be opened: https, without credentials.
    pub api_link: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    /// `"November 2026"`, `"October 2026"`.
    pub month: String,
    pub month_before: String,
    pub month_cpu: Option<Quantity>,
    pub month_gpu: Option<Quantity>,
    pub month_before_cpu: Option<Quantity>,
    pub month_before_gpu: Option<Quantity>,
    /// Why the counter differs, in sentences; null where it does not.
    pub drift_explained: Option<String>,
    /// As of when seats and usage were counted (RFC 3339); null while they were not.
    pub as_of: Option<String>,
    /// Fields this database has no column for.
    pub lacking: Vec<String>,
}

/// One page of the people of a cluster, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct SeatedQuery {
    /// A fragment of name or e-mail, or a whole id.
    pub text: Option<String>,
    pub finding: Option<SeatFinding>,
    pub sort: SeatedSort,
    pub descending: bool,
    pub after: Option<String>,
    pub limit: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SeatFinding {
    /// With a seat on another cluster too.
    TwoClusters,
    /// Whoever has it is deleted, or was never there.
    Nobody,
    NoHopsworksUser,
    /// Without usage this month or the month before.
    Idle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SeatedSort {
    Assigned,
    Name,
    MonthCost,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SeatedPage {
    pub rows: Vec<Seated>,
    pub next: Option<String>,
    pub count: Option<String>,
    pub cost_title: String,
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
}

/// Somebody with a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Seated {
    /// The user's.
    pub id: String,
    /// Null when there is no such user any more.
    pub person: Option<PersonRef>,
    pub team: Option<String>,
    pub assigned_at: Option<String>,
    /// `"by an admin"`.
    pub assigned_by: Option<String>,
    pub hopsworks_username: Option<String>,
    pub month_cost: Option<Money>,
    /// What is wrong with the seat, the gravest first.
    pub findings: Vec<SeatFinding>,
    /// Other clusters this person has a seat on.
    pub also_on: Option<String>,
}

/// What is wrong on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterFindings {
    /// Only what there is any of.
    pub seats: Vec<SeatFindingCount>,
    /// A sentence on people who used the cluster without a seat; null when there were none.
    pub without_seat: Option<String>,
    /// The first few of them.
    pub strangers: Vec<Stranger>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SeatFindingCount {
    pub finding: SeatFinding,
    pub severity: Severity,
    /// `"3 people have a seat on another cluster too"`.
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Stranger {
    pub id: String,
    pub name: Option<String>,
}

/// A project on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterProject {
    #[serde(flatten)]
    pub project: Project,
    pub owner_id: Option<String>,
    /// Null when there is no such user any more.
    pub owner: Option<PersonRef>,
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

impl ClusterDetail {
    /// A cluster as read.
    #[must_use]
    pub fn new(detail: clusters::ClusterDetail, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        let month = Month::of(now);
        let (carried, before) = (detail.row.month, detail.row.month_before);
        let cpu = |hours| Quantity::new(hours, "CPU h");
        let gpu = |hours| Quantity::new(hours, "GPU h");
        Self {
            api_link: detail.api_url.as_deref().and_then(openable),
            api_url: detail.api_url,
            created_at: detail.created_at.map(rfc3339),
            updated_at: detail.updated_at.map(rfc3339),
            month: month.title(),
            month_before: month.before().title(),
            month_cpu: carried.cpu_hours.map(cpu),
            month_gpu: carried.gpu_hours.map(gpu),
            month_before_cpu: before.cpu_hours.map(cpu),
            month_before_gpu: before.gpu_hours.map(gpu),
            drift_explained: explained(detail.row.seats),
            as_of: detail.as_of.map(rfc3339),
            row: ClusterRow::new(detail.row, now),
            lacking,
        }
    }
}

/// What a wrong counter means for whoever is placed next.
fn explained(seats: clusters::Seats) -> Option<String> {
    let (recorded, assigned) = (seats.recorded?, seats.assigned?);
    let people = |count: u32| {
        if count == 1 {
            "1 person is".to_owned()
        } else {
            format!("{} people are", count_shown(count.into()))
        }
    };
    let consequence = if recorded > assigned {
        "The service places people by its counter, so seats that are free will not be given."
    } else if recorded < assigned {
        "The service places people by its counter, so it may place more than there is room for."
    } else {
        return None;
    };
    Some(format!(
        "The service's counter says {}; {} really assigned. {consequence}",
        count_shown(recorded.into()),
        people(assigned)
    ))
}

impl SeatedQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` is not one that was handed out: the field's name.
    pub fn decode(self, cluster: ClusterId) -> Result<clusters::SeatedQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        Ok(clusters::SeatedQuery {
            cluster,
            text: self.text,
            finding: self.finding.map(Into::into),
            sort: self.sort.into(),
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl SeatedPage {
    /// A page as read.
    #[must_use]
    pub fn new(slice: Slice<clusters::Seated>, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        let tells_username = !lacking.iter().any(|name| name == "hopsworks_username");
        Self {
            next: slice.next.as_ref().map(cursor::encode),
            count: slice.count.map(counted),
            rows: slice
                .rows
                .into_iter()
                .map(|seat| Seated::new(seat, tells_username))
                .collect(),
            cost_title: format!("Cost, {}", Month::of(now).short_name()),
            lacking,
            source: "user_hopsworks_assignments".to_owned(),
            read_at: rfc3339(now),
        }
    }
}

impl Seated {
    fn new(seat: clusters::Seated, tells_username: bool) -> Self {
        let gone = seat
            .person
            .as_ref()
            .is_none_or(|person| person.status == crate::domain::account::UserStatus::Deleted);
        let findings = [
            (seat.also_on.is_some(), SeatFinding::TwoClusters),
            (gone, SeatFinding::Nobody),
            (
                tells_username && seat.hopsworks_username.is_none(),
                SeatFinding::NoHopsworksUser,
            ),
        ];
        Self {
            id: seat.user_id.to_string(),
            person: seat.person.map(Into::into),
            team: seat.team,
            assigned_at: seat.assigned_at.map(rfc3339),
            assigned_by: seat.assigned_by.as_deref().map(assigned_by),
            hopsworks_username: seat.hopsworks_username,
            month_cost: seat.month_cost.map(Money::usd),
            findings: findings
                .into_iter()
                .filter_map(|(is_so, finding)| is_so.then_some(finding))
                .collect(),
            also_on: seat.also_on,
        }
    }
}

impl ClusterFindings {
    /// Findings as read.
    #[must_use]
    pub fn new(findings: clusters::ClusterFindings, now: OffsetDateTime) -> Self {
        let without_seat = findings
            .day
            .filter(|_| findings.without_seat > 0)
            .map(|day| {
                let who = many(findings.without_seat, "person", "people");
                let day = day_shown(day, now.date());
                format!("{who} used this cluster on {day} without a seat on it")
            });
        Self {
            seats: findings
                .seats
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(SeatFindingCount::new)
                .collect(),
            without_seat,
            strangers: findings
                .strangers
                .into_iter()
                .map(|(id, name)| Stranger {
                    id: id.to_string(),
                    name,
                })
                .collect(),
        }
    }
}

impl SeatFindingCount {
    fn new((finding, count): (clusters::SeatFinding, u32)) -> Self {
        let people = |what: &str, whats: &str| {
            let verb = if count == 1 { what } else { whats };
            format!("{} {verb}", many(count, "person", "people"))
        };
        let seats = |what: &str, whats: &str| {
            let verb = if count == 1 { what } else { whats };
            format!("{} {verb}", many(count, "seat", "seats"))
        };
        let (severity, sentence) = match finding {
            clusters::SeatFinding::TwoClusters => (
                Severity::Bad,
                people(
                    "has a seat on another cluster too",
                    "have a seat on another cluster too",
                ),
            ),
            clusters::SeatFinding::Nobody => (
                Severity::Bad,
                seats(
                    "is held by a user who is deleted or gone",
                    "are held by users who are deleted or gone",
                ),
            ),
            clusters::SeatFinding::NoHopsworksUser => (
                Severity::Warn,
                seats(
                    "has no Hopsworks user behind it",
                    "have no Hopsworks user behind them",
                ),
            ),
            clusters::SeatFinding::Idle => (
                Severity::Muted,
                seats(
                    "was not used this month or last",
                    "were not used this month or last",
                ),
            ),
        };
        Self {
            finding: finding.into(),
            severity,
            sentence,
        }
    }
}

/// `1 person`, `over 10,000 people`.
fn many(count: u32, one: &str, more: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else if count > clusters::MOST_COUNTED {
        format!("over {} {more}", count_shown(clusters::MOST_COUNTED.into()))
    } else {
        format!("{} {more}", count_shown(count.into()))
    }
}

fn counted(count: Count) -> String {
    match count {
        Count::Exact(count) => count_shown(count),
        Count::Over(count) => format!("over {}", count_shown(count)),
    }
}

impl From<clusters::ClusterProject> for ClusterProject {
    fn from(row: clusters::ClusterProject) -> Self {
        Self {
            project: row.project.into(),
            owner_id: row.owner_id,
            owner: row.owner.map(Into::into),
        }
    }
}

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
        MonthCost,
        MonthBeforeCost,
        AssignedLately
    }
);
same!(
    SeatFinding = clusters::SeatFinding {
        TwoClusters,
        Nobody,
        NoHopsworksUser,
        Idle
    }
);
same!(
    SeatedSort = clusters::SeatedSort {
        Assigned,
        Name,
        MonthCost
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

    #[test]
    fn one_is_not_many() {
        let sentence =
            |count| SeatFindingCount::new((clusters::SeatFinding::TwoClusters, count)).sentence;
        assert_eq!(sentence(1), "1 person has a seat on another cluster too");
        assert_eq!(
            sentence(10_001),
            "over 10,000 people have a seat on another cluster too"
        );
    }
}
