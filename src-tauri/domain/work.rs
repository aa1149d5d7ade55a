//! What somebody has in Hopsworks: projects, feature groups, deployments; and what the checks found there.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::capacity::readings::Quota;
use crate::domain::directory::Person;
use crate::domain::ids::ClusterId;

/// A Hopsworks project, as the service lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Tells rows apart.
    pub key: String,
    /// Hopsworks' number, unique on one cluster only.
    pub number: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// Kubernetes namespace: who pays for it is the owner.
    pub namespace: Option<String>,
    /// `active`, `inactive`.
    pub status: Option<String>,
    /// Where it is, with the cluster's name where that is known.
    pub cluster: Option<(ClusterId, Option<String>)>,
    /// First seen.
    pub created_at: Option<OffsetDateTime>,
    /// Seen last on the cluster.
    pub last_seen_at: Option<OffsetDateTime>,
    /// What its Hopsworks says of it.
    pub there: There,
}

/// What a cluster's Hopsworks says of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum There {
    /// Its list of projects was never read.
    #[default]
    Unread,
    /// The list that was read then does not have it.
    Missing(OffsetDateTime),
    /// It has it, as read then.
    Listed {
        /// When.
        at: OffsetDateTime,
        /// The address, or the login, of whoever made it; none where it does not say.
        creator: Option<String>,
        /// What is used of what may be.
        quotas: Vec<(Held, Quota)>,
    },
}

/// What a project may hold only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Bytes in `HopsFS`.
    Files,
    /// Bytes in Hive.
    Warehouse,
    /// Bytes in the feature store.
    Features,
    /// Seconds of processors, for jobs.
    Compute,
    /// Topics of Kafka.
    Topics,
}

/// A project on somebody's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProject {
    /// Which.
    pub project: Project,
    /// What this person is in it.
    pub part: ProjectPart,
}

/// What somebody is in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectPart {
    /// Theirs.
    Owner(ProjectMembers),
    /// The team owner's, shared with them.
    Member {
        /// Whose it is.
        owner: Option<Person>,
        /// `Data owner`, `Data scientist`.
        role: Option<String>,
        /// Whether Hopsworks knows.
        sync: Sync,
    },
}

/// The members that a project is shared with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectMembers {
    /// How many.
    pub count: u32,
    /// Of them, not yet confirmed by Hopsworks and not refused either.
    pub waiting: u32,
    /// Of them, refused by Hopsworks.
    pub refused: u32,
    /// Who was refused, the first few by name.
    pub refused_people: Option<String>,
    /// What Hopsworks said to the last of them.
    pub refusal: Option<String>,
}

/// Whether Hopsworks has been told of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sync {
    /// It knows, since then.
    Done(Option<OffsetDateTime>),
    /// Not yet.
    Waiting,
    /// It refused, with these words, at that time.
    Refused(String, Option<OffsetDateTime>),
    /// The database does not say.
    Unknown,
}

impl Sync {
    /// Reads the columns. A refusal counts until a success clears it.
    #[must_use]
    pub fn read(synced: Option<bool>, refusal: Option<String>, at: Option<OffsetDateTime>) -> Self {
        match (refusal.filter(|words| !words.trim().is_empty()), synced) {
            (Some(words), _) => Self::Refused(words, at),
            (None, Some(true)) => Self::Done(at),
            (None, Some(false)) => Self::Waiting,
            (None, None) => Self::Unknown,
        }
    }
}

/// A feature group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureGroup {
    /// Tells rows apart.
    pub key: String,
    /// Its name; names repeat, each project has its own feature store.
    pub name: Option<String>,
    /// 1 and up.
    pub version: Option<i64>,
    /// Made.
    pub created_at: Option<OffsetDateTime>,
    /// Gone since; `None`: still there.
    pub deleted_at: Option<OffsetDateTime>,
}

/// A deployed model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Tells rows apart.
    pub key: String,
    /// Its name.
    pub name: Option<String>,
    /// Where predictions are asked; not judged fit to open.
    pub endpoint: Option<String>,
    /// As Hopsworks words it.
    pub status: Option<String>,
    /// Made.
    pub created_at: Option<OffsetDateTime>,
    /// Gone since; `None`: still there.
    pub deleted_at: Option<OffsetDateTime>,
}

/// A finding of the service's own checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Tells rows apart.
    pub key: String,
    /// Which check.
    pub check: String,
    /// What it said.
    pub message: Option<String>,
    /// More, as JSON that is indented; `None` where there is nothing in it.
    pub details: Option<String>,
    /// Found.
    pub found_at: Option<OffsetDateTime>,
    /// Mended; `None`: open.
    pub resolved_at: Option<OffsetDateTime>,
    /// How it was mended.
    pub notes: Option<String>,
}

/// A price promised to one account instead of the rate card's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceOverride {
    /// `cpu_hours`, `gpu_hours`, `storage_gb`, `api_calls`.
    pub resource: String,
    /// USD per unit.
    pub price: Option<Decimal>,
    /// USD per unit on the rate card when it was promised.
    pub original: Option<Decimal>,
    /// Percent off, for people; the price is what counts.
    pub discount: Option<Decimal>,
    /// From this instant.
    pub valid_from: Option<OffsetDateTime>,
    /// Until before this instant; `None`: until further notice.
    pub valid_until: Option<OffsetDateTime>,
    /// Who promised it.
    pub created_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Whether a promised price is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Not yet.
    Ahead,
    /// Now.
    InForce,
    /// No more.
    Ended,
}

impl PriceOverride {
    /// Whether it is in force at that moment. The end is not included.
    #[must_use]
    pub fn validity(&self, now: OffsetDateTime) -> Validity {
        if self.valid_until.is_some_and(|end| end <= now) {
            Validity::Ended
        } else if self.valid_from.is_some_and(|begin| begin > now) {
            Validity::Ahead
        } else {
            Validity::InForce
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_refusal_counts_until_it_is_cleared() {
        let refused = Sync::read(Some(true), Some("errorCode 160002".to_owned()), None);
        assert!(matches!(refused, Sync::Refused(..)));
        assert_eq!(
            Sync::read(Some(false), Some("  ".to_owned()), None),
            Sync::Waiting
        );
        assert_eq!(Sync::read(None, None, None), Sync::Unknown);
    }

    #[test]
    fn a_promised_price_ends_at_its_end() {
        let end = datetime!(2026-11-20 00:00 UTC);
        let promise = PriceOverride {
            resource: "cpu_hours".to_owned(),
            price: None,
            original: None,
            discount: None,
            valid_from: Some(datetime!(2026-01-01 00:00 UTC)),
            valid_until: Some(end),
            created_by: None,
            reason: None,
        };
        assert_eq!(promise.validity(end), Validity::Ended);
        assert_eq!(
            promise.validity(datetime!(2026-11-19 23:59 UTC)),
            Validity::InForce
        );
        assert_eq!(
            promise.validity(datetime!(2025-12-31 00:00 UTC)),
            Validity::Ahead
        );
    }
}
