//! What somebody has in Hopsworks, what the checks found there, and prices promised to them.

use rust_decimal::Decimal;
use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::work;
use crate::wire::project_there::ProjectThere;
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;
use crate::wire::user::PersonRef;

/// A Hopsworks project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Project {
    pub id: String,
    /// Hopsworks' number, unique on one cluster only.
    #[ts(type = "number | null")]
    pub number: Option<i64>,
    pub name: Option<String>,
    pub namespace: Option<String>,
    /// `"active"`, `"inactive"`; null where the service does not say.
    pub status: Option<String>,
    pub severity: Severity,
    pub cluster_id: Option<String>,
    /// The cluster's name, or its id when it is not on record.
    pub cluster_name: Option<String>,
    pub created_at: Option<String>,
    pub last_seen_at: Option<String>,
    /// What its Hopsworks says of it.
    pub there: ProjectThere,
}

/// A project on somebody's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserProject {
    #[serde(flatten)]
    pub project: Project,
    /// Set when the project is a team owner's.
    pub owner: Option<PersonRef>,
    /// `"owner"`, `"Data scientist"`, …
    pub role: String,
    /// Members it is shared with; null for members themselves.
    pub members: Option<u32>,
    /// What Hopsworks has not been told, or has refused: a word and its gravity; null when all is well.
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Trouble {
    pub severity: Severity,
    /// `"role refused"`, `"2 roles not synced"`.
    pub word: String,
    /// The whole story.
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FeatureGroup {
    pub id: String,
    pub name: Option<String>,
    #[ts(type = "number | null")]
    pub version: Option<i64>,
    pub created_at: Option<String>,
    pub deleted_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Deployment {
    pub id: String,
    pub name: Option<String>,
    /// As recorded: shown, not opened.
    pub endpoint: Option<String>,
    /// As Hopsworks words it; `"deleted"` for one that is gone.
    pub status: Option<String>,
    pub severity: Severity,
    pub created_at: Option<String>,
    pub deleted_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HealthCheck {
    pub id: String,
    /// `"hopsworks user"`.
    pub check: String,
    pub message: Option<String>,
    /// Indented JSON.
    pub details: Option<String>,
    pub found_at: Option<String>,
    /// Null: open.
    pub resolved_at: Option<String>,
    pub notes: Option<String>,
}

/// A price promised instead of the rate card's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PriceOverride {
    /// `"CPU hour"`, `"GB-month"`, …
    pub unit: String,
    /// USD per unit, with all its digits: unit prices are not rounded to cents.
    pub price: Option<String>,
    pub original: Option<String>,
    /// `"25 % off"`.
    pub discount: Option<String>,
    pub validity: Validity,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    pub created_by: Option<String>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Validity {
    Ahead,
    InForce,
    Ended,
}

impl From<work::Project> for Project {
    fn from(project: work::Project) -> Self {
        let (cluster_id, cluster_name) = match project.cluster {
            None => (None, None),
            Some((id, name)) => {
                let name = name.unwrap_or_else(|| id.to_string());
                (Some(id.to_string()), Some(name))
            }
        };
        Self {
            id: project.key,
            number: project.number,
            name: project.name,
            namespace: project.namespace,
            severity: match project.status.as_deref() {
                Some("active") => Severity::Ok,
                _ => Severity::Muted,
            },
            status: project.status,
            cluster_id,
            cluster_name,
            created_at: project.created_at.map(rfc3339),
            last_seen_at: project.last_seen_at.map(rfc3339),
            there: project.there.into(),
        }
    }
}

impl From<work::UserProject> for UserProject {
    fn from(row: work::UserProject) -> Self {
        let (owner, role, members, trouble) = match row.part {
            work::ProjectPart::Owner(members) => (
                None,
                "owner".to_owned(),
                Some(members.count),
                Trouble::among(&members),
            ),
            work::ProjectPart::Member { owner, role, sync } => (
                owner.map(Into::into),
                role.unwrap_or_else(|| "member".to_owned()),
                None,
                Trouble::with(&sync),
            ),
        };
        Self {
            project: row.project.into(),
            owner,
            role,
            members,
            trouble,
        }
    }
}

impl Trouble {
    /// What is wrong with the members of a project; refusals before what only waits.
    fn among(members: &work::ProjectMembers) -> Option<Self> {
        let roles = |count: u32| {
            if count == 1 {
                "1 role".to_owned()
            } else {
                format!("{count} roles")
            }
        };
        if members.refused > 0 {
            let people = members.refused_people.as_deref().unwrap_or("a member");
            let refusal = members.refusal.as_deref().unwrap_or("no reason given");
            Some(Self {
                severity: Severity::Bad,
                word: format!("{} refused", roles(members.refused)),
                sentence: format!("Hopsworks refused the role of {people}: {refusal}"),
            })
        } else if members.waiting > 0 {
            Some(Self {
                severity: Severity::Warn,
                word: format!("{} not synced", roles(members.waiting)),
                sentence: "Hopsworks has not confirmed them yet.".to_owned(),
            })
        } else {
            None
        }
    }

    fn with(sync: &work::Sync) -> Option<Self> {
        match sync {
            work::Sync::Refused(words, at) => Some(Self {
                severity: Severity::Bad,
                word: "role refused".to_owned(),
                sentence: match at {
                    Some(at) => format!(
                        "Hopsworks refused the role on {}: {words}",
                        crate::wire::time::weekday_shown(at.date())
                    ),
                    None => format!("Hopsworks refused the role: {words}"),
                },
            }),
            work::Sync::Waiting => Some(Self {
                severity: Severity::Warn,
                word: "role not synced".to_owned(),
                sentence: "Hopsworks has not confirmed it yet.".to_owned(),
            }),
            work::Sync::Done(_) | work::Sync::Unknown => None,
        }
    }
}

impl From<work::FeatureGroup> for FeatureGroup {
    fn from(group: work::FeatureGroup) -> Self {
        Self {
            id: group.key,
            name: group.name,
            version: group.version,
            created_at: group.created_at.map(rfc3339),
            deleted_at: group.deleted_at.map(rfc3339),
        }
    }
}

impl From<work::Deployment> for Deployment {
    fn from(deployment: work::Deployment) -> Self {
        let gone = deployment.deleted_at.is_some();
        let status = if gone {
            Some("deleted".to_owned())
        } else {
            deployment.status
        };
        let word = status.as_deref().map(str::to_lowercase);
        Self {
            id: deployment.key,
            name: deployment.name,
            endpoint: deployment.endpoint,
            severity: match word.as_deref() {
                Some("running" | "active" | "idle") => Severity::Ok,
                Some("failed" | "error" | "crashed") => Severity::Bad,
                _ => Severity::Muted,
            },
            status,
            created_at: deployment.created_at.map(rfc3339),
            deleted_at: deployment.deleted_at.map(rfc3339),
        }
    }
}

impl From<work::HealthCheck> for HealthCheck {
    fn from(check: work::HealthCheck) -> Self {
        Self {
            id: check.key,
            check: check.check.replace('_', " "),
            message: check.message,
            details: check.details,
            found_at: check.found_at.map(rfc3339),
            resolved_at: check.resolved_at.map(rfc3339),
            notes: check.notes,
        }
    }
}

impl PriceOverride {
    /// A promise as it stands at that moment.
    #[must_use]
    pub fn new(promise: work::PriceOverride, now: OffsetDateTime) -> Self {
        let digits = |price: Option<Decimal>| price.map(|price| price.normalize().to_string());
        Self {
            validity: match promise.validity(now) {
                work::Validity::Ahead => Validity::Ahead,
                work::Validity::InForce => Validity::InForce,
                work::Validity::Ended => Validity::Ended,
            },
            unit: unit(&promise.resource),
            price: digits(promise.price),
            original: digits(promise.original),
            discount: digits(promise.discount).map(|percent| format!("{percent} % off")),
            valid_from: promise.valid_from.map(rfc3339),
            valid_until: promise.valid_until.map(rfc3339),
            created_by: promise.created_by,
            reason: promise.reason,
        }
    }
}

/// What a price is for, in the singular.
pub(in crate::wire) fn unit(resource: &str) -> String {
    match resource {
        "cpu_hours" => "CPU hour".to_owned(),
        "gpu_hours" => "GPU hour".to_owned(),
        "storage_gb" => "GB-month".to_owned(),
        "api_calls" => "API call".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_refusal_among_members_is_told_before_what_only_waits() {
        let members = work::ProjectMembers {
            count: 4,
            waiting: 2,
            refused: 1,
            refused_people: Some("Noor Visser".to_owned()),
            refusal: Some("errorCode 160002".to_owned()),
        };
        let trouble = Trouble::among(&members).expect("trouble");
        assert_eq!(trouble.word, "1 role refused");
        assert_eq!(
            trouble.sentence,
            "Hopsworks refused the role of Noor Visser: errorCode 160002"
        );
        let waiting = work::ProjectMembers {
            refused: 0,
            ..members
        };
        assert_eq!(
            Trouble::among(&waiting).expect("trouble").word,
            "2 roles not synced"
        );
        assert_eq!(Trouble::among(&work::ProjectMembers::default()), None);
    }

    #[test]
    fn a_unit_price_keeps_its_digits() {
        let promise = work::PriceOverride {
            resource: "cpu_hours".to_owned(),
            price: Some(dec!(0.0750)),
            original: Some(dec!(0.10)),
            discount: Some(dec!(25.00)),
            valid_from: None,
            valid_until: None,
            created_by: None,
            reason: None,
        };
        let shown = PriceOverride::new(promise, datetime!(2026-11-20 00:00 UTC));
        assert_eq!(
            (
                shown.unit.as_str(),
                shown.price.as_deref(),
                shown.discount.as_deref()
            ),
            ("CPU hour", Some("0.075"), Some("25 % off"))
        );
        assert_eq!(shown.validity, Validity::InForce);
    }
}
