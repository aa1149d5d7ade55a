//! What is wrong on a cluster, in words: one line each, with the mend where one is safe, and what to do where none is.

use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::cluster_findings::{
    Basis, Ending, Finding, Found, FoundKind, KnownAs, LastRead, OnCluster, days_until,
};
use crate::domain::clusters::MOST_COUNTED;
use crate::domain::ids::ClusterId;
use crate::domain::money::count_shown;
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;
use crate::wire::user::PersonRef;

/// Findings of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FoundGroup {
    pub severity: Severity,
    /// `"3 people have a seat here and no Hopsworks user"`.
    pub sentence: String,
    /// What to do, where that is the same for all of them; null where each says it.
    pub advice: Option<String>,
    pub lines: Vec<FoundLine>,
    /// `"and 12 others"`; null where these are all.
    pub more: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FoundLine {
    pub subject: String,
    /// Whoever it is about; null where that is nobody on record.
    pub person: Option<PersonRef>,
    /// `"on record as 10,412, by Hopsworks 10,977"`; empty where the person says it all.
    pub detail: String,
    /// When it was found first (RFC 3339).
    pub since: String,
    /// The action that mends it; null where none is safe.
    pub mend: Option<Mend>,
}

/// An action that is offered beside a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Mend {
    pub action: String,
    /// `"Have it made"`.
    pub word: String,
    /// Whether it is done to the cluster; otherwise to the person of the line.
    pub to_cluster: bool,
    /// What the form begins with: the cluster that it is about; null where it takes none.
    pub cluster_id: Option<String>,
}

/// What is not known, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NotKnown {
    /// `"Whether seats and Hopsworks users agree is not known"`.
    pub sentence: String,
    /// When it last was (RFC 3339); null: never.
    pub since: Option<String>,
    /// Why, and what to do; null where nobody has looked.
    pub problem: Option<String>,
}

impl FoundGroup {
    /// The counter, where it has drifted, and what was found.
    #[must_use]
    pub fn all(on: &OnCluster, cluster: &ClusterId, now: OffsetDateTime) -> Vec<Self> {
        let drift = on.seats.drift().filter(|drift| *drift != 0);
        let drift = drift.map(|_| drifted(on));
        let kinds = on.kinds.iter().map(|kind| Self::of(kind, cluster, now));
        let mut groups: Vec<Self> = drift.into_iter().chain(kinds).collect();
        groups.sort_by_key(|group| group.severity != Severity::Bad);
        groups
    }

    fn of(kind: &FoundKind, cluster: &ClusterId, now: OffsetDateTime) -> Self {
        let grave = kind.first.iter().any(|found| found.is_grave);
        let shown = u32::try_from(kind.first.len()).unwrap_or(u32::MAX);
        let (sentence, advice) = kind
            .first
            .first()
            .map(|found| headed(&found.finding, kind.count))
            .unwrap_or_default();
        Self {
            severity: if grave { Severity::Bad } else { Severity::Warn },
            sentence,
            advice: advice.map(str::to_owned),
            lines: kind
                .first
                .iter()
                .map(|found| FoundLine::new(found, cluster, now))
                .collect(),
            more: match kind.count.saturating_sub(shown) {
                0 => None,
                _ if kind.count > MOST_COUNTED => Some("and many others".to_owned()),
                1 => Some("and 1 other".to_owned()),
                more => Some(format!("and {} others", count_shown(more.into()))),
            },
        }
    }
}

fn drifted(on: &OnCluster) -> FoundGroup {
    let count = |count: Option<u32>| count_shown(count.unwrap_or_default().into());
    FoundGroup {
        severity: Severity::Warn,
        sentence: format!(
            "The service's counter says {}, {} given",
            count(on.seats.recorded),
            match on.seats.assigned {
                Some(1) => "1 seat is".to_owned(),
                assigned => format!("{} seats are", count(assigned)),
            }
        ),
        advice: None,
        lines: vec![FoundLine {
            subject: "counter".to_owned(),
            person: None,
            detail: "The service places people by its counter".to_owned(),
            since: String::new(),
            mend: Some(Mend {
                action: "recount_seats".to_owned(),
                word: "Put it right".to_owned(),
                to_cluster: true,
                cluster_id: None,
            }),
        }],
        more: None,
    }
}

/// A number that was counted no further than [`MOST_COUNTED`].
fn as_counted(count: u32) -> String {
    if count > MOST_COUNTED {
        format!("Over {}", count_shown(MOST_COUNTED.into()))
    } else {
        count_shown(count.into())
    }
}

/// What so many of a kind are called, and what to do about all of them.
fn headed(finding: &Finding, count: u32) -> (String, Option<&'static str>) {
    let many = |one: &str, more: &str| {
        let what = if count == 1 { one } else { more };
        format!("{} {what}", as_counted(count))
    };
    match finding {
        Finding::NoHopsworksUser { .. } => (
            many(
                "person has a seat and no user in its Hopsworks",
                "people have a seat and no user in its Hopsworks",
            ),
            None,
        ),
        Finding::IdsDiffer { .. } => (
            many(
                "seat is on record under another number or login than Hopsworks says",
                "seats are on record under other numbers or logins than Hopsworks says",
            ),
            None,
        ),
        Finding::NumberShared(_) => (
            many(
                "seat is on record under a number that another one here has, too",
                "seats are on record under numbers that others here have, too",
            ),
            Some(
                "A number of Hopsworks is one person's. Where another one is told by Hopsworks, take it over; otherwise look in its Hopsworks whose it is.",
            ),
        ),
        Finding::LeftBehind { .. } => (
            many(
                "person may work here without a seat",
                "people may work here without a seat",
            ),
            Some(
                "Give a seat here to whoever should work here; deactivate the others in Hopsworks, which keeps what they made.",
            ),
        ),
        Finding::Stranger { .. } => (
            many(
                "user of its Hopsworks is nobody on record",
                "users of its Hopsworks are nobody on record",
            ),
            Some(
                "Nobody pays for their work. Ask who made them; deactivate them in Hopsworks, or have them register. Nothing is done from here, since it is not known whose they are.",
            ),
        ),
        Finding::ProjectGone { .. } => (
            many(
                "project on record is not in its Hopsworks",
                "projects on record are not in its Hopsworks",
            ),
            Some(
                "The service's own program marks projects that are gone as inactive when it looks next; if this stays, it does not look at this cluster.",
            ),
        ),
        Finding::ProjectIdDiffers { .. } => (
            many(
                "project has another number in its Hopsworks than on record",
                "projects have other numbers in its Hopsworks than on record",
            ),
            Some(
                "It was most likely made anew under the same name. Usage is laid to it by its namespace, which is the same; whether the old one's roles are to be given again is for its owner to say.",
            ),
        ),
        Finding::CertificateEnding { .. } => {
            (many("certificate ends soon", "certificates end soon"), None)
        }
        Finding::NodeNotReady { .. } => (
            many(
                "node has not been ready for a while",
                "nodes have not been ready for a while",
            ),
            Some("Look at it with `kubectl describe node`; what runs there may be lost."),
        ),
        Finding::NodeCordoned { .. } => (
            many(
                "node has taken nothing new for more than a day",
                "nodes have taken nothing new for more than a day",
            ),
            Some(
                "Uncordon it when the work on it is done, or take it away: until then it is paid for and not used.",
            ),
        ),
    }
}

impl FoundLine {
    fn new(found: &Found, cluster: &ClusterId, now: OffsetDateTime) -> Self {
        let (detail, mend) = described(found, cluster, now);
        Self {
            subject: found.subject.clone(),
            person: found.person.clone().map(Into::into),
            detail,
            since: rfc3339(match &found.finding {
                Finding::NodeNotReady { since, .. } | Finding::NodeCordoned { since } => *since,
                _ => found.since,
            }),
            mend,
        }
    }
}

fn described(found: &Found, cluster: &ClusterId, now: OffsetDateTime) -> (String, Option<Mend>) {
    let mend = |action: &str, word: &str| {
        Some(Mend {
            action: action.to_owned(),
            word: word.to_owned(),
            to_cluster: false,
            // The seat here, though they may have a newer one elsewhere.
            cluster_id: Some(cluster.to_string()),
        })
    };
    match &found.finding {
        Finding::NoHopsworksUser { asked: true } => {
            ("asked for; it is tried again by itself".to_owned(), None)
        }
        Finding::NoHopsworksUser { asked: false } => {
            (String::new(), mend("create_hopsworks_user", "Have it made"))
        }
        Finding::IdsDiffer { recorded, there } => (
            format!(
                "on record {}, by Hopsworks {}",
                known_as(recorded),
                known_as(there)
            ),
            mend("take_over_hopsworks_ids", "Take it over"),
        ),
        Finding::NumberShared(recorded) => (format!("on record {}", known_as(recorded)), None),
        Finding::LeftBehind {
            username,
            seat_on: Some(other),
        } => (format!("as {username}; the seat is on {other}"), None),
        Finding::LeftBehind {
            username,
            seat_on: None,
        } => (
            format!("as {username}; has no seat anywhere"),
            Some(Mend {
                action: "assign_cluster".to_owned(),
                word: "Give a seat".to_owned(),
                to_cluster: false,
                cluster_id: Some(cluster.to_string()),
            }),
        ),
        Finding::Stranger { email, username } => (format!("{email}, as {username}"), None),
        Finding::ProjectGone { name, namespace } => (
            name.as_ref()
                .or(namespace.as_ref())
                .cloned()
                .unwrap_or_default(),
            None,
        ),
        Finding::ProjectIdDiffers {
            name,
            recorded,
            there,
        } => (
            format!(
                "{}: on record {}, by Hopsworks {there}",
                name.as_deref().unwrap_or("without a name"),
                recorded.map_or_else(|| "none".to_owned(), |number| number.to_string())
            ),
            None,
        ),
        Finding::CertificateEnding { which, until } => (ending(*which, *until, now), None),
        Finding::NodeNotReady { reason, .. } => (
            reason.as_ref().map_or_else(
                || found.subject.clone(),
                |reason| format!("{}: {reason}", found.subject),
            ),
            None,
        ),
        Finding::NodeCordoned { .. } => (found.subject.clone(), None),
    }
}

fn known_as(who: &KnownAs) -> String {
    match (who.number, &who.username) {
        (Some(number), Some(username)) => format!("{number} ({username})"),
        (Some(number), None) => number.to_string(),
        (None, Some(username)) => username.clone(),
        (None, None) => "nothing".to_owned(),
    }
}

/// Which certificate ends in how many days, and who can renew it.
#[must_use]
pub fn ending(which: Ending, until: OffsetDateTime, now: OffsetDateTime) -> String {
    let (name, advice) = match which {
        Ending::Server => (
            "The certificate of its API server",
            "have it renewed (`kubeadm certs renew`, or the provider)",
        ),
        Ending::Client => (
            "The certificate in its kubeconfig",
            "replace the kubeconfig under Secrets",
        ),
        Ending::Hopsworks => ("The certificate of its Hopsworks", "have it renewed there"),
    };
    let when = match days_until(until, now) {
        ..=-1 => "has ended".to_owned(),
        0 => "ends within a day".to_owned(),
        1 => "ends in 1 day".to_owned(),
        days => format!("ends in {days} days"),
    };
    format!("{name} {when}: {advice}")
}

impl NotKnown {
    /// Seats, before they were counted for the first time.
    #[must_use]
    pub fn seats() -> Self {
        let problem =
            "It is as soon as a program has counted them: this one, or hopsdesk-webhook serve.";
        Self {
            sentence: "Whether seats are in order is not known".to_owned(),
            since: None,
            problem: Some(problem.to_owned()),
        }
    }

    /// What of it is not known now.
    #[must_use]
    pub fn all(reads: &[LastRead], now: OffsetDateTime) -> Vec<Self> {
        let gone = reads.iter().filter(|read| !read.holds(now));
        gone.map(|read| Self {
            sentence: match read.basis {
                Basis::Snapshot => "How its nodes and certificates are is not known",
                Basis::Users => "Whether seats and the users of its Hopsworks agree is not known",
                Basis::Projects => {
                    "Whether projects on record and in its Hopsworks agree is not known"
                }
            }
            .to_owned(),
            since: read.read_at.map(rfc3339),
            problem: read
                .failure
                .as_ref()
                .map(|unknown| unknown.sentence.clone())
                .filter(|sentence| !sentence.is_empty()),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
