//! Invoices of one user's page.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::fiscal::FiscalZone;
use crate::domain::ids::UserId;
use crate::domain::moment::{self, Moment};
use crate::domain::slice::{Part, Slice};
use crate::domain::user_invoices::UserInvoice;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::invoice_days::DaysRecord;
use crate::store::totals::TotalsRecord;
use crate::store::work::{after, bound, counted, whole};
use crate::totals;

const INVOICES: Statement = statement!("user_invoices.sql");
const INVOICES_TOTALS: Statement = totals!("user_invoices.sql" by "currency"; "amount");

/// Invoices and charges of the account that pays for a user, newest first, with their days in that time zone.
///
/// # Errors
/// Whatever the database says.
pub async fn of_user(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<Slice<UserInvoice>, StoreError> {
    let statement = bound(INVOICES, id, part)
        .bind(now)
        .bind(zone.name().to_owned());
    let records: Vec<InvoiceRecord> = reading.all(statement).await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.created_at, &record.key)
    });
    Ok(slice.map(InvoiceRecord::into_invoice))
}

/// All of them, newest first, in UTC.
pub fn listed<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<UserInvoice, StoreError>> + Send + 'r {
    reading
        .stream(
            whole::<InvoiceRecord>(INVOICES, id)
                .bind(now)
                .bind(FiscalZone::utc().name().to_owned()),
        )
        .map(|record| Ok(record?.into_invoice()))
}

/// How many there are, and what they come to in each currency.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    let utc = FiscalZone::utc().name().to_owned();
    reading
        .all(whole(INVOICES_TOTALS, id).bind(now).bind(utc))
        .await
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
    #[sqlx(flatten)]
    days: DaysRecord,
    paid_at: Option<OffsetDateTime>,
    created_at: Option<Moment>,
    description: Option<String>,
    matching_rows: Option<i64>,
}

impl InvoiceRecord {
    fn into_invoice(self) -> UserInvoice {
        let overdue = self.overdue.unwrap_or(false);
        UserInvoice {
            key: self.key,
            origin: self.origin,
            id: self.id.unwrap_or_default(),
            number: self.number,
            amount: self.amount,
            currency: self.currency,
            status: self.status,
            overdue,
            days_overdue: self.days.since_due().filter(|days| overdue && *days > 0),
            failed: self.failed.unwrap_or(false),
            period: self.days.period(),
            period_start: self.days.period_start,
            period_end: self.days.period_end,
            due_at: self.days.due_at,
            paid_at: self.paid_at,
            created_at: moment::known(self.created_at),
            description: self.description,
        }
    }
}
