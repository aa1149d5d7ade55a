//! Invoices of one user's page.

use serde::Serialize;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};
use ts_rs::TS;

use crate::domain::money::{self, Currency};
use crate::domain::period::Month;
use crate::domain::user_invoices;
use crate::wire::money::Money;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, rfc3339};

/// An invoice or a charge of the account that pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserInvoice {
    /// Tells rows apart.
    pub id: String,
    /// Its place in the address of its page: `#/invoices/<origin>/<origin_id>`.
    pub origin: String,
    pub origin_id: String,
    pub number: Option<String>,
    /// Null where no amount, or no currency, is recorded.
    pub amount: Option<Money>,
    /// The bare number where its currency is not recorded.
    pub amount_bare: Option<String>,
    /// `"overdue 9 d"`, `"paid"`.
    pub word: String,
    pub severity: Severity,
    /// `"Oct 2026"`, or the days; null without a period.
    pub period: Option<String>,
    pub created_at: Option<String>,
    pub due_at: Option<String>,
    pub paid_at: Option<String>,
    pub description: Option<String>,
    /// The fiscal time zone: its days are named and counted in it.
    pub zone: String,
}

impl UserInvoice {
    /// An invoice as it stands today, with its days in that time zone.
    #[must_use]
    pub fn new(invoice: user_invoices::UserInvoice, today: Date, zone: &str) -> Self {
        let (severity, word) = standing(&invoice);
        let currency = invoice.currency.as_deref().map(Currency::parse);
        let known = match (invoice.amount, currency) {
            (Some(amount), Some(Ok(currency))) => Some(money::Money { amount, currency }),
            _ => None,
        };
        Self {
            amount_bare: invoice
                .amount
                .filter(|_| known.is_none())
                .map(|amount| amount.to_string()),
            amount: known.map(Into::into),
            period: period(&invoice, today),
            id: invoice.key,
            origin: invoice.origin,
            origin_id: invoice.id,
            number: invoice.number,
            word,
            severity,
            created_at: invoice.created_at.map(rfc3339),
            due_at: invoice.due_at.map(rfc3339),
            paid_at: invoice.paid_at.map(rfc3339),
            description: invoice.description,
            zone: zone.to_owned(),
        }
    }
}

/// The gravest thing there is to say of it.
fn standing(invoice: &user_invoices::UserInvoice) -> (Severity, String) {
    let status = invoice.status.as_deref().unwrap_or("no status");
    if invoice.failed {
        return (Severity::Bad, "payment failed".to_owned());
    }
    if invoice.overdue {
        return (
            Severity::Bad,
            invoice
                .days_overdue
                .map_or_else(|| "overdue".to_owned(), |days| format!("overdue {days} d")),
        );
    }
    match status {
        "paid" => (Severity::Ok, "paid".to_owned()),
        "open" => (Severity::Warn, "open".to_owned()),
        "uncollectible" => (Severity::Bad, "uncollectible".to_owned()),
        other => (Severity::Muted, other.replace('_', " ")),
    }
}

/// A whole month by its name, other periods by their first and last day in the fiscal time zone. Services record months as
/// they are there, or in UTC: either is a whole one.
fn period(invoice: &user_invoices::UserInvoice, today: Date) -> Option<String> {
    let (begins, ends) = invoice.period?;
    let recorded = invoice.period_start.zip(invoice.period_end);
    let month = month_from_to(begins, ends).or_else(|| {
        let (start, end) = recorded?;
        month_from_to(in_utc(start), in_utc(end))
    });
    Some(month.map_or_else(
        || {
            // The end is the first instant after the period.
            let last = ends.checked_sub(Duration::SECOND).unwrap_or(ends);
            format!(
                "{} \u{2013} {}",
                day_shown(begins.date(), today),
                day_shown(last.date(), today)
            )
        },
        |month| format!("{} {}", month.short_name(), month.first_day().year()),
    ))
}

fn in_utc(moment: OffsetDateTime) -> PrimitiveDateTime {
    let moment = moment.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(moment.date(), moment.time())
}

/// The month that begins and ends at these midnights.
fn month_from_to(begins: PrimitiveDateTime, ends: PrimitiveDateTime) -> Option<Month> {
    let month = Month::of_date(begins.date());
    let next = month.last_day().next_day()?;
    let whole = begins == PrimitiveDateTime::new(month.first_day(), Time::MIDNIGHT)
        && ends == PrimitiveDateTime::new(next, Time::MIDNIGHT);
    whole.then_some(month)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::*;

    fn invoice() -> user_invoices::UserInvoice {
        user_invoices::UserInvoice {
            key: "invoices/1".to_owned(),
            origin: "invoices".to_owned(),
            id: "1".to_owned(),
            number: Some("HM-2026-1107".to_owned()),
            amount: Some(dec!(412.3)),
            currency: Some("usd".to_owned()),
            status: Some("open".to_owned()),
            overdue: true,
            failed: false,
            period_start: Some(datetime!(2026-10-01 00:00 UTC)),
            period_end: Some(datetime!(2026-11-01 00:00 UTC)),
            period: Some((datetime!(2026-10-01 00:00), datetime!(2026-11-01 00:00))),
            days_overdue: Some(9),
            due_at: Some(datetime!(2026-11-11 00:00 UTC)),
            paid_at: None,
            created_at: None,
            description: None,
        }
    }

    #[test]
    fn an_invoice_says_the_gravest_thing() {
        let today = date!(2026 - 11 - 20);
        let late = UserInvoice::new(invoice(), today, "UTC");
        assert_eq!(
            (late.word.as_str(), late.severity),
            ("overdue 9 d", Severity::Bad)
        );
        assert_eq!(late.period.as_deref(), Some("Oct 2026"));
        let failed = user_invoices::UserInvoice {
            failed: true,
            ..invoice()
        };
        assert_eq!(
            UserInvoice::new(failed, today, "UTC").word,
            "payment failed"
        );
        let unheard = user_invoices::UserInvoice {
            overdue: false,
            status: Some("in_dispute".to_owned()),
            ..invoice()
        };
        let unheard = UserInvoice::new(unheard, today, "UTC");
        assert_eq!(
            (unheard.word.as_str(), unheard.severity),
            ("in dispute", Severity::Muted)
        );
    }

    #[test]
    fn a_period_is_named_by_the_days_of_the_fiscal_time_zone() {
        let today = date!(2026 - 11 - 20);
        let shown = |start, end, begins, ends| {
            let row = user_invoices::UserInvoice {
                period_start: Some(start),
                period_end: Some(end),
                period: Some((begins, ends)),
                ..invoice()
            };
            UserInvoice::new(row, today, "UTC").period
        };
        let as_in_stockholm = shown(
            datetime!(2026-09-30 22:00 UTC),
            datetime!(2026-10-31 23:00 UTC),
            datetime!(2026-10-01 0:00),
            datetime!(2026-11-01 0:00),
        );
        assert_eq!(as_in_stockholm.as_deref(), Some("Oct 2026"));
        let recorded_in_utc = shown(
            datetime!(2026-10-01 0:00 UTC),
            datetime!(2026-11-01 0:00 UTC),
            datetime!(2026-09-30 20:00),
            datetime!(2026-10-31 20:00),
        );
        assert_eq!(recorded_in_utc.as_deref(), Some("Oct 2026"));
        let late_in_the_day = shown(
            datetime!(2026-10-03 22:30 UTC),
            datetime!(2026-11-03 23:00 UTC),
            datetime!(2026-10-04 0:30),
            datetime!(2026-11-04 0:00),
        );
        assert_eq!(late_in_the_day.as_deref(), Some("4 Oct \u{2013} 3 Nov"));
    }

    #[test]
    fn an_amount_without_a_currency_gets_none() {
        let bare = user_invoices::UserInvoice {
            currency: None,
            ..invoice()
        };
        let bare = UserInvoice::new(bare, date!(2026 - 11 - 20), "UTC");
        assert_eq!(
            (bare.amount, bare.amount_bare.as_deref()),
            (None, Some("412.3"))
        );
    }
}
