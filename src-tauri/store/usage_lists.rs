//! Usage as lists: per day, per day and cluster, and per cluster, every measure beside the others.

use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::Date;

use crate::domain::fleet::UsageQuery;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::measures::Measures;
use crate::domain::period::Days;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::measures_record::MeasuresRecord;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const DAYS_AND_CLUSTERS: Statement = statement!("usage_days_and_clusters.sql");
const DAYS_AND_CLUSTERS_TOTALS: Statement = totals!("usage_days_and_clusters.sql"; "total_cost", "cpu_hours",
    "gpu_hours", "storage_gb", "feature_store_api_calls", "model_inference_calls");
const CLUSTERS: Statement = statement!("usage_clusters.sql");
const CLUSTERS_TOTALS: Statement = totals!("usage_clusters.sql"; "total_cost", "cpu_hours", "gpu_hours",
    "storage_gb", "feature_store_api_calls", "model_inference_calls", "cost_before");

/// Statements of one subject's days with their totals.
const OF_SERVICE: (Statement, Statement) = (
    statement!("overview_usage.sql"),
    totals!("overview_usage.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb", "feature_store_api_calls",
        "model_inference_calls"),
);
const OF_USER: (Statement, Statement) = (
    statement!("user_usage.sql"),
    totals!("user_usage.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb", "feature_store_api_calls",
        "model_inference_calls"),
);
const OF_CLUSTER: (Statement, Statement) = (
    statement!("cluster_usage.sql"),
    totals!("cluster_usage.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb", "feature_store_api_calls",
        "model_inference_calls"),
);

/// Whose days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Everybody's.
    Service,
    /// One person's.
    Person(&'a UserId),
    /// Everybody's in the team this person owns.
    Team(&'a UserId),
    /// What a cluster carried.
    Cluster(&'a ClusterId),
}

/// One day on one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDay {
    /// Which day.
    pub day: Date,
    /// As recorded; empty for usage that names no cluster.
    pub cluster_id: String,
    /// Its name, where it is on record.
    pub cluster_name: Option<String>,
    /// What was used.
    pub measures: Measures,
}

/// A cluster in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSum {
    /// As recorded; empty for usage that names no cluster.
    pub cluster_id: String,
    /// Its name, where it is on record.
    pub cluster_name: Option<String>,
    /// On how many of the days anything was recorded.
    pub days: i64,
    /// What was used.
    pub measures: Measures,
    /// Cost in the period before, USD.
    pub cost_before: Option<Decimal>,
}

/// Days with what was used on each. Days without a row are not among them.
pub fn days<'r>(
    reading: &'r mut Reading,
    whose: Whose<'_>,
    days: Days,
) -> BoxStream<'r, Result<(Date, Measures), StoreError>> {
    reading
        .stream(days_bound::<DayRecord>(whose, days, |(rows, _)| rows))
        .map(|record| {
            let record = record?;
            Ok((record.date, record.measures.into()))
        })
        .boxed()
}

/// How many days these are, and what was used on them together.
///
/// # Errors
/// Whatever the database says.
pub async fn days_totals(
    reading: &mut Reading,
    whose: Whose<'_>,
    days: Days,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(days_bound(whose, days, |(_, totals)| totals))
        .await
}

fn days_bound<R>(
    whose: Whose<'_>,
    days: Days,
    which: impl Fn((Statement, Statement)) -> Statement,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let of_user = |id: &UserId, whole_team: bool| {
        which(OF_USER)
            .rows()
            .bind(id.as_str().to_owned())
            .bind(days.first())
            .bind(days.last())
            .bind(whole_team)
    };
    match whose {
        Whose::Service => which(OF_SERVICE)
            .rows()
            .bind(days.first())
            .bind(days.last()),
        Whose::Person(id) => of_user(id, false),
        Whose::Team(id) => of_user(id, true),
        Whose::Cluster(id) => which(OF_CLUSTER)
            .rows()
            .bind(id.as_str().to_owned())
            .bind(days.first())
            .bind(days.last()),
    }
}

/// A period's days, cluster by cluster.
pub fn days_and_clusters<'r>(
    reading: &'r mut Reading,
    query: &UsageQuery,
) -> impl Stream<Item = Result<ClusterDay, StoreError>> + Send + 'r {
    reading
        .stream(fleet_bound::<ClusterDayRecord>(
            DAYS_AND_CLUSTERS,
            query,
            false,
        ))
        .map(|record| {
            let record = record?;
            Ok(ClusterDay {
                day: record.day,
                cluster_id: record.cluster_id,
                cluster_name: record.cluster_name,
                measures: record.measures.into(),
            })
        })
}

/// How many rows these are, and what was used together.
///
/// # Errors
/// Whatever the database says.
pub async fn days_and_clusters_totals(
    reading: &mut Reading,
    query: &UsageQuery,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(fleet_bound(DAYS_AND_CLUSTERS_TOTALS, query, false))
        .await
}

/// The clusters of a period, beside the one before.
pub fn clusters<'r>(
    reading: &'r mut Reading,
    query: &UsageQuery,
) -> impl Stream<Item = Result<ClusterSum, StoreError>> + Send + 'r {
    reading
        .stream(fleet_bound::<ClusterSumRecord>(CLUSTERS, query, true))
        .map(|record| {
            let record = record?;
            Ok(ClusterSum {
                cluster_id: record.cluster_id,
                cluster_name: record.cluster_name,
                days: record.days,
                measures: record.measures.into(),
                cost_before: record.cost_before,
            })
        })
}

/// How many these are, and what they carried together.
///
/// # Errors
/// Whatever the database says.
pub async fn clusters_totals(
    reading: &mut Reading,
    query: &UsageQuery,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(fleet_bound(CLUSTERS_TOTALS, query, true)).await
}

fn fleet_bound<R>(statement: Statement, query: &UsageQuery, with_before: bool) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let (days, before) = (query.period.days(), query.period.previous());
    let mut rows = statement.rows().bind(days.first()).bind(days.last());
    if with_before {
        rows = rows.bind(before.first()).bind(before.last());
    }
    rows.bind(query.cluster.as_ref().map(|id| id.as_str().to_owned()))
        .bind(query.account.as_ref().map(|id| id.as_str().to_owned()))
}

#[derive(Debug, FromRow)]
struct DayRecord {
    date: Date,
    #[sqlx(flatten)]
    measures: MeasuresRecord,
}

#[derive(Debug, FromRow)]
struct ClusterDayRecord {
    day: Date,
    cluster_id: String,
    cluster_name: Option<String>,
    #[sqlx(flatten)]
    measures: MeasuresRecord,
}

#[derive(Debug, FromRow)]
struct ClusterSumRecord {
    cluster_id: String,
    cluster_name: Option<String>,
    days: i64,
    #[sqlx(flatten)]
    measures: MeasuresRecord,
    cost_before: Option<Decimal>,
}
