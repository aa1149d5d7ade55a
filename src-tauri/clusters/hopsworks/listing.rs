//! Everybody and everything there is: users, and projects with their quotas and who made them.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::clusters::failure::ClusterError;
use crate::clusters::figure::whole;
use crate::clusters::hopsworks::Hopsworks;
use crate::clusters::hopsworks::answers::UserProfile;
use crate::domain::capacity::readings::{Listed, ListedProject, ListedUser, Quota};

/// Users on a page.
const PAGE: u64 = 500;

/// More pages than this are no list that ends: a million users.
const MOST_PAGES: u64 = 2_000;

/// Names and addresses are shown; none has to be longer than this.
const LONGEST_TEXT: usize = 255;

/// The role of somebody who works there; whoever has others besides administers it, or is a program.
const WORKS: &str = "HOPS_USER";

/// A page, its users unread: one odd one must not hide the others.
#[derive(Debug, Deserialize)]
struct Page {
    count: Option<u64>,
    #[serde(default)]
    items: Option<Vec<Box<RawValue>>>,
}

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(rename = "numActiveProjects", default)]
    projects: Option<i64>,
    #[serde(default)]
    role: Option<Vec<Role>>,
}

#[derive(Debug, Deserialize)]
struct Role {
    #[serde(rename = "groupName", default)]
    name: String,
}

/// Only the number, for what cannot be read otherwise: a page of such users is a page all the same.
#[derive(Debug, Deserialize)]
struct Numbered {
    id: i64,
}

impl Hopsworks {
    /// What a page lists. An answer without a list is one of nobody only where it counts nobody.
    fn items(
        &self,
        items: Option<Vec<Box<RawValue>>>,
        count: Option<u64>,
    ) -> Result<Vec<Box<RawValue>>, ClusterError> {
        match (items, count) {
            (Some(items), _) => Ok(items),
            (None, Some(0)) => Ok(Vec::new()),
            (None, _) => Err(ClusterError::unexpected(
                self.http.address(),
                "its answer has no list",
            )),
        }
    }

    /// All users.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn users(&self) -> Result<Listed<ListedUser>, ClusterError> {
        let mut seen: BTreeMap<i64, Option<ListedUser>> = BTreeMap::new();
        let mut nameless = 0_u32;
        for _ in 0..MOST_PAGES {
            let offset = seen.len() as u64 + u64::from(nameless);
            let (offset, size) = (offset.to_string(), PAGE.to_string());
            let request = self.http.request(Method::GET, &["admin", "users"]).query(&[
                ("sort_by", "email:asc"),
                ("offset", &offset),
                ("limit", &size),
            ]);
            let page: Page = self.http.answer(request).await?;
            // A cluster may ignore offset and limit: it is over when a page brings nobody new.
            let before = seen.len();
            for item in self.items(page.items, page.count)? {
                match serde_json::from_str::<Numbered>(item.get()) {
                    Ok(Numbered { id }) => {
                        seen.insert(id, read_user(&item));
                    }
                    Err(_) => nameless = nameless.saturating_add(1),
                }
            }
            let all = page
                .count
                .is_some_and(|count| seen.len() as u64 + u64::from(nameless) >= count);
            if seen.len() == before || all {
                let unread = seen.values().filter(|user| user.is_none()).count() as u64;
                // Whom it counts and does not name is there all the same.
                let named = seen.len() as u64 + u64::from(nameless);
                let unnamed = page.count.unwrap_or_default().saturating_sub(named);
                let unread = unread + u64::from(nameless) + unnamed;
                return Ok(Listed {
                    unread: u32::try_from(unread).unwrap_or(u32::MAX),
                    read: seen.into_values().flatten().collect(),
                });
            }
        }
        let problem = "its list of users does not end";
        Err(ClusterError::unexpected(self.http.address(), problem))
    }

    /// All projects. Offset and limit are ignored there, so it is one answer.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn projects(&self) -> Result<Listed<ListedProject>, ClusterError> {
        let request = self
            .http
            .request(Method::GET, &["admin", "projects"])
            .query(&[("expand", "creator"), ("expand", "quotas")]);
        let page: Page = self.http.answer(request).await?;
        let items = self.items(page.items, page.count)?;
        let all = items.len();
        let read: Vec<ListedProject> = items.iter().filter_map(|item| read_project(item)).collect();
        Ok(Listed {
            unread: u32::try_from(all - read.len()).unwrap_or(u32::MAX),
            read,
        })
    }
}

fn read_user(item: &RawValue) -> Option<ListedUser> {
    // Twice rather than flattened, which would read every figure as a floating one.
    let profile: UserProfile = serde_json::from_str(item.get()).ok()?;
    let listing: Listing = serde_json::from_str(item.get()).ok()?;
    let mut user = profile.read().ok()?;
    user.email = shortened(&user.email);
    user.username = shortened(&user.username);
    let roles = listing.role.unwrap_or_default();
    Some(ListedUser {
        user,
        projects: listing.projects.and_then(|count| count.try_into().ok()),
        of_service: !roles.is_empty() && roles.iter().any(|role| role.name != WORKS),
    })
}

#[derive(Debug, Deserialize)]
struct Project<'a> {
    id: i64,
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(borrow, default)]
    created: Option<&'a RawValue>,
    #[serde(default)]
    creator: Option<Creator>,
    #[serde(rename = "projectQuotas", alias = "quotas", borrow, default)]
    quotas: Option<Quotas<'a>>,
}

/// Expanded it is a user; otherwise it has an `href` alone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Creator {
    email: Option<String>,
    username: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quotas<'a> {
    #[serde(borrow, default)]
    hdfs_usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hdfs_quota: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hive_usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hive_quota: Option<&'a RawValue>,
    #[serde(borrow, default)]
    featurestore_usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    featurestore_quota: Option<&'a RawValue>,
    #[serde(borrow, default)]
    yarn_quota_in_secs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    yarn_used_quota_in_secs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    kafka_num_topics: Option<&'a RawValue>,
    #[serde(borrow, default)]
    kafka_max_num_topics: Option<&'a RawValue>,
}

fn read_project(item: &RawValue) -> Option<ListedProject> {
    let project: Project<'_> = serde_json::from_str(item.get()).ok()?;
    let creator = project.creator.unwrap_or_default();
    let quotas = project.quotas.as_ref();
    let quota = |of: fn(&Quotas<'_>) -> (Option<i64>, Option<i64>)| {
        let (used, quota) = quotas.map(of).unwrap_or_default();
        Quota {
            used: used.filter(|used| *used >= 0),
            quota,
        }
    };
    Some(ListedProject {
        id: Some(project.id).filter(|id| *id > 0)?,
        name: Some(shortened(&project.name)).filter(|name| !name.is_empty())?,
        namespace: project
            .namespace
            .as_deref()
            .map(shortened)
            .filter(|namespace| !namespace.is_empty()),
        creator: [creator.email, creator.username]
            .into_iter()
            .flatten()
            .map(|text| shortened(&text))
            .find(|text| !text.is_empty()),
        created_at: project.created.and_then(|created| moment(created.get())),
        files: quota(|q| (whole(q.hdfs_usage), whole(q.hdfs_quota))),
        warehouse: quota(|q| (whole(q.hive_usage), whole(q.hive_quota))),
        features: quota(|q| (whole(q.featurestore_usage), whole(q.featurestore_quota))),
        compute: quota(|q| {
            (
                whole(q.yarn_used_quota_in_secs),
                whole(q.yarn_quota_in_secs),
            )
        }),
        topics: quota(|q| (whole(q.kafka_num_topics), whole(q.kafka_max_num_topics))),
    })
}

/// A moment as versions write it: RFC 3339, without a zone (UTC), or milliseconds since 1970.
fn moment(json: &str) -> Option<OffsetDateTime> {
    if let Ok(millis) = json.parse::<i64>() {
        return OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok();
    }
    let text: String = serde_json::from_str(json).ok()?;
    let plain = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    OffsetDateTime::parse(&text, &Rfc3339).ok().or_else(|| {
        let whole = text.split('.').next().unwrap_or_default();
        Some(PrimitiveDateTime::parse(whole, plain).ok()?.assume_utc())
    })
}

fn shortened(text: &str) -> String {
    let plain = text.trim().chars().filter(|letter| !letter.is_control());
    plain.take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn project(json: &str) -> Option<ListedProject> {
        read_project(&RawValue::from_string(json.to_owned()).expect("JSON"))
    }

    fn user(json: &str) -> Option<ListedUser> {
        read_user(&RawValue::from_string(json.to_owned()).expect("JSON"))
    }

    #[test]
    fn a_project_tells_its_quotas_and_who_made_it() {
        let read = project(
            r#"{"href": "x", "id": 119, "name": "demo_ml", "created": "2025-11-05T12:51:03.000Z", "paymentType": "PREPAID",
                "creator": {"href": "x", "email": "j@example.com", "username": "john1234"},
                "projectQuotas": {"hdfsUsage": 1048576, "hdfsQuota": -1, "hdfsNsCount": 7, "hdfsNsQuota": -1,
                  "hiveUsage": 0, "hiveQuota": 53687091200, "yarnQuotaInSecs": 1000000.0, "yarnUsedQuotaInSecs": 12.7,
                  "kafkaNumTopics": 1, "kafkaMaxNumTopics": 100}}"#,
        )
        .expect("a project");
        assert_eq!((read.id, read.name.as_str()), (119, "demo_ml"));
        assert_eq!(read.creator.as_deref(), Some("j@example.com"));
        assert_eq!(read.created_at, Some(datetime!(2025-11-05 12:51:03 UTC)));
        assert_eq!(read.files.quota, Some(-1), "none");
        assert_eq!(read.compute.used, Some(12));
        assert_eq!(read.features, Quota::default(), "not told is not none");
    }

    #[test]
    fn a_project_that_is_not_expanded_is_one_all_the_same() {
        let read = project(
            r#"{"id": 7, "name": "old", "created": 1762347063000, "creator": {"href": "x"}, "projectQuotas": {"href": "x"}}"#,
        )
        .expect("a project");
        assert_eq!((read.creator, read.files), (None, Quota::default()));
        assert_eq!(read.created_at, Some(datetime!(2025-11-05 12:51:03 UTC)));
        assert!(project(r#"{"id": 0, "name": "old"}"#).is_none());
        assert!(project(r#"{"id": 7}"#).is_none());
    }

    #[test]
    fn whoever_administers_a_cluster_is_no_customer() {
        let of = |roles: &str| {
            let json = format!(
                r#"{{"id": 5, "email": "a@b.example", "username": "a", "status": 2, "numActiveProjects": 3, "role": [{roles}]}}"#
            );
            user(&json).expect("a user")
        };
        let works = r#"{"groupName": "HOPS_USER", "gid": 1006}"#;
        assert!(!of(works).of_service);
        assert!(
            !of("").of_service,
            "where no roles are told, everybody works there"
        );
        assert!(of(r#"{"groupName": "HOPS_ADMIN"}"#).of_service);
        assert!(of(r#"{"groupName": "HOPS_USER"}, {"groupName": "HOPS_ADMIN"}"#).of_service);
        assert_eq!(of(works).projects, Some(3));
    }
}
