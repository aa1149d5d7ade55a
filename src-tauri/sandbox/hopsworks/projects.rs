//! The projects of a simulated cluster.

use serde_json::{Value, json};

/// A project there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedProject {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The address and the login of whoever made it.
    pub creator: (String, String),
    /// When, in RFC 3339.
    pub created: String,
}

const GIB: i64 = 1 << 30;

impl SimulatedProject {
    /// As `/admin/projects` lists it; what is not asked for to be expanded is a link.
    pub(super) fn listed(&self, creator: bool, quotas: bool, namespace: bool) -> Value {
        let href = format!("/hopsworks-api/api/project/{}", self.id);
        let (email, username) = &self.creator;
        let mut project = json!({
            "href": href, "id": self.id, "name": self.name, "created": self.created, "paymentType": "PREPAID",
            "creator": { "href": format!("{href}/creator") }, "projectQuotas": { "href": format!("{href}/quotas") },
        });
        if creator {
            project["creator"] = json!({ "email": email, "username": username });
        }
        if quotas {
            // Numbers that look measured and come from the project's own.
            let part = self.id.rem_euclid(17);
            project["projectQuotas"] = json!({
                "hdfsUsage": part * GIB / 3, "hdfsQuota": -1, "hdfsNsCount": part * 40, "hdfsNsQuota": -1,
                "hiveUsage": part * GIB / 50, "hiveQuota": 50 * GIB, "hiveNsCount": part, "hiveNsQuota": -1,
                "featurestoreUsage": part * GIB / 7, "featurestoreQuota": 100 * GIB,
                "featurestoreNsCount": part, "featurestoreNsQuota": -1,
                "yarnQuotaInSecs": 1_000_000, "yarnUsedQuotaInSecs": part * 9_000,
                "kafkaNumTopics": part % 5, "kafkaMaxNumTopics": 100,
            });
        }
        if namespace {
            project["namespace"] = self.name.to_lowercase().replace('_', "-").into();
        }
        project
    }
}
