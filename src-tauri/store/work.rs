//! What somebody has in Hopsworks, what the checks found, and what prices were promised to them.

pub mod listed;

use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::browse::{Count, Cursor, CursorKey};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::moment::{self, Moment};
use crate::domain::slice::{Part, Slice};
use crate::domain::work::{
    Deployment, FeatureGroup, HealthCheck, PriceOverride, Project, ProjectMembers, ProjectPart,
    Sync, UserProject,
};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::person;
use crate::store::project_there::ThereRecord;
use crate::store::totals::Bound;

const PROJECTS: Statement = statement!("user_projects.sql");
const FEATURE_GROUPS: Statement = statement!("user_feature_groups.sql");
const DEPLOYMENTS: Statement = statement!("user_deployments.sql");
const HEALTH_CHECKS: Statement = statement!("user_health_checks.sql");
const PRICES: Statement = statement!("user_prices.sql");

/// Prices of one account that its page lists.
const MOST_PRICES: i64 = 200;

/// More rows than this are not counted one by one.
const COUNT_LIMIT: u64 = 10_000;

/// Projects somebody owns or shares, the one seen last first.
///
/// # Errors
/// Whatever the database says.
pub async fn projects(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
) -> Result<Slice<UserProject>, StoreError> {
    let records: Vec<ProjectRecord> = reading.all(bound(PROJECTS, id, part)).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.last_seen_at, &record.key)
    });
    Ok(slice.map(ProjectRecord::into_project))
}

/// Feature groups, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn feature_groups(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
) -> Result<Slice<FeatureGroup>, StoreError> {
    let records: Vec<FeatureGroupRecord> = reading.all(bound(FEATURE_GROUPS, id, part)).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.created_at, &record.key)
    });
    Ok(slice.map(FeatureGroupRecord::into_group))
}

/// Deployed models, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn deployments(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
) -> Result<Slice<Deployment>, StoreError> {
    let records: Vec<DeploymentRecord> = reading.all(bound(DEPLOYMENTS, id, part)).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.created_at, &record.key)
    });
    Ok(slice.map(DeploymentRecord::into_deployment))
}

/// What the service's checks found, open findings first.
///
/// # Errors
/// Whatever the database says.
pub async fn health_checks(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
) -> Result<Slice<HealthCheck>, StoreError> {
    // Open findings come first, so the place in the list is more than a time: the key says which half.
    let (open, part) = match part.after.clone() {
        Some(Cursor { key, id }) => {
            let closed = id.strip_prefix(CLOSED).map(str::to_owned);
            let open = closed.is_none();
            let after = Cursor {
                key,
                id: closed.unwrap_or(id),
            };
            let part = Part {
                after: Some(after),
                ..*part
            };
            (open, part)
        }
        None => (true, part.clone()),
    };
    let records: Vec<HealthRecord> = reading
        .all(bound(HEALTH_CHECKS, id, &part).bind(open))
        .await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        let half = if record.resolved_at.is_some() {
            CLOSED
        } else {
            ""
        };
        after(record.created_at, &format!("{half}{}", record.key))
    });
    Ok(slice.map(HealthRecord::into_check))
}

/// Marks the place of a finding that is mended. No key of the service begins like this.
const CLOSED: &str = "\u{2713} ";

/// Prices promised to the account that pays, and whether that is somebody else's.
///
/// # Errors
/// Whatever the database says.
pub async fn prices(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<PriceOverride>, StoreError> {
    let records: Vec<PriceRecord> = reading
        .all(prices_bound(PRICES, id, now, Some(MOST_PRICES)))
        .await?;
    Ok(records.into_iter().map(PriceRecord::into_price).collect())
}

fn prices_bound<R>(
    statement: Statement,
    id: &UserId,
    now: OffsetDateTime,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(now)
        .bind(limit)
}

/// The arguments that all lists of one user begin with; one row more than asked for is read.
pub(in crate::store) fn bound<R>(statement: Statement, id: &UserId, part: &Part) -> Bound<R>
where
    R: for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    let after = part.after.as_ref();
    let at = after.and_then(|cursor| match cursor.key {
        CursorKey::Time(at) => Some(at),
        _ => None,
    });
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(at)
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(i64::from(part.limit) + 1)
}

/// The same for all rows of such a list.
pub(in crate::store) fn whole<R>(statement: Statement, id: &UserId) -> Bound<R>
where
    R: for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(None::<OffsetDateTime>)
        .bind(None::<String>)
        .bind(None::<i64>)
}

/// The place after a row; one without a time is among the last.
pub(in crate::store) fn after(at: Option<impl Into<Moment>>, key: &str) -> Cursor {
    Cursor {
        key: at.map_or(CursorKey::Null, |at| CursorKey::Time(at.into())),
        id: key.to_owned(),
    }
}

/// `None` on later pages, which are not counted; a first page without rows has none.
pub(in crate::store) fn counted(matching: Option<i64>) -> Option<Count> {
    let matching = u64::try_from(matching?).unwrap_or(0);
    Some(if matching > COUNT_LIMIT {
        Count::Over(COUNT_LIMIT)
    } else {
        Count::Exact(matching)
    })
}

/// JSON for people; `None` where there is nothing in it.
fn indented(value: &Value) -> Option<String> {
    let empty = match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if empty {
        return None;
    }
    serde_json::to_string_pretty(value).ok()
}

#[derive(Debug, FromRow)]
struct ProjectRecord {
    key: String,
    owned: bool,
    project_id: Option<i64>,
    project_name: Option<String>,
    namespace: Option<String>,
    status: Option<String>,
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    created_at: Option<OffsetDateTime>,
    last_seen_at: Option<OffsetDateTime>,
    role: Option<String>,
    synced: Option<bool>,
    sync_error: Option<String>,
    last_sync_at: Option<OffsetDateTime>,
    owner_id: Option<String>,
    owner_name: Option<String>,
    owner_email: Option<String>,
    owner_status: Option<String>,
    members: Option<i64>,
    waiting: Option<i64>,
    refused: Option<i64>,
    refused_people: Option<String>,
    refusal: Option<String>,
    #[sqlx(flatten)]
    there: ThereRecord,
    matching_rows: Option<i64>,
}

impl ProjectRecord {
    fn into_project(self) -> UserProject {
        let whole = |count: Option<i64>| u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX);
        let part = if self.owned {
            ProjectPart::Owner(ProjectMembers {
                count: whole(self.members),
                waiting: whole(self.waiting),
                refused: whole(self.refused),
                refused_people: self.refused_people,
                refusal: self.refusal,
            })
        } else {
            let owner = match &self.owner_id {
                Some(id) => Some(person(
                    id,
                    self.owner_name,
                    self.owner_email,
                    self.owner_status.as_deref(),
                )),
                None => None,
            };
            ProjectPart::Member {
                owner,
                role: self.role,
                sync: Sync::read(self.synced, self.sync_error, self.last_sync_at),
            }
        };
        let cluster = match &self.cluster_id {
            Some(id) => Some((ClusterId::recorded(id), self.cluster_name)),
            None => None,
        };
        UserProject {
            project: Project {
                key: self.key,
                number: self.project_id,
                name: self.project_name,
                namespace: self.namespace,
                status: self.status,
                cluster,
                created_at: self.created_at,
                last_seen_at: self.last_seen_at,
                there: self.there.into_there(),
            },
            part,
        }
    }
}

#[derive(Debug, FromRow)]
struct FeatureGroupRecord {
    key: String,
    name: Option<String>,
    version: Option<i64>,
    created_at: Option<OffsetDateTime>,
    deleted_at: Option<OffsetDateTime>,
    matching_rows: Option<i64>,
}

impl FeatureGroupRecord {
    fn into_group(self) -> FeatureGroup {
        FeatureGroup {
            key: self.key,
            name: self.name,
            version: self.version,
            created_at: self.created_at,
            deleted_at: self.deleted_at,
        }
    }
}

#[derive(Debug, FromRow)]
struct DeploymentRecord {
    key: String,
    name: Option<String>,
    endpoint: Option<String>,
    status: Option<String>,
    created_at: Option<OffsetDateTime>,
    deleted_at: Option<OffsetDateTime>,
    matching_rows: Option<i64>,
}

impl DeploymentRecord {
    fn into_deployment(self) -> Deployment {
        Deployment {
            key: self.key,
            name: self.name,
            endpoint: self.endpoint,
            status: self.status,
            created_at: self.created_at,
            deleted_at: self.deleted_at,
        }
    }
}

#[derive(Debug, FromRow)]
struct HealthRecord {
    key: String,
    check_type: Option<String>,
    error_message: Option<String>,
    details: Option<Value>,
    created_at: Option<Moment>,
    resolved_at: Option<OffsetDateTime>,
    resolution_notes: Option<String>,
    matching_rows: Option<i64>,
}

impl HealthRecord {
    fn into_check(self) -> HealthCheck {
        HealthCheck {
            key: self.key,
            check: self.check_type.unwrap_or_default(),
            message: self.error_message,
            details: self.details.as_ref().and_then(indented),
            found_at: moment::known(self.created_at),
            resolved_at: self.resolved_at,
            notes: self.resolution_notes,
        }
    }
}

#[derive(Debug, FromRow)]
struct PriceRecord {
    resource_type: Option<String>,
    override_price: Option<Decimal>,
    original_price: Option<Decimal>,
    discount_percentage: Option<Decimal>,
    valid_from: Option<OffsetDateTime>,
    valid_until: Option<OffsetDateTime>,
    created_by: Option<String>,
    reason: Option<String>,
}

impl PriceRecord {
    fn into_price(self) -> PriceOverride {
        PriceOverride {
            resource: self.resource_type.unwrap_or_default(),
            price: self.override_price,
            original: self.original_price,
            discount: self.discount_percentage,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            created_by: self.created_by,
            reason: self.reason,
        }
    }
}
