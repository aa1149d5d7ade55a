//! Clusters: the list, one of them, and what it carried per day, from the rollups.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::capacity::recorded::{Figures, Glance};
use crate::domain::clusters::{
    Carried, ClusterDetail, ClusterRow, ClusterStatus, ClustersQuery, ClustersSort, Seats,
};
use crate::domain::ids::ClusterId;
use crate::domain::period::{Days, Month};
use crate::domain::slice::Slice;
use crate::domain::usage::{Metric, UsageSeries};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::forecasts::{KeptRecord, kept};
use crate::store::people::{any_of, fragment_pattern};
use crate::store::totals::{Bound, TotalsRecord};
use crate::store::usage::{DayRecord, series};
use crate::store::work::counted;
use crate::totals;

const PAGE: Statement = statement!("clusters_page.sql");
const TOTALS: Statement = totals!("clusters_page.sql"; "month_cost", "month_cpu", "month_gpu", "before_cost",
    "before_cpu", "before_gpu");
const DETAIL: Statement = statement!("cluster_detail.sql");
const USAGE: Statement = statement!("cluster_usage.sql");

/// Reads one page of the Clusters list, and as of when seats and usage were counted; `None` while they were
/// not.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    query: &ClustersQuery,
    now: OffsetDateTime,
) -> Result<(Slice<ClusterRow>, Option<OffsetDateTime>), StoreError> {
    let limit = i64::from(query.limit) + 1;
    let records: Vec<ListedRecord> = reading.all(bound(PAGE, query, Some(limit), now)).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let as_of = records.first().and_then(|record| record.cluster.as_of);
    let slice =
        Slice::cut(records, query.limit, count, ListedRecord::cursor).map(ListedRecord::into_row);
    Ok((slice, as_of))
}

/// Every cluster on the list, in its order.
pub fn listed<'r>(
    reading: &'r mut Reading,
    query: &ClustersQuery,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<ClusterRow, StoreError>> + Send + 'r {
    reading
        .stream(bound::<ListedRecord>(PAGE, query, None, now))
        .map(|record| {
            let record = record?;
            Ok(record.into_row())
        })
}

/// How many are on the list, and what they carried together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    query: &ClustersQuery,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(TOTALS, query, None, now)).await
}

/// The statement of a page with its arguments; without a limit, all of them.
fn bound<R>(
    statement: Statement,
    query: &ClustersQuery,
    limit: Option<i64>,
    now: OffsetDateTime,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let key = query.after.as_ref().map(|cursor| &cursor.key);
    let month = Month::of(now);
    let filter = &query.filter;
    statement
        .rows()
        .bind(filter.text.as_deref().map(fragment_pattern))
        .bind(filter.text.clone())
        .bind(any_of(&filter.statuses, ClusterStatus::word))
        .bind(sort_word(query.sort))
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(key.and_then(|key| match key {
            CursorKey::Text(text) => Some(text.clone()),
            _ => None,
        }))
        .bind(key.and_then(|key| match key {
            CursorKey::Number(number) => Some(*number),
            _ => None,
        }))
        .bind(query.after.as_ref().map(|cursor| cursor.id.clone()))
        .bind(limit)
        .bind(month.first_day())
        .bind(month.before().first_day())
        .bind(filter.region.as_deref().map(fragment_pattern))
        .bind(filter.has_room)
        .bind(filter.drifted)
        .bind(filter.assigned_least.map(i64::from))
        .bind(filter.assigned_most.map(i64::from))
        .bind(filter.fill_least.map(i64::from))
        .bind(filter.fill_most.map(i64::from))
        .bind(edges::over(filter.cost_over))
        .bind(edges::under(filter.cost_under))
}

/// Reads one cluster; `None` when neither a table of clusters nor assignments nor usage name it.
///
/// # Errors
/// Whatever the database says.
pub async fn detail(
    reading: &mut Reading,
    id: &ClusterId,
    now: OffsetDateTime,
) -> Result<Option<ClusterDetail>, StoreError> {
    let month = Month::of(now);
    let record: Option<DetailRecord> = reading
        .optional(
            DETAIL
                .rows()
                .bind(id.as_str().to_owned())
                .bind(month.first_day())
                .bind(month.before().first_day()),
        )
        .await?;
    record
        .map(|record| {
            Ok(ClusterDetail {
                as_of: record.cluster.as_of,
                row: record.cluster.into_row(Glance::default()),
                api_url: record.api_url,
                created_at: record.created_at,
                updated_at: record.updated_at,
            })
        })
        .transpose()
}

/// A metric per day.
///
/// # Errors
/// Whatever the database says.
pub async fn usage(
    reading: &mut Reading,
    id: &ClusterId,
    metric: Metric,
    days: Days,
) -> Result<UsageSeries, StoreError> {
    let records: Vec<DayRecord> = reading
        .all(
            USAGE
                .rows()
                .bind(id.as_str().to_owned())
                .bind(days.first())
                .bind(days.last()),
        )
        .await?;
    Ok(series(&records, metric, days))
}

#[derive(Debug, FromRow)]
struct ListedRecord {
    #[sqlx(flatten)]
    cluster: ClusterRecord,
    #[sqlx(flatten)]
    glance: GlanceRecord,
    grave: Option<i64>,
    others: Option<i64>,
    forecasts: Option<Json<Vec<KeptRecord>>>,
    text_key: Option<String>,
    number_key: Option<Decimal>,
    matching_rows: Option<i64>,
}

impl ListedRecord {
    fn into_row(self) -> ClusterRow {
        let count = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
        let found = self.grave.zip(self.others);
        ClusterRow {
            found: found.map(|(grave, others)| (count(grave), count(others))),
            forecasts: kept(self.forecasts),
            ..self.cluster.into_row(self.glance.into_glance())
        }
    }

    fn cursor(&self) -> Cursor {
        let text = self.text_key.clone().map(CursorKey::Text);
        Cursor {
            key: text
                .or(self.number_key.map(CursorKey::Number))
                .unwrap_or(CursorKey::Null),
            id: self.cluster.id.clone(),
        }
    }
}

/// What the last looks at a cluster said.
#[derive(Debug, FromRow)]
struct GlanceRecord {
    looked_at: Option<OffsetDateTime>,
    capacity_code: Option<String>,
    hopsworks_code: Option<String>,
    seen_at: Option<OffsetDateTime>,
    cpu_requested: Option<i64>,
    cpu_allocatable: Option<i64>,
    memory_requested: Option<i64>,
    memory_allocatable: Option<i64>,
    gpu_requested: Option<i64>,
    gpu_allocatable: Option<i64>,
}

impl GlanceRecord {
    fn into_glance(self) -> Glance {
        let figures = |requested, allocatable| Figures {
            allocatable,
            requested,
            ..Figures::default()
        };
        Glance {
            looked_at: self.looked_at,
            capacity_code: self.capacity_code,
            hopsworks_code: self.hopsworks_code,
            seen_at: self.seen_at,
            cpu: figures(self.cpu_requested, self.cpu_allocatable),
            memory: figures(self.memory_requested, self.memory_allocatable),
            gpu: figures(self.gpu_requested, self.gpu_allocatable),
        }
    }
}

#[derive(Debug, FromRow)]
struct DetailRecord {
    #[sqlx(flatten)]
    cluster: ClusterRecord,
    api_url: Option<String>,
    created_at: Option<OffsetDateTime>,
    updated_at: Option<OffsetDateTime>,
}

#[derive(Debug, FromRow)]
struct ClusterRecord {
    id: String,
    name: Option<String>,
    region: Option<String>,
    status: Option<String>,
    known: bool,
    as_of: Option<OffsetDateTime>,
    max_users: Option<i64>,
    current_users: Option<i64>,
    assigned: Option<i32>,
    assigned_lately: Option<i32>,
    last_assigned_at: Option<OffsetDateTime>,
    people: Option<i32>,
    people_day: Option<Date>,
    month_cost: Option<Decimal>,
    month_cpu: Option<Decimal>,
    month_gpu: Option<Decimal>,
    before_cost: Option<Decimal>,
    before_cpu: Option<Decimal>,
    before_gpu: Option<Decimal>,
}

impl ClusterRecord {
    fn into_row(self, glance: Glance) -> ClusterRow {
        let whole =
            |count: Option<i64>| count.map(|count| u32::try_from(count.max(0)).unwrap_or(u32::MAX));
        ClusterRow {
            id: ClusterId::recorded(&self.id),
            name: self.name.filter(|name| !name.trim().is_empty()),
            region: self.region,
            status: ClusterStatus::read(self.known, self.status.as_deref()),
            status_word: self.status,
            seats: Seats {
                limit: whole(self.max_users),
                recorded: whole(self.current_users),
                assigned: whole(self.assigned.map(i64::from)),
            },
            assigned_lately: whole(self.assigned_lately.map(i64::from)),
            last_assigned_at: self.last_assigned_at,
            used: whole(self.people.map(i64::from)).zip(self.people_day),
            glance,
            found: None,
            forecasts: None,
            month: Carried {
                cost: self.month_cost,
                cpu_hours: self.month_cpu,
                gpu_hours: self.month_gpu,
            },
            month_before: Carried {
                cost: self.before_cost,
                cpu_hours: self.before_cpu,
                gpu_hours: self.before_gpu,
            },
        }
    }
}

fn sort_word(sort: ClustersSort) -> &'static str {
    match sort {
        ClustersSort::Name => "name",
        ClustersSort::Region => "region",
        ClustersSort::Fill => "fill",
        ClustersSort::Assigned => "assigned",
        ClustersSort::Drift => "drift",
        ClustersSort::People => "people",
        ClustersSort::RunsOut => "runs_out",
        ClustersSort::MonthCost => "month_cost",
        ClustersSort::MonthBeforeCost => "month_before_cost",
        ClustersSort::AssignedLately => "assigned_lately",
    }
}
