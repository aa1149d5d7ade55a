//! Where the next user would go, in words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::money::count_shown;
use crate::domain::seats::{self, Candidate, DueOn, Giving, NextSeat, Verdict};
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;

/// A cluster, and why somebody is placed there or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SeatReason {
    pub cluster_id: String,
    pub name: String,
    /// `"3 of 10"`, `"3, no limit"`.
    pub seats: String,
    pub severity: Severity,
    /// `"chosen"`, `"fuller"`, `"full"`, `"no API key"`.
    pub word: String,
}

impl From<Candidate> for SeatReason {
    fn from(candidate: Candidate) -> Self {
        let taken = count_shown(candidate.taken);
        let (severity, word) = match candidate.verdict {
            Verdict::Chosen => (Severity::Ok, "chosen".to_owned()),
            Verdict::Fuller => (Severity::Muted, "fuller".to_owned()),
            Verdict::Full => (Severity::Warn, "full".to_owned()),
            Verdict::NotActive => (Severity::Muted, candidate.status),
            Verdict::NoKey => (Severity::Warn, "no API key".to_owned()),
            Verdict::SwitchedOff => (Severity::Muted, "assignment is off".to_owned()),
            Verdict::InShadow => (Severity::Muted, "assignment in shadow".to_owned()),
            Verdict::NoHopsworksUser => (Severity::Warn, "makes no users".to_owned()),
            Verdict::NotOwners => (Severity::Muted, "owner is elsewhere".to_owned()),
            Verdict::Other => (Severity::Muted, "not chosen".to_owned()),
        };
        Self {
            name: candidate.name.unwrap_or_else(|| candidate.id.clone()),
            cluster_id: candidate.id,
            seats: match candidate.seats {
                Some(seats) => format!("{taken} of {}", count_shown(seats)),
                None => format!("{taken}, no limit"),
            },
            severity,
            word,
        }
    }
}

/// A cluster by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SeatCluster {
    pub id: String,
    pub name: String,
}

/// Where the next user would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NextSeatShown {
    /// Null: nowhere.
    pub cluster: Option<SeatCluster>,
    pub severity: Severity,
    /// Why there, or why nowhere: `"the least filled with room"`.
    pub why: String,
    /// Whether and when that happens at all, and who waits.
    pub notes: Vec<String>,
    pub reasons: Vec<SeatReason>,
}

impl From<NextSeat> for NextSeatShown {
    fn from(next: NextSeat) -> Self {
        let mut notes = vec![match (&next.lacks, next.mode) {
            (Some(lacks), _) => format!("Nobody is placed by themselves here. {lacks}"),
            (None, Giving::Off) => {
                "Assignment is switched off: nobody is placed by themselves.".to_owned()
            }
            (None, Giving::Shadow) => {
                "Assignment is in shadow: where somebody would go is kept, and not done.".to_owned()
            }
            (None, Giving::Live) => match next.due_on {
                DueOn::Registration => {
                    "Seats are given with the registration; the plan decides how many projects they may have, not where.".to_owned()
                }
                DueOn::Payment => {
                    "Seats are given with the first payment of the account, whatever its plan.".to_owned()
                }
            },
        }];
        notes.push("Members of a team go where its owner is.".to_owned());
        if next.waiting > 0 {
            notes.push(format!(
                "{} for a seat.",
                if next.waiting == 1 {
                    "1 person waits".to_owned()
                } else {
                    format!("{} people wait", count_shown(next.waiting))
                }
            ));
        }
        let (severity, why) = match (&next.choice.cluster_id, next.waiting) {
            (Some(_), _) => (Severity::Ok, "the least filled with room".to_owned()),
            (None, _) if next.choice.clusters.is_empty() => {
                (Severity::Warn, "there is no cluster".to_owned())
            }
            (None, 0) => (Severity::Warn, "no active cluster has room".to_owned()),
            (None, _) => (Severity::Bad, "no active cluster has room".to_owned()),
        };
        Self {
            cluster: named(next.choice.cluster_id, next.choice.cluster_name),
            severity,
            why,
            notes,
            reasons: reasons(next.choice.clusters),
        }
    }
}

/// When a seat is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SeatsDue {
    /// With the registration.
    Registration,
    /// With the first payment of the account.
    Payment,
}

impl From<DueOn> for SeatsDue {
    fn from(due: DueOn) -> Self {
        match due {
            DueOn::Registration => Self::Registration,
            DueOn::Payment => Self::Payment,
        }
    }
}

impl From<SeatsDue> for DueOn {
    fn from(due: SeatsDue) -> Self {
        match due {
            SeatsDue::Registration => Self::Registration,
            SeatsDue::Payment => Self::Payment,
        }
    }
}

/// The rule by which seats are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AssignmentRule {
    pub due_on: SeatsDue,
    /// The login that set it.
    pub set_by: String,
    pub set_at: String,
    /// How many wait for their first payment.
    #[ts(type = "number")]
    pub unpaid: u64,
}

impl From<seats::AssignmentRule> for AssignmentRule {
    fn from(rule: seats::AssignmentRule) -> Self {
        Self {
            due_on: rule.due_on.into(),
            set_by: rule.set_by,
            set_at: rfc3339(rule.set_at),
            unpaid: rule.unpaid,
        }
    }
}

pub(in crate::wire) fn named(id: Option<String>, name: Option<String>) -> Option<SeatCluster> {
    let id = id?;
    Some(SeatCluster {
        name: name.unwrap_or_else(|| id.clone()),
        id,
    })
}

pub(in crate::wire) fn reasons(candidates: Vec<Candidate>) -> Vec<SeatReason> {
    candidates.into_iter().map(SeatReason::from).collect()
}

#[cfg(test)]
pub(in crate::wire) mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::seats::{Choice, Why};

    pub(in crate::wire) fn next(
        mode: Giving,
        why: Why,
        cluster: Option<&str>,
        waiting: u64,
    ) -> NextSeat {
        let verdict = if cluster.is_some() { "chosen" } else { "full" };
        let clusters = json!([
            {"id": "k1", "name": "north", "status": "active", "taken": 3, "seats": 10, "verdict": verdict},
            {"id": "k2", "name": null, "status": "maintenance", "taken": 1200, "seats": null, "verdict": "not_active"},
        ]);
        NextSeat {
            choice: Choice {
                cluster_id: cluster.map(|_| "k1".to_owned()),
                cluster_name: cluster.map(str::to_owned),
                why,
                clusters: serde_json::from_value(clusters).expect("clusters"),
            },
            mode,
            due_on: DueOn::Registration,
            lacks: None,
            waiting,
        }
    }

    #[test]
    fn the_next_seat_is_told_with_the_reason_of_every_cluster() {
        let shown = NextSeatShown::from(next(Giving::Live, Why::LeastFilled, Some("north"), 0));
        assert_eq!(
            shown.cluster.map(|cluster| cluster.name).as_deref(),
            Some("north")
        );
        assert_eq!(
            (shown.severity, shown.why.as_str()),
            (Severity::Ok, "the least filled with room")
        );
        let reasons: Vec<_> = shown
            .reasons
            .iter()
            .map(|reason| format!("{} {} {}", reason.name, reason.seats, reason.word))
            .collect();
        assert_eq!(
            reasons,
            ["north 3 of 10 chosen", "k2 1,200, no limit maintenance"]
        );
        let none = NextSeatShown::from(next(Giving::Shadow, Why::NoRoom, None, 2));
        assert_eq!((none.cluster, none.severity), (None, Severity::Bad));
        assert_eq!(
            none.notes,
            [
                "Assignment is in shadow: where somebody would go is kept, and not done.",
                "Members of a team go where its owner is.",
                "2 people wait for a seat.",
            ]
        );
    }
}
