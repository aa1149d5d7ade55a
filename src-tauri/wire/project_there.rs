//! What a cluster's Hopsworks says of a project: who made it, and how much it holds of what it may.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::capacity::readings::Quota;
use crate::domain::work::{Held, There};
use crate::wire::amounts::{bytes, count_of, whole};
use crate::wire::time::rfc3339;

/// What a cluster's Hopsworks says of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProjectThere {
    /// As read then (RFC 3339); null: its list was never read.
    pub at: Option<String>,
    /// The address, or the login, of whoever made it.
    pub creator: Option<String>,
    pub quotas: Vec<ProjectQuota>,
    /// Why there is nothing of this; null where there is.
    pub unknown: Option<String>,
}

/// What a project holds of what it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProjectQuota {
    /// `"feature store"`.
    pub name: String,
    /// `"3.2 GiB of 100 GiB"`, `"1.2 GiB, no limit"`.
    pub shown: String,
    /// Whole percent; null without a limit.
    pub percent: Option<u32>,
}

impl From<There> for ProjectThere {
    fn from(there: There) -> Self {
        let nothing = |at, unknown: &str| Self {
            at,
            creator: None,
            quotas: Vec::new(),
            unknown: Some(unknown.to_owned()),
        };
        match there {
            There::Unread => nothing(
                None,
                "quotas and creator are not known: this cluster's list of projects was not read",
            ),
            There::Missing(at) => nothing(
                Some(rfc3339(at)),
                "not on its Hopsworks' list of projects under this number",
            ),
            There::Listed {
                at,
                creator,
                quotas,
            } => Self {
                at: Some(rfc3339(at)),
                creator,
                unknown: quotas
                    .is_empty()
                    .then(|| "its Hopsworks does not tell its quotas to this key".to_owned()),
                quotas: quotas.into_iter().map(ProjectQuota::new).collect(),
            },
        }
    }
}

impl ProjectQuota {
    fn new((held, Quota { used, quota }): (Held, Quota)) -> Self {
        let amount = |amount: i64| match held {
            Held::Files | Held::Warehouse | Held::Features => bytes(amount),
            Held::Compute => {
                let hours = u64::try_from(amount / 3_600).unwrap_or_default();
                count_of(hours, "CPU hour", "CPU hours")
            }
            Held::Topics => whole(amount),
        };
        let used_shown = used.map_or_else(|| "not told".to_owned(), amount);
        Self {
            name: match held {
                Held::Files => "files",
                Held::Warehouse => "Hive",
                Held::Features => "feature store",
                Held::Compute => "jobs",
                Held::Topics => "Kafka topics",
            }
            .to_owned(),
            shown: match quota {
                Some(limit) if limit >= 0 => format!("{used_shown} of {}", amount(limit)),
                Some(_) => format!("{used_shown}, no limit"),
                None => format!("{used_shown}, limit not told"),
            },
            percent: percent(used, quota),
        }
    }
}

fn percent(used: Option<i64>, quota: Option<i64>) -> Option<u32> {
    let quota = quota.filter(|quota| *quota > 0)?;
    u32::try_from(i128::from(used?) * 100 / i128::from(quota)).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_not_told_is_neither_nothing_nor_without_a_limit() {
        let shown = |held, used, quota| ProjectQuota::new((held, Quota { used, quota })).shown;
        assert_eq!(
            shown(Held::Features, Some(3 << 30), Some(100 << 30)),
            "3 GiB of 100 GiB"
        );
        assert_eq!(shown(Held::Files, Some(0), Some(-1)), "0 B, no limit");
        assert_eq!(shown(Held::Files, Some(0), None), "0 B, limit not told");
        assert_eq!(shown(Held::Topics, None, Some(100)), "not told of 100");
        assert_eq!(
            shown(Held::Compute, Some(7_300), Some(1_000_000)),
            "2 CPU hours of 277 CPU hours"
        );
        assert_eq!(percent(Some(1), Some(-1)), None);
        assert_eq!(percent(Some(50), Some(200)), Some(25));
    }

    #[test]
    fn a_project_that_was_not_read_says_so() {
        let unread = ProjectThere::from(There::Unread);
        assert!(unread.at.is_none() && unread.unknown.is_some());
        let missing = ProjectThere::from(There::Missing(datetime!(2026-11-20 12:00 UTC)));
        assert!(missing.at.is_some() && missing.unknown.is_some());
        let listed = ProjectThere::from(There::Listed {
            at: datetime!(2026-11-20 12:00 UTC),
            creator: Some("ada@firm.example".to_owned()),
            quotas: Vec::new(),
        });
        assert!(
            listed.unknown.is_some_and(|why| why.contains("this key")),
            "no quotas are not none"
        );
    }
}
