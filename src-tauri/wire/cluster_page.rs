//! The page of one cluster: its facts, who has a seat on it, and what is wrong with that.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::cluster_findings::{Basis, LastRead, OnCluster};
use crate::domain::clusters;
use crate::domain::finding::outside::openable;
use crate::domain::ids::ClusterId;
use crate::domain::money::count_shown;
use crate::domain::period::Month;
use crate::domain::slice::Slice;
use crate::wire::changes::assigned_by;
use crate::wire::cluster_found::{FoundGroup, NotKnown};
use crate::wire::clusters::{ClusterRow, counted, same};
use crate::wire::cursor;
use crate::wire::money::{Money, Quantity};
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, rfc3339};
use crate::wire::user::PersonRef;
use crate::wire::work::Project;

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
    /// What was found by comparing the cluster with what is on record, what keeps people from working first.
    pub groups: Vec<FoundGroup>,
    /// What is not known, and since when.
    pub unknown: Vec<NotKnown>,
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
    let consequence = match recorded.cmp(&assigned) {
        std::cmp::Ordering::Greater => {
            "The service places people by its counter, so seats that are free will not be given."
        }
        std::cmp::Ordering::Less => {
            "The service places people by its counter, so it may place more than there is room for."
        }
        std::cmp::Ordering::Equal => {
            return None;
        }
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
    pub fn new(
        findings: clusters::ClusterFindings,
        on: &OnCluster,
        cluster: &ClusterId,
        now: OffsetDateTime,
    ) -> Self {
        // Where Hopsworks says who is there, what is on record of it says nothing more.
        let is_known = |read: &LastRead| read.basis == Basis::Users && read.holds(now);
        let users_known = on.reads.iter().any(is_known);
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
                .filter(|(finding, count)| {
                    *count > 0
                        && !(users_known && *finding == clusters::SeatFinding::NoHopsworksUser)
                })
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
            groups: FoundGroup::all(on, cluster, now),
            unknown: (!findings.is_counted)
                .then(NotKnown::seats)
                .into_iter()
                .chain(NotKnown::all(&on.reads, now))
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

/// `1 person`, `10,001 people`.
fn many(count: u32, one: &str, more: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {more}", count_shown(count.into()))
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

    #[test]
    fn one_is_not_many() {
        let sentence =
            |count| SeatFindingCount::new((clusters::SeatFinding::TwoClusters, count)).sentence;
        assert_eq!(sentence(1), "1 person has a seat on another cluster too");
        assert_eq!(
            sentence(10_001),
            "10,001 people have a seat on another cluster too"
        );
    }
}
