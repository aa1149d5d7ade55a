//! Invoices of one user's page.

use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::ids::UserId;
use crate::domain::moment::{self, Moment};
use crate::domain::slice::{Part, Slice};
use crate::domain::user_invoices::UserInvoice;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::work::{after, bound, counted};

const INVOICES: Statement = statement!("user_invoices.sql");

/// Invoices and charges of the account that pays for a user, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_user(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
    now: OffsetDateTime,
) -> Result<Slice<UserInvoice>, StoreError> {
    let records: Vec<InvoiceRecord> = reading.all(bound(INVOICES, id, part).bind(now)).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.created_at, &record.key)
    });
    Ok(slice.map(|record| UserInvoice {
        key: record.key,
        origin: record.origin,
        id: record.id.unwrap_or_default(),
        number: record.number,
        amount: record.amount,
        currency: record.currency,
        status: record.status,
        overdue: record.overdue.unwrap_or(false),
        failed: record.failed.unwrap_or(false),
        period_start: record.period_start,
        period_end: record.period_end,
        due_at: record.due_at,
        paid_at: record.paid_at,
        created_at: moment::known(record.created_at),
        description: record.description,
    }))
}

#[derive(Debug, FromRow)]
struct InvoiceRecord {
    key: String,
    origin: String,
    id: Option<String>,
    number: Option<String>,
    amount: Option<Decimal>,
    currency: Option<String>,
    status: Option<String>,
    overdue: Option<bool>,
    failed: Option<bool>,
    period_start: Option<OffsetDateTime>,
    period_end: Option<OffsetDateTime>,
    due_at: Option<OffsetDateTime>,
    paid_at: Option<OffsetDateTime>,
    created_at: Option<Moment>,
    description: Option<String>,
    matching_rows: Option<i64>,
}
