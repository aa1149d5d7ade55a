//! Usage of the whole service: per day and cluster, summed up over periods, and account by account.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::Date;

use crate::domain::account::{Plan, UserStatus, own_word};
use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::comparison::Parts;
use crate::domain::directory::Person;
use crate::domain::fleet::{
    AccountRow, AccountsFilter, AccountsPage, AccountsPlan, AccountsQuery, ClusterSums, FleetSums,
    Recorded, Sums, UsageQuery,
};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::layers::{Layer, LayerName, Layers, Step};
use crate::domain::measures::Measures;
use crate::domain::period::Days;
use crate::domain::usage::Metric;
use crate::statement;
use crate::store::count::CountRecord;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::measures_record::MeasuresRecord;
use crate::store::people::{any_of, fragment_pattern, not_blank, person};
use crate::store::rollups;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const USAGE_DAYS: Statement = statement!("usage_days.sql");
const USAGE_SUMS: Statement = statement!("usage_sums.sql");
const ACCOUNTS_MONTH: Statement = statement!("usage_accounts_month.sql");
const ACCOUNTS_LISTED: Statement = statement!("accounts_listed.sql");
const ACCOUNTS_DAYS: Statement = statement!("usage_accounts_days.sql");

/// The totals of each, for a list without a limit.
const MONTH_TOTALS: Statement = totals!("usage_accounts_month.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb",
    "feature_store_api_calls", "model_inference_calls", "cost_before");
const DAYS_TOTALS: Statement = totals!("usage_accounts_days.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb",
    "feature_store_api_calls", "model_inference_calls", "cost_before");

/// A measure per day, in one layer a cluster.
///
/// # Errors
/// Whatever the database says.
pub async fn days_by_cluster(
    reading: &mut Reading,
    query: &UsageQuery,
    days: Days,
    metric: Metric,
) -> Result<Layers, StoreError> {
    let records: Vec<DayRecord> = reading
        .all(
            USAGE_DAYS
                .rows()
                .bind(days.first())
                .bind(days.last())
                .bind(query.cluster.as_ref().map(|id| id.as_str().to_owned()))
                .bind(query.account.as_ref().map(|id| id.as_str().to_owned()))
                .bind(metric.column()),
        )
        .await?;
    let dates: Vec<Date> = days.iter().collect();
    let mut layers: BTreeMap<String, Layer> = BTreeMap::new();
    for record in records {
        let Ok(at) = dates.binary_search(&record.day) else {
            continue;
        };
        let layer = layers
            .entry(record.cluster_id.clone())
            .or_insert_with(|| Layer {
                name: if record.cluster_id.is_empty() {
                    LayerName::Unrecorded
                } else {
                    LayerName::Named(record.cluster_name.unwrap_or(record.cluster_id))
                },
                values: vec![None; dates.len()],
            });
        layer.values[at] = record.value;
    }
    Ok(Layers {
        metric,
        step: Step::Day,
        dates,
        layers: layers.into_values().collect(),
        before: Vec::new(),
    })
}

/// The sums of the period and of the one before, of the whole and of each cluster.
///
/// # Errors
/// Whatever the database says.
pub async fn sums(reading: &mut Reading, query: &UsageQuery) -> Result<FleetSums, StoreError> {
    let (now, before) = (query.period.days(), query.period.previous());
    let records: Vec<SumsRecord> = reading
        .all(
            USAGE_SUMS
                .rows()
                .bind(now.first())
                .bind(now.last())
                .bind(before.first())
                .bind(before.last())
                .bind(query.cluster.as_ref().map(|id| id.as_str().to_owned()))
                .bind(query.account.as_ref().map(|id| id.as_str().to_owned())),
        )
        .await?;
    let mut fleet = FleetSums::default();
    for record in records {
        let sums = record.sums();
        if record.is_whole {
            fleet.whole = sums;
            continue;
        }
        let id = record.cluster_id.unwrap_or_default();
        let cluster = if id.is_empty() {
            None
        } else {
            let name = record.cluster_name.unwrap_or_else(|| id.clone());
            Some((ClusterId::recorded(&id), name))
        };
        fleet.clusters.push(ClusterSums { cluster, sums });
    }
    if query.account.is_none() {
        fleet.as_of = rollups::as_of(reading).await?;
    }
    Ok(fleet)
}

/// Reads one page of the accounts, out of the parts the plan names.
///
/// # Errors
/// Whatever the database says.
pub async fn accounts(
    reading: &mut Reading,
    query: &AccountsQuery,
    plan: AccountsPlan,
) -> Result<AccountsPage, StoreError> {
    let whole = sums(reading, &query.usage).await?;
    let limit = i64::from(query.limit) + 1;
    let records: Vec<AccountRecord> = reading.all(bound(SHOWN, query, &plan, Some(limit))).await?;
    let count = CountRecord::of_first(records.first().map(|record| &record.count));
    let more = records.len() > usize::from(query.limit);
    let next = records
        .get(usize::from(query.limit).saturating_sub(1))
        .filter(|_| more)
        .map(|record| record.cursor(query.sort));
    let rows = records
        .into_iter()
        .take(query.limit.into())
        .map(AccountRecord::into_row)
        .collect();
    Ok(AccountsPage {
        rows,
        next,
        count: query.after.is_none().then_some(count),
        whole_cost: whole.whole.now.measures.cost,
        plan,
        as_of: whole.as_of,
    })
}

/// Every account on the list, in its order, one after another.
pub fn listed_accounts<'r>(
    reading: &'r mut Reading,
    query: &AccountsQuery,
    plan: &AccountsPlan,
) -> impl Stream<Item = Result<AccountRow, StoreError>> + Send + 'r {
    reading
        .stream(bound::<AccountRecord>(ACCOUNTS, query, plan, None))
        .map(|record| Ok(record?.into_row()))
}

/// How many are on the list, and what they used together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_accounts_totals(
    reading: &mut Reading,
    query: &AccountsQuery,
    plan: &AccountsPlan,
) -> Result<Vec<TotalsRecord>, StoreError> {
    let totals = (MONTH_TOTALS, DAYS_TOTALS);
    reading.all(bound(totals, query, plan, None)).await
}

/// The statements of a page of accounts: of one whole month, and of anything else.
const SHOWN: (Statement, Statement) = (ACCOUNTS_LISTED, ACCOUNTS_DAYS);

/// The same for all of them, one after another.
const ACCOUNTS: (Statement, Statement) = (ACCOUNTS_MONTH, ACCOUNTS_DAYS);

/// The statement of a page of accounts with its arguments; without a limit, all of them.
fn bound<R>(
    (of_month, of_days): (Statement, Statement),
    query: &AccountsQuery,
    plan: &AccountsPlan,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let after = query.after.as_ref();
    let key = after.map(|cursor| &cursor.key);
    let number = if let Some(CursorKey::Number(number)) = key {
        Some(*number)
    } else {
        None
    };
    let pattern = query.text.as_deref().map(fragment_pattern);
    let account = query
        .usage
        .account
        .as_ref()
        .map(|id| id.as_str().to_owned());
    let first_month = |parts: &Parts| parts.months.map(|(first, _)| first.first_day());
    let last_month = |parts: &Parts| parts.months.map(|(_, last)| last.first_day());
    let single = plan
        .parts
        .months
        .filter(|(first, last)| first == last && plan.parts.edges.is_empty());
    let before_is_months = plan.before.edges.is_empty();
    if let (Some((month, _)), true, None) = (single, before_is_months, &query.usage.cluster) {
        let rows = of_month
            .rows()
            .bind(month.first_day())
            .bind(pattern)
            .bind(query.text.clone())
            .bind(account)
            .bind(query.sort.column())
            .bind(query.descending)
            .bind(key == Some(&CursorKey::Null))
            .bind(number)
            .bind(after.map(|cursor| cursor.id.clone()))
            .bind(limit)
            .bind(first_month(&plan.before))
            .bind(last_month(&plan.before));
        return narrowed(rows, &query.filter);
    }
    let edge = |parts: &Parts, at: usize| {
        let days = parts.edges.get(at);
        (days.map(|days| days.first()), days.map(|days| days.last()))
    };
    let mut rows = of_days
        .rows()
        .bind(pattern)
        .bind(query.text.clone())
        .bind(
            query
                .usage
                .cluster
                .as_ref()
                .map(|id| id.as_str().to_owned()),
        )
        .bind(account)
        .bind(query.sort.column())
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(number)
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(limit);
    for parts in [&plan.parts, &plan.before] {
        rows = rows.bind(first_month(parts)).bind(last_month(parts));
        for at in 0..2 {
            let (first, last) = edge(parts, at);
            rows = rows.bind(first).bind(last);
        }
    }
    narrowed(rows, &query.filter)
}

/// What operators add to the filter, in the order of the statements' last arguments.
fn narrowed<R>(rows: Bound<R>, filter: &AccountsFilter) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    rows.bind(any_of(&filter.statuses, UserStatus::word))
        .bind(any_of(&filter.plans, Plan::word))
        .bind(edges::over(filter.cost_over))
        .bind(edges::under(filter.cost_under))
        .bind(edges::over(filter.cpu_over))
        .bind(edges::under(filter.cpu_under))
        .bind(edges::over(filter.gpu_over))
        .bind(edges::under(filter.gpu_under))
}

#[derive(Debug, FromRow)]
struct DayRecord {
    day: Date,
    cluster_id: String,
    cluster_name: Option<String>,
    value: Option<Decimal>,
}

#[derive(Debug, FromRow)]
struct SumsRecord {
    is_whole: bool,
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    #[sqlx(flatten)]
    now: MeasuresRecord,
    days: i64,
    before_total_cost: Option<Decimal>,
    before_cpu_hours: Option<Decimal>,
    before_gpu_hours: Option<Decimal>,
    before_storage_gb: Option<Decimal>,
    before_feature_store_api_calls: Option<Decimal>,
    before_model_inference_calls: Option<Decimal>,
    before_days: i64,
}

impl SumsRecord {
    fn sums(&self) -> Sums {
        let days = |count: i64| u32::try_from(count).unwrap_or(0);
        Sums {
            now: Recorded {
                measures: self.now.into(),
                days: days(self.days),
            },
            before: Recorded {
                measures: Measures {
                    cost: self.before_total_cost,
                    cpu_hours: self.before_cpu_hours,
                    gpu_hours: self.before_gpu_hours,
                    storage_gb_days: self.before_storage_gb,
                    feature_store_calls: self.before_feature_store_api_calls,
                    inference_calls: self.before_model_inference_calls,
                },
                days: days(self.before_days),
            },
        }
    }
}

/// An account as the statements give it.
#[derive(Debug, FromRow)]
struct AccountRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    company: Option<String>,
    plan: Option<String>,
    is_known: bool,
    members: Option<i64>,
    #[sqlx(flatten)]
    measures: MeasuresRecord,
    cost_before: Option<Decimal>,
    #[sqlx(flatten)]
    count: CountRecord,
}

impl AccountRecord {
    fn into_row(self) -> AccountRow {
        let plan = self.is_known.then(|| Plan::read(self.plan.as_deref()));
        AccountRow {
            owner: known_person(
                &self.id,
                self.name,
                self.email,
                self.status.as_deref(),
                self.is_known,
            ),
            company: not_blank(self.company),
            plan,
            plan_word: own_word(plan == Some(Plan::Other), self.plan.as_deref()),
            members: u32::try_from(self.members.unwrap_or(0)).unwrap_or(0),
            measures: self.measures.into(),
            cost_before: self.cost_before,
        }
    }

    fn cursor(&self, sort: Metric) -> Cursor {
        let value = Measures::from(self.measures).of(sort);
        Cursor {
            key: value.map_or(CursorKey::Null, CursorKey::Number),
            id: self.id.clone(),
        }
    }
}

/// Somebody who may no longer be on record: then deleted, with an id and nothing else.
pub(in crate::store) fn known_person(
    id: &str,
    name: Option<String>,
    email: Option<String>,
    status: Option<&str>,
    is_known: bool,
) -> Person {
    if is_known {
        return person(id, name, email, status);
    }
    Person {
        id: UserId::recorded(id),
        name: None,
        email: String::new(),
        status: UserStatus::Deleted,
        status_word: None,
    }
}
