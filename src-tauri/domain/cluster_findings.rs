//! What is wrong on a cluster, and how old the knowledge is that it follows from. A finding that follows from what is
//! not known any more is none.

use time::{Duration, OffsetDateTime};

use crate::domain::capacity::snapshot::Unknown;
use crate::domain::clusters::Seats;
use crate::domain::directory::Person;

/// What findings follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The last look at the cluster: nodes and certificates.
    Snapshot,
    /// The users of its Hopsworks.
    Users,
    /// The projects there.
    Projects,
}

impl Basis {
    /// What a word of the database stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "snapshot" => Some(Self::Snapshot),
            "users" => Some(Self::Users),
            "projects" => Some(Self::Projects),
            _ => None,
        }
    }

    /// What is older is not known any more: three times the usual has passed (`console.open_findings`).
    #[must_use]
    pub fn holds_for(self) -> Duration {
        match self {
            Self::Snapshot => Duration::minutes(16),
            Self::Users | Self::Projects => Duration::minutes(50),
        }
    }
}

/// How something was read last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRead {
    /// What.
    pub basis: Basis,
    /// As of when it is known; none: it never was.
    pub read_at: Option<OffsetDateTime>,
    /// Why the last try brought nothing.
    pub failure: Option<Unknown>,
    /// Of what was read, how many could not be.
    pub unread: u32,
}

impl LastRead {
    /// Whether what follows from it is still known.
    #[must_use]
    pub fn holds(&self, now: OffsetDateTime) -> bool {
        self.read_at
            .is_some_and(|read_at| now - read_at <= self.basis.holds_for())
    }
}

/// Which certificate ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The API server's.
    Server,
    /// The one in the kubeconfig, with which one signs in.
    Client,
    /// That of its Hopsworks.
    Hopsworks,
}

impl Ending {
    /// What a word of the database stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        match word {
            "server" => Self::Server,
            "client" => Self::Client,
            _ => Self::Hopsworks,
        }
    }
}

/// A number and a login by which Hopsworks knows somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAs {
    /// The number.
    pub number: Option<i64>,
    /// The login.
    pub username: Option<String>,
}

/// What is wrong with one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Somebody has a seat, and no user in the cluster's Hopsworks.
    NoHopsworksUser {
        /// One is asked for already.
        asked: bool,
    },
    /// What is on record of somebody's user is not what Hopsworks says.
    IdsDiffer {
        /// On record.
        recorded: KnownAs,
        /// By Hopsworks.
        there: KnownAs,
    },
    /// Somebody's seat is on record under a number that another one's seat on the cluster has, too.
    NumberShared(KnownAs),
    /// Somebody on record may work on the cluster without a seat there.
    LeftBehind {
        /// The login there.
        username: String,
        /// The cluster of their seat; none where they have none.
        seat_on: Option<String>,
    },
    /// Somebody may work on the cluster whom nobody on record is.
    Stranger {
        /// The address there.
        email: String,
        /// The login.
        username: String,
    },
    /// A project on record is not on the cluster.
    ProjectGone {
        /// Its name.
        name: Option<String>,
        /// Its namespace.
        namespace: Option<String>,
    },
    /// A project has another number there.
    ProjectIdDiffers {
        /// Its name.
        name: Option<String>,
        /// On record.
        recorded: Option<i64>,
        /// By Hopsworks.
        there: i64,
    },
    /// A certificate ends.
    CertificateEnding {
        /// Which.
        which: Ending,
        /// When.
        until: OffsetDateTime,
    },
    /// A node is not ready.
    NodeNotReady {
        /// Since when.
        since: OffsetDateTime,
        /// Why, in Kubernetes' word.
        reason: Option<String>,
    },
    /// A node takes nothing new.
    NodeCordoned {
        /// Since when.
        since: OffsetDateTime,
    },
}

/// A finding and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The person, the node, the project or the number it is about.
    pub subject: String,
    /// Whether it keeps somebody from working, or will.
    pub is_grave: bool,
    /// When it was found first.
    pub since: OffsetDateTime,
    /// Whoever it is about; none where that is nobody on record.
    pub person: Option<Person>,
    /// What is wrong.
    pub finding: Finding,
}

/// Findings of a kind: the first of them, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKind {
    /// All of them.
    pub count: u32,
    /// The first.
    pub first: Vec<Found>,
}

/// What is wrong on a cluster, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCluster {
    /// What the service's own count says, beside the seats that are given.
    pub seats: Seats,
    /// What was found, by kind; what keeps people from working comes first.
    pub kinds: Vec<FoundKind>,
    /// How it was read last.
    pub reads: Vec<LastRead>,
}

/// Whole days until a moment, rounded down: 0 is less than a day, and below that it is over.
#[must_use]
pub fn days_until(until: OffsetDateTime, now: OffsetDateTime) -> i64 {
    (until - now).whole_seconds().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

    #[test]
    fn what_was_read_long_ago_is_not_known_any_more() {
        let read = |basis, minutes: Option<i64>| LastRead {
            basis,
            read_at: minutes.map(|minutes| NOW - Duration::minutes(minutes)),
            failure: None,
            unread: 0,
        };
        assert!(read(Basis::Snapshot, Some(16)).holds(NOW));
        assert!(!read(Basis::Snapshot, Some(17)).holds(NOW));
        assert!(read(Basis::Users, Some(50)).holds(NOW));
        assert!(!read(Basis::Users, Some(51)).holds(NOW));
        assert!(!read(Basis::Projects, None).holds(NOW), "never read");
    }

    #[test]
    fn days_are_whole_and_over_when_they_are() {
        assert_eq!(days_until(NOW + Duration::hours(24 * 9 + 23), NOW), 9);
        assert_eq!(days_until(NOW + Duration::hours(1), NOW), 0);
        assert_eq!(days_until(NOW - Duration::seconds(1), NOW), -1);
    }
}
