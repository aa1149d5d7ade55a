//! One invoice, charge or subscription, with what the other table says of it.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::fiscal::FiscalZone;
use crate::domain::invoice::{InvoiceDetail, Since, SubscriptionFacts, Twin};
use crate::domain::invoices::{Origin, Recorded, TwinWord};
use crate::domain::moment::{self, Moment};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::invoices::InvoiceRecord;
use crate::store::totals::TotalsRecord;
use crate::totals;

const INVOICE_DETAIL: Statement = statement!("invoice_detail.sql");
const INVOICE_TWINS: Statement = statement!("invoice_twins.sql");
const INVOICE_TWINS_TOTALS: Statement = totals!("invoice_twins.sql" by "currency"; "amount");
const INVOICE_OF_ENTRY: Statement = statement!("invoice_of_entry.sql");

/// Reads one, with its days in that time zone; an entry of the billing history that an invoice stands for answers with that invoice.
/// `None` when there is no such row.
///
/// # Errors
/// Whatever the database says.
pub async fn detail(
    reading: &mut Reading,
    origin: Origin,
    id: &str,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<Option<InvoiceDetail>, StoreError> {
    if let Some(record) = one(reading, origin, id, zone, now).await? {
        return Ok(Some(whole(reading, record, None).await?));
    }
    if origin != Origin::BillingHistory {
        return Ok(None);
    }
    let invoice: Option<(String,)> = reading
        .optional(INVOICE_OF_ENTRY.rows().bind(id.to_owned()))
        .await?;
    let Some((invoice,)) = invoice else {
        return Ok(None);
    };
    match one(reading, Origin::Invoices, &invoice, zone, now).await? {
        Some(record) => Ok(Some(whole(reading, record, Some(id.to_owned())).await?)),
        None => Ok(None),
    }
}

/// The entries of the billing history that an invoice stands for, oldest first.
pub fn twins_listed<'r>(
    reading: &'r mut Reading,
    invoice: &str,
) -> impl Stream<Item = Result<Twin, StoreError>> + Send + use<'r> {
    reading
        .stream(INVOICE_TWINS.rows().bind(invoice.to_owned()))
        .map(|record| record.map(TwinRecord::into_twin))
}

/// How many [`twins_listed`] gives, and what they come to in each currency.
///
/// # Errors
/// Whatever the database says.
pub async fn twins_totals(
    reading: &mut Reading,
    invoice: &str,
) -> Result<Vec<TotalsRecord>, StoreError> {
    let query = INVOICE_TWINS_TOTALS.rows().bind(invoice.to_owned());
    reading.all(query).await
}

async fn one(
    reading: &mut Reading,
    origin: Origin,
    id: &str,
    zone: &FiscalZone,
    now: OffsetDateTime,
) -> Result<Option<DetailRecord>, StoreError> {
    reading
        .optional(
            INVOICE_DETAIL
                .rows()
                .bind(origin.word().to_owned())
                .bind(id.to_owned())
                .bind(now)
                .bind(zone.name().to_owned()),
        )
        .await
}

async fn whole(
    reading: &mut Reading,
    record: DetailRecord,
    asked_for: Option<String>,
) -> Result<InvoiceDetail, StoreError> {
    let DetailRecord {
        invoice,
        payment_id,
        customer_id,
        subscription_customer,
        stripe_price_id,
        cancel_at_period_end,
        canceled_at,
        unit_price,
        unit_name,
        since,
    } = record;
    let mut row = invoice.into_row()?;
    let mut twins = Vec::new();
    if row.origin == Origin::Invoices {
        let records: Vec<TwinRecord> = reading
            .all(INVOICE_TWINS.rows().bind(row.id.clone()))
            .await?;
        twins = records.into_iter().map(TwinRecord::into_twin).collect();
    }
    if let Some(twin) = twins.last() {
        row.twin = Some(TwinWord {
            status: twin.status.clone(),
            amount: twin.amount.clone(),
        });
        row.paid_at = row.paid_at.or(twin.paid_at);
    }
    let subscription = (row.origin == Origin::Subscriptions).then_some(SubscriptionFacts {
        price_id: stripe_price_id,
        unit_price,
        unit: unit_name,
        ends_with_period: cancel_at_period_end,
        canceled_at,
        customer_id: subscription_customer.clone(),
    });
    Ok(InvoiceDetail {
        payment_id: payment_id
            .or_else(|| twins.iter().rev().find_map(|twin| twin.payment_id.clone())),
        customer_id: subscription_customer.or(customer_id),
        since: since.into_since(row.amount.currency.as_deref()),
        row,
        twins,
        subscription,
        asked_for,
    })
}

#[derive(Debug, FromRow)]
struct DetailRecord {
    #[sqlx(flatten)]
    invoice: InvoiceRecord,
    #[sqlx(rename = "stripe_payment_intent_id")]
    payment_id: Option<String>,
    #[sqlx(rename = "stripe_customer_id")]
    customer_id: Option<String>,
    subscription_customer: Option<String>,
    stripe_price_id: Option<String>,
    cancel_at_period_end: Option<bool>,
    canceled_at: Option<OffsetDateTime>,
    unit_price: Option<Decimal>,
    unit_name: Option<String>,
    #[sqlx(flatten)]
    since: SinceRecord,
}

#[derive(Debug, FromRow)]
struct SinceRecord {
    remaining: Option<Decimal>,
    refunded: Option<Decimal>,
    credited: Option<Decimal>,
    since_currency: Option<String>,
    apart_currencies: Vec<String>,
    apart_amounts: Vec<Decimal>,
}

impl SinceRecord {
    /// What is to be paid is in the currency of the row; what went back in that of Stripe's invoice, if it has one.
    fn into_since(self, currency: Option<&str>) -> Since {
        let in_currency = |amount, currency: Option<&str>| Recorded {
            amount: Some(amount),
            currency: currency.map(str::to_owned),
        };
        let back = self.since_currency.as_deref().or(currency);
        let apart = self.apart_amounts.into_iter().zip(self.apart_currencies);
        let apart = apart.map(|(amount, currency)| Recorded {
            amount: Some(amount),
            currency: Some(currency),
        });
        Since {
            remaining: self.remaining.map(|left| in_currency(left, currency)),
            refunded: self
                .refunded
                .map(|refunded| in_currency(refunded, back))
                .into_iter()
                .chain(apart)
                .collect(),
            credited: self.credited.map(|credited| in_currency(credited, back)),
        }
    }
}

#[derive(Debug, FromRow)]
struct TwinRecord {
    id: String,
    number: Option<String>,
    amount: Option<Decimal>,
    currency: Option<String>,
    status: Option<String>,
    paid_at: Option<OffsetDateTime>,
    created_at: Option<Moment>,
    description: Option<String>,
    stripe_payment_intent_id: Option<String>,
}

impl TwinRecord {
    fn into_twin(self) -> Twin {
        Twin {
            id: self.id,
            number: self.number,
            status: self.status,
            amount: Recorded {
                amount: self.amount,
                currency: self.currency,
            },
            created_at: moment::known(self.created_at),
            paid_at: self.paid_at,
            description: self.description,
            payment_id: self.stripe_payment_intent_id,
        }
    }
}
