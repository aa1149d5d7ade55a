//! Usage per day and credits.

use rust_decimal::Decimal;
use sqlx::FromRow;
use time::{Date, OffsetDateTime};

use crate::domain::credits::{AccountCredits, Credits};
use crate::domain::ids::UserId;
use crate::domain::period::Days;
use crate::domain::usage::{DayValue, Metric, UsageSeries};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people;

const USER_USAGE: Statement = statement!("user_usage.sql");
const USER_EXISTS: Statement = statement!("user_exists.sql");
const USER_CREDITS: Statement = statement!("user_credits.sql");
const OVERVIEW_USAGE: Statement = statement!("overview_usage.sql");

/// Whether a user is on record.
///
/// # Errors
/// Whatever the database says.
pub async fn user_exists(reading: &mut Reading, id: &UserId) -> Result<bool, StoreError> {
    let (exists,): (bool,) = reading
        .one(USER_EXISTS.rows().bind(id.as_str().to_owned()))
        .await?;
    Ok(exists)
}

/// A metric per day, of one person or of the whole team that person owns.
///
/// # Errors
/// Whatever the database says.
pub async fn of_user(
    reading: &mut Reading,
    id: &UserId,
    whole_team: bool,
    metric: Metric,
    days: Days,
) -> Result<UsageSeries, StoreError> {
    let records: Vec<DayRecord> = reading
        .all(
            USER_USAGE
                .rows()
                .bind(id.as_str().to_owned())
                .bind(days.first())
                .bind(days.last())
                .bind(whole_team),
        )
        .await?;
    Ok(series(&records, metric, days))
}

/// A metric per day, of the whole service.
///
/// # Errors
/// Whatever the database says.
pub async fn of_service(
    reading: &mut Reading,
    metric: Metric,
    days: Days,
) -> Result<UsageSeries, StoreError> {
    let records: Vec<DayRecord> = reading
        .all(OVERVIEW_USAGE.rows().bind(days.first()).bind(days.last()))
        .await?;
    Ok(series(&records, metric, days))
}

/// Reads the credits behind a user; `None` when there is no such user.
///
/// # Errors
/// Whatever the database says.
pub async fn credits(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Option<AccountCredits>, StoreError> {
    let record: Option<CreditsRecord> = reading
        .optional(USER_CREDITS.rows().bind(id.as_str().to_owned()))
        .await?;
    let Some(record) = record else {
        return Ok(None);
    };
    Ok(Some(AccountCredits {
        payer: people::person(
            &record.id,
            record.name,
            record.email,
            record.status.as_deref(),
        ),
        paid_by_another: record.paid_by_another,
        credits: record.has_credits.then(|| Credits {
            purchased: record.total_purchased.unwrap_or_default(),
            used: record.total_used.unwrap_or_default(),
            granted: record.free_credits_granted.unwrap_or_default(),
            granted_used: record.free_credits_used.unwrap_or_default(),
        }),
        per_day: record.per_day.unwrap_or_default(),
        last_purchase_at: record.last_purchase_at,
    }))
}

#[derive(Debug, FromRow)]
pub(in crate::store) struct DayRecord {
    date: Date,
    total_cost: Option<Decimal>,
    cpu_hours: Option<Decimal>,
    gpu_hours: Option<Decimal>,
    storage_gb: Option<Decimal>,
    feature_store_api_calls: Option<Decimal>,
    model_inference_calls: Option<Decimal>,
}

#[derive(Debug, FromRow)]
struct CreditsRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    paid_by_another: bool,
    has_credits: bool,
    total_purchased: Option<Decimal>,
    total_used: Option<Decimal>,
    free_credits_granted: Option<Decimal>,
    free_credits_used: Option<Decimal>,
    last_purchase_at: Option<OffsetDateTime>,
    per_day: Option<Decimal>,
}

/// Every day of the period, also those without a row.
pub(in crate::store) fn series(records: &[DayRecord], metric: Metric, days: Days) -> UsageSeries {
    let value = |date: Date| {
        let record = &records[records
            .binary_search_by_key(&date, |record| record.date)
            .ok()?];
        match metric {
            Metric::Cost => record.total_cost,
            Metric::CpuHours => record.cpu_hours,
            Metric::GpuHours => record.gpu_hours,
            Metric::StorageGb => record.storage_gb,
            Metric::FeatureStoreCalls => record.feature_store_api_calls,
            Metric::InferenceCalls => record.model_inference_calls,
        }
    };
    let days = days
        .iter()
        .map(|date| DayValue {
            date,
            value: value(date),
        })
        .collect();
    UsageSeries { metric, days }
}
