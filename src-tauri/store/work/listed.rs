//! The same lists whole, for exports: every row, and how many there are.

use futures_util::{Stream, StreamExt as _};
use time::OffsetDateTime;

use crate::domain::ids::UserId;
use crate::domain::work::{Deployment, FeatureGroup, HealthCheck, PriceOverride, UserProject};
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::work::{
    DEPLOYMENTS, DeploymentRecord, FEATURE_GROUPS, FeatureGroupRecord, HEALTH_CHECKS, HealthRecord,
    PRICES, PROJECTS, PriceRecord, ProjectRecord, prices_bound, whole,
};
use crate::totals;

/// How many of each there are.
const PROJECTS_TOTALS: Statement = totals!("user_projects.sql");
const FEATURE_GROUPS_TOTALS: Statement = totals!("user_feature_groups.sql");
const DEPLOYMENTS_TOTALS: Statement = totals!("user_deployments.sql");
const HEALTH_CHECKS_TOTALS: Statement = totals!("user_health_checks.sql");
const PRICES_TOTALS: Statement = totals!("user_prices.sql");

/// Every project somebody owns or shares, in the order of [`crate::store::work::projects`].
pub fn projects<'r>(
    reading: &'r mut Reading,
    id: &UserId,
) -> impl Stream<Item = Result<UserProject, StoreError>> + Send + 'r {
    reading
        .stream(whole::<ProjectRecord>(PROJECTS, id))
        .map(|record| Ok(record?.into_project()))
}

/// How many [`projects`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn projects_totals(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(whole(PROJECTS_TOTALS, id)).await
}

/// Every feature group, in the order of [`crate::store::work::feature_groups`].
pub fn feature_groups<'r>(
    reading: &'r mut Reading,
    id: &UserId,
) -> impl Stream<Item = Result<FeatureGroup, StoreError>> + Send + 'r {
    reading
        .stream(whole::<FeatureGroupRecord>(FEATURE_GROUPS, id))
        .map(|record| Ok(record?.into_group()))
}

/// How many [`feature_groups`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn feature_groups_totals(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(whole(FEATURE_GROUPS_TOTALS, id)).await
}

/// Every deployed model, in the order of [`crate::store::work::deployments`].
pub fn deployments<'r>(
    reading: &'r mut Reading,
    id: &UserId,
) -> impl Stream<Item = Result<Deployment, StoreError>> + Send + 'r {
    reading
        .stream(whole::<DeploymentRecord>(DEPLOYMENTS, id))
        .map(|record| Ok(record?.into_deployment()))
}

/// How many [`deployments`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn deployments_totals(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(whole(DEPLOYMENTS_TOTALS, id)).await
}

/// Every finding of the service's checks, in the order of [`crate::store::work::health_checks`].
pub fn health_checks<'r>(
    reading: &'r mut Reading,
    id: &UserId,
) -> impl Stream<Item = Result<HealthCheck, StoreError>> + Send + 'r {
    reading
        .stream(whole::<HealthRecord>(HEALTH_CHECKS, id).bind(true))
        .map(|record| Ok(record?.into_check()))
}

/// How many [`health_checks`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn health_checks_totals(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(whole(HEALTH_CHECKS_TOTALS, id).bind(true))
        .await
}

/// Every price promised to the account that pays, in the order of [`crate::store::work::prices`].
pub fn prices<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<PriceOverride, StoreError>> + Send + 'r {
    reading
        .stream(prices_bound::<PriceRecord>(PRICES, id, now, None))
        .map(|record| Ok(record?.into_price()))
}

/// How many [`prices`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn prices_totals(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(prices_bound(PRICES_TOTALS, id, now, None))
        .await
}
