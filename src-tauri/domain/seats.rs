//! Seats that are given by themselves: what was chosen, and what spoke for and against each cluster. The choice itself is
//! made in the database, where it is also written (`migrations/console/0072`).

use serde::Deserialize;
use time::OffsetDateTime;

use crate::domain::ids::ClusterId;

/// Why a seat is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody registered.
    Registration,
    /// Somebody signed in of whom nobody had heard.
    SignIn,
    /// Somebody joined a team.
    Team,
    /// Somebody paid.
    Payment,
    /// Staff put them in line.
    Staff,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Registration,
        Self::SignIn,
        Self::Team,
        Self::Payment,
        Self::Staff,
    ];

    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::SignIn => "sign_in",
            Self::Team => "team",
            Self::Payment => "payment",
            Self::Staff => "staff",
        }
    }

    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// What speaks for a cluster, or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This one.
    Chosen,
    /// Has room, and another is filled less.
    Fuller,
    /// Every seat is taken.
    Full,
    /// It takes nobody new.
    NotActive,
    /// No key of its Hopsworks is on record, so no user could be made there.
    NoKey,
    /// Nobody is placed there by themselves.
    SwitchedOff,
    /// Choices for it are only worked out, while seats are given elsewhere.
    InShadow,
    /// Users of Hopsworks are not made there: that effect is not live.
    NoHopsworksUser,
    /// The owner of the team is on another one.
    NotOwners,
    /// A word that this version does not know.
    #[serde(other)]
    Other,
}

/// A cluster at the moment of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Candidate {
    /// Which.
    pub id: String,
    /// What it was called.
    pub name: Option<String>,
    /// Its status: `active`, `maintenance`, …
    pub status: String,
    /// Seats taken, by the assignments.
    pub taken: u64,
    /// The limit; `None`: there is none.
    pub seats: Option<u64>,
    /// What spoke for it or against it.
    pub verdict: Verdict,
}

/// Why there, or why nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Of those with room the least filled.
    LeastFilled,
    /// The owner of the team is there.
    OwnersCluster,
    /// No active cluster has room.
    NoRoom,
    /// The cluster of the team's owner takes nobody.
    OwnerNoRoom,
    /// The owner of the team has no seat.
    OwnerNoSeat,
    /// A seat is due with the first payment.
    NoPayment,
    /// Is to be a member of a team.
    Invited,
    /// Suspended.
    Suspended,
    /// The owner of the team is suspended or deleted.
    OwnerSuspended,
    /// Blocked at Auth0 by staff.
    Blocked,
    /// On the cluster of the team's owner another program gives the seats.
    InShadow,
    /// A rule of the service's own tables forbids it.
    Refused,
    /// Has a seat already.
    HasSeat,
    /// Staff took their seat away.
    TakenAway,
    /// Staff took them out of the line.
    TakenOut,
    /// Deleted.
    Deleted,
    /// A word that this version does not know.
    #[serde(other)]
    Other,
}

impl Why {
    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Self {
        serde_json::from_value(word.into()).unwrap_or(Self::Other)
    }
}

/// A choice, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// The cluster; `None`: there is none.
    pub cluster_id: Option<String>,
    /// What it is called.
    pub cluster_name: Option<String>,
    /// Why that one, or why none.
    pub why: Why,
    /// Every cluster there was, the chosen one first.
    pub clusters: Vec<Candidate>,
}

/// Whether seats are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// Nobody is placed by themselves.
    Off,
    /// Where they would be placed is worked out and kept.
    Shadow,
    /// Seats are given.
    Live,
}

/// When a seat is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueOn {
    /// At once.
    Registration,
    /// Not before the account pays for the first time.
    Payment,
}

impl DueOn {
    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Payment => "payment",
        }
    }
}

/// The rule by which seats are given, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRule {
    /// When a seat is due.
    pub due_on: DueOn,
    /// The login that said so.
    pub set_by: String,
    /// When.
    pub set_at: OffsetDateTime,
    /// How many wait for the first payment, and would have a seat due with the registration.
    pub unpaid: u64,
}

/// Where somebody would be placed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSeat {
    /// Where, and why.
    pub choice: Choice,
    /// Whether seats are given at all.
    pub mode: Giving,
    /// When.
    pub due_on: DueOn,
    /// What this database lacks for it, as a sentence.
    pub lacks: Option<String>,
    /// How many wait for a seat.
    pub waiting: u64,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In line; the place in it, where a seat is due.
    Waiting(Option<u64>),
    /// The seat was given.
    Placed,
    /// Only worked out.
    Shadow,
    /// Not needed any more.
    Withdrawn,
}

/// What came of somebody's request for a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatRequest {
    /// Why it was asked for.
    pub cause: Option<Cause>,
    /// When.
    pub requested_at: OffsetDateTime,
    /// How it stands.
    pub standing: Standing,
    /// Why it is so; `None`: nobody has looked yet.
    pub why: Option<Why>,
    /// The cluster that was chosen or, of whoever waits, the one of the team's owner.
    pub cluster: Option<(ClusterId, Option<String>)>,
    /// What it was chosen from.
    pub choice: Option<Choice>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
}

/// A seat that somebody has, whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Where.
    pub cluster: ClusterId,
    /// What that cluster is called.
    pub name: Option<String>,
    /// Since when.
    pub at: Option<OffsetDateTime>,
    /// `system`, `admin`, `team_member_auto`.
    pub by: Option<String>,
}

/// Somebody's seat, and the request for it; either may be without the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeatOf {
    /// The seat they have.
    pub given: Option<Given>,
    /// What came of the request.
    pub request: Option<SeatRequest>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cause_is_read_from_its_own_word() {
        for cause in Cause::ALL {
            assert_eq!(Cause::of(cause.word()), Some(cause));
        }
        assert_eq!(Cause::of("whim"), None);
    }

    #[test]
    fn what_a_newer_database_says_is_no_failure() {
        let choice: Choice = serde_json::from_value(json!({
            "cluster_id": null, "cluster_name": null, "why": "bad_weather", "owners_cluster": null,
            "clusters": [{"id": "k", "name": null, "status": "active", "taken": 3, "seats": null, "verdict": "too_far"}],
        }))
        .expect("it is read");
        assert_eq!(
            (choice.why, choice.clusters[0].verdict),
            (Why::Other, Verdict::Other)
        );
        assert_eq!(Why::of("invited"), Why::Invited);
        assert_eq!(Why::of("bad_weather"), Why::Other);
    }
}
