//! What a cluster's Hopsworks said of a project, as columns of the statements that list projects.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::capacity::readings::Quota;
use crate::domain::work::{Held, There};

#[derive(Debug, FromRow)]
pub(in crate::store) struct ThereRecord {
    there: bool,
    creator: Option<String>,
    files_used: Option<i64>,
    files_quota: Option<i64>,
    warehouse_used: Option<i64>,
    warehouse_quota: Option<i64>,
    features_used: Option<i64>,
    features_quota: Option<i64>,
    compute_used: Option<i64>,
    compute_quota: Option<i64>,
    topics_used: Option<i64>,
    topics_quota: Option<i64>,
    listed_at: Option<OffsetDateTime>,
}

impl ThereRecord {
    pub(in crate::store) fn into_there(self) -> There {
        let Some(at) = self.listed_at else {
            return There::Unread;
        };
        if !self.there {
            return There::Missing(at);
        }
        let quotas = [
            (Held::Files, self.files_used, self.files_quota),
            (Held::Warehouse, self.warehouse_used, self.warehouse_quota),
            (Held::Features, self.features_used, self.features_quota),
            (Held::Compute, self.compute_used, self.compute_quota),
            (Held::Topics, self.topics_used, self.topics_quota),
        ];
        There::Listed {
            at,
            creator: self.creator,
            quotas: quotas
                .into_iter()
                .filter(|(_, used, quota)| used.is_some() || quota.is_some())
                .map(|(held, used, quota)| (held, Quota { used, quota }))
                .collect(),
        }
    }
}
