//! The Invoices list: one page, what a filter comes to, and one invoice with what belongs to it.

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use rust_decimal::Decimal;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, Postgres};
use time::OffsetDateTime;

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::fiscal::FiscalZone;
use crate::domain::invoice_totals::{GivenBack, InvoiceSum, InvoiceTotals};
use crate::domain::invoices::{
    FiscalMonth, InvoiceRow, InvoiceStanding, InvoicesFilter, InvoicesPage, InvoicesQuery,
    InvoicesSort, Origin, Payer, Recorded, TwinWord,
};
use crate::domain::moment::{self, Moment};
use crate::domain::period::Month;
use crate::statement;
use crate::store::count::CountRecord;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::fiscal;
use crate::store::invoice_days::DaysRecord;
use crate::store::people;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const INVOICES_PAGE: Statement = statement!("invoices_page.sql");
const INVOICES_SHOWN: Statement = statement!("invoices_listed.sql");
const INVOICES_LISTED: Statement = totals!("invoices_page.sql" by "currency"; "amount");
const INVOICES_TOTALS: Statement = statement!("invoices_totals.sql");

/// More matching rows than this are added up only when somebody asks for it.
pub const TOTALS_LIMIT: u32 = 20_000;

/// A filter with its fiscal month resolved to a first day.
#[derive(Debug, Clone)]
pub struct Narrowed<'a> {
    filter: &'a InvoicesFilter,
    month: Option<Month>,
    zone: &'a FiscalZone,
    now: OffsetDateTime,
}

impl<'a> Narrowed<'a> {
    /// Resolves the month; asks the database only for the present one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn of(
        reading: &mut Reading,
        filter: &'a InvoicesFilter,
        zone: &'a FiscalZone,
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let month = match filter.month {
            None => None,
            Some(FiscalMonth::Named(month)) => Some(month),
            Some(FiscalMonth::This) => Some(fiscal::month_of(reading, now, zone).await?),
        };
        Ok(Self {
            filter,
            month,
            zone,
            now,
        })
    }

    fn bind<R>(
        &self,
        rows: QueryAs<'static, Postgres, R, PgArguments>,
    ) -> QueryAs<'static, Postgres, R, PgArguments>
    where
        R: for<'r> FromRow<'r, PgRow>,
    {
        let filter = self.filter;
        let standings = filter.passing();
        let recorded: Option<Vec<String>> = standings.as_ref().and_then(|standings| {
            let words = standings.iter().map(|standing| standing.recorded_as());
            let words = words.collect::<Option<Vec<_>>>()?.concat();
            Some(words.into_iter().map(str::to_owned).collect())
        });
        let words: Option<Vec<String>> = standings.map(|standings| {
            let words = standings.iter().map(|standing| standing.word().to_owned());
            words.collect()
        });
        let origins: Option<Vec<String>> = (!filter.origins.is_empty()).then(|| {
            filter
                .origins
                .iter()
                .map(|origin| origin.word().to_owned())
                .collect()
        });
        rows.bind(filter.text.as_deref().map(people::fragment_pattern))
            .bind(filter.text.clone())
            .bind(words)
            .bind(recorded)
            .bind(origins)
            .bind(filter.account.as_ref().map(|id| id.as_str().to_owned()))
            .bind(self.month.map(Month::first_day))
            .bind(self.zone.name().to_owned())
            .bind(self.now)
    }

    /// What operators add to the filter, in the order of the statements' last arguments.
    fn bind_more<R>(
        &self,
        rows: QueryAs<'static, Postgres, R, PgArguments>,
    ) -> QueryAs<'static, Postgres, R, PgArguments>
    where
        R: for<'r> FromRow<'r, PgRow>,
    {
        let filter = self.filter;
        rows.bind(filter.number.as_deref().map(people::fragment_pattern))
            .bind(edges::over(filter.amount_over))
            .bind(edges::under(filter.amount_under))
            .bind(filter.due_from)
            .bind(filter.due_before)
            .bind(filter.made_from)
            .bind(filter.made_before)
    }
}

/// The page statement with its arguments; without a limit it answers every row.
fn bound<R>(
    statement: Statement,
    narrowed: &Narrowed<'_>,
    query: &InvoicesQuery,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let after = query.after.as_ref();
    let key = after.map(|cursor| &cursor.key);
    let place = after.and_then(|cursor| cursor.id.split_once('/'));
    let rows = narrowed
        .bind(statement.rows())
        .bind(match query.sort {
            InvoicesSort::Date => "created",
            InvoicesSort::Amount => "amount",
            InvoicesSort::Due => "due",
        })
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(match key {
            Some(CursorKey::Time(at)) => Some(*at),
            _ => None,
        })
        .bind(match key {
            Some(CursorKey::Number(number)) => Some(*number),
            _ => None,
        })
        .bind(place.map(|(_, id)| id.to_owned()))
        .bind(place.map(|(origin, _)| origin.to_owned()))
        .bind(limit);
    narrowed.bind_more(rows)
}

/// Reads one page.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    query: &InvoicesQuery,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<InvoicesPage, StoreError> {
    let narrowed = Narrowed::of(reading, &query.filter, zone, now).await?;
    let records = reading
        .all(bound::<InvoiceRecord>(
            INVOICES_SHOWN,
            &narrowed,
            query,
            Some(i64::from(query.limit) + 1),
        ))
        .await?;
    let count = CountRecord::of_first(records.first().map(|record| &record.count));
    let more = records.len() > usize::from(query.limit);
    let next = records
        .get(usize::from(query.limit).saturating_sub(1))
        .filter(|_| more)
        .map(|record| record.cursor(query.sort));
    let rows = records
        .into_iter()
        .take(query.limit.into())
        .map(InvoiceRecord::into_row)
        .collect::<Result<Vec<_>, _>>()?;
    let count = query.after.is_none().then_some(count);
    Ok(InvoicesPage { rows, next, count })
}

/// Every row of the list, in its order, one after another.
///
/// # Errors
/// When the fiscal month cannot be asked for; each row may fail as well.
pub async fn listed<'r>(
    reading: &'r mut Reading,
    query: &InvoicesQuery,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<BoxStream<'r, Result<InvoiceRow, StoreError>>, StoreError> {
    let narrowed = Narrowed::of(reading, &query.filter, zone, now).await?;
    let statement = bound::<InvoiceRecord>(INVOICES_PAGE, &narrowed, query, None);
    Ok(reading
        .stream(statement)
        .map(|record| record?.into_row())
        .boxed())
}

/// How many rows are on the list, and their plain sum, per currency as recorded.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    query: &InvoicesQuery,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    let narrowed = Narrowed::of(reading, &query.filter, zone, now).await?;
    reading
        .all(bound(INVOICES_LISTED, &narrowed, query, None))
        .await
}

/// Adds up what the filter lets through; `limit` rows at most, or all of them.
///
/// # Errors
/// Whatever the database says.
pub async fn totals(
    reading: &mut Reading,
    filter: &InvoicesFilter,
    zone: &FiscalZone,
    now: OffsetDateTime,
    limit: Option<u32>,
) -> Result<InvoiceTotals, StoreError> {
    let narrowed = Narrowed::of(reading, filter, zone, now).await?;
    let rows = narrowed
        .bind(INVOICES_TOTALS.rows())
        .bind(limit.map(i64::from));
    let records: Vec<SumRecord> = reading.all(narrowed.bind_more(rows)).await?;
    let met = records.first().map_or(0, |record| count(record.rows_met));
    if let Some(limit) = limit
        && met > u64::from(limit)
    {
        return Ok(InvoiceTotals::Over(u64::from(limit)));
    }
    Ok(InvoiceTotals::Whole(
        records.into_iter().map(SumRecord::into_sum).collect(),
    ))
}

/// A row of `invoices_page.sql`.
#[derive(Debug, FromRow)]
pub struct InvoiceRecord {
    origin: String,
    id: String,
    number: Option<String>,
    user_id: Option<String>,
    amount: Option<Decimal>,
    currency: Option<String>,
    status: Option<String>,
    standing: String,
    #[sqlx(flatten)]
    days: DaysRecord,
    paid_at: Option<OffsetDateTime>,
    created_at: Option<Moment>,
    description: Option<String>,
    hosted_url: Option<String>,
    stripe_invoice_id: Option<String>,
    account_name: Option<String>,
    account_email: Option<String>,
    account_company: Option<String>,
    account_status: Option<String>,
    account_found: bool,
    twin_there: bool,
    twin_status: Option<String>,
    twin_amount: Option<Decimal>,
    twin_currency: Option<String>,
    number_shared: bool,
    stripe_says: Option<String>,
    #[sqlx(flatten)]
    count: CountRecord,
}

impl InvoiceRecord {
    fn cursor(&self, sort: InvoicesSort) -> Cursor {
        let key = match sort {
            InvoicesSort::Date => self.created_at.map(CursorKey::Time),
            InvoicesSort::Amount => self.amount.map(CursorKey::Number),
            InvoicesSort::Due => self.days.due_at.map(|at| CursorKey::Time(at.into())),
        };
        Cursor {
            key: key.unwrap_or(CursorKey::Null),
            id: format!("{}/{}", self.origin, self.id),
        }
    }

    /// The row as the screen and an export have it.
    ///
    /// # Errors
    /// When the view answered with a table or an id that cannot be.
    pub fn into_row(self) -> Result<InvoiceRow, StoreError> {
        let origin = Origin::read(&self.origin)
            .ok_or_else(|| StoreError::Impossible(format!("an origin {}", self.origin)))?;
        let payer = match self.user_id {
            None => None,
            Some(id) => Some(Payer {
                person: self.account_found.then(|| {
                    people::person(
                        &id,
                        self.account_name,
                        self.account_email,
                        self.account_status.as_deref(),
                    )
                }),
                id,
                company: people::not_blank(self.account_company),
            }),
        };
        Ok(InvoiceRow {
            origin,
            id: self.id,
            number: self.number.filter(|number| !number.trim().is_empty()),
            payer,
            amount: Recorded {
                amount: self.amount,
                currency: self.currency,
            },
            standing: InvoiceStanding::read(&self.standing),
            status: self.status,
            period: self.days.period(),
            period_start: self.days.period_start,
            period_end: self.days.period_end,
            due_at: self.days.due_at,
            days_since_due: self.days.since_due(),
            paid_at: self.paid_at,
            created_at: moment::known(self.created_at),
            description: self.description,
            hosted_url: self.hosted_url,
            stripe_invoice_id: self.stripe_invoice_id,
            twin: self.twin_there.then_some(TwinWord {
                status: self.twin_status,
                amount: Recorded {
                    amount: self.twin_amount,
                    currency: self.twin_currency,
                },
            }),
            number_shared: self.number_shared,
            stripe_says: self.stripe_says.as_deref().map(InvoiceStanding::read),
        })
    }
}

#[derive(Debug, FromRow)]
struct SumRecord {
    standing: String,
    currency: Option<String>,
    credit: bool,
    entries: i64,
    amounts: i64,
    amount: Option<Decimal>,
    remaining: Option<Decimal>,
    refunded: Option<Decimal>,
    refunded_entries: i64,
    credited: Option<Decimal>,
    credited_entries: i64,
    rows_met: i64,
}

impl SumRecord {
    fn into_sum(self) -> InvoiceSum {
        InvoiceSum {
            standing: InvoiceStanding::read(&self.standing),
            credit: self.credit,
            currency: self.currency,
            entries: count(self.entries),
            amounts: count(self.amounts),
            amount: self.amount,
            remaining: self.remaining,
            refunded: GivenBack {
                entries: count(self.refunded_entries),
                amount: self.refunded.unwrap_or_default(),
            },
            credited: GivenBack {
                entries: count(self.credited_entries),
                amount: self.credited.unwrap_or_default(),
            },
        }
    }
}

/// Counts are never negative.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
