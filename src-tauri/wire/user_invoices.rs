//! Invoices of one user's page.

use serde::Serialize;
use time::{Date, OffsetDateTime};
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
    /// The fiscal time zone: the day it was made is named in it, as on the list and the page of invoices.
    pub zone: String,
}

impl UserInvoice {
    /// An invoice as it stands today, with its days in that time zone.
    #[must_use]
    pub fn new(invoice: user_invoices::UserInvoice, today: Date, zone: &str) -> Self {
        let (severity, word) = standing(&invoice, today);
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
            period: period(invoice.period_start, invoice.period_end, today),
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
fn standing(invoice: &user_invoices::UserInvoice, today: Date) -> (Severity, String) {
    let status = invoice.status.as_deref().unwrap_or("no status");
    if invoice.failed {
        return (Severity::Bad, "payment failed".to_owned());
    }
    if invoice.overdue {
        let late = invoice.days_overdue(today);
        return (
            Severity::Bad,
            late.map_or_else(|| "overdue".to_owned(), |days| format!("overdue {days} d")),
        );
    }
    match status {
        "paid" => (Severity::Ok, "paid".to_owned()),
        "open" => (Severity::Warn, "open".to_owned()),
        "uncollectible" => (Severity::Bad, "uncollectible".to_owned()),
        other => (Severity::Muted, other.replace('_', " ")),
    }
}

/// A whole month by its name, other periods by their days.
fn period(
    start: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
    today: Date,
) -> Option<String> {
    let (start, end) = (start?.date(), end?.date());
    let month = Month::of_date(start);
    let whole = start == month.first_day()
        && (end == month.last_day() || Some(end) == month.last_day().next_day());
    Some(if whole {
        format!("{} {}", month.short_name(), start.year())
    } else {
        format!(
            "{} \u{2013} {}",
            day_shown(start, today),
            day_shown(end, today)
        )
    })
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
