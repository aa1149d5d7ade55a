//! Invoices of one user's page.

use serde::Serialize;
use time::Date;
use ts_rs::TS;

use crate::domain::invoice_days::BilledPeriod;
use crate::domain::money::{self, Currency};
use crate::domain::user_invoices;
use crate::wire::money::Money;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, due, rfc3339};

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
    /// A moment, or a day where no time of day is on record.
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
            period: invoice.period.map(|period| period_shown(period, today)),
            id: invoice.key,
            origin: invoice.origin,
            origin_id: invoice.id,
            number: invoice.number,
            word,
            severity,
            created_at: invoice.created_at.map(rfc3339),
            due_at: invoice.due_at.map(due),
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

/// A whole month by its name, other periods by their first and last day.
fn period_shown(period: BilledPeriod, today: Date) -> String {
    match period {
        BilledPeriod::Month(month) => {
            format!("{} {}", month.short_name(), month.first_day().year())
        }
        BilledPeriod::Days(first, last) => format!(
            "{} \u{2013} {}",
            day_shown(first, today),
            day_shown(last, today)
        ),
        BilledPeriod::From(first) => format!("from {}", day_shown(first, today)),
        BilledPeriod::To(last) => format!("to {}", day_shown(last, today)),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::*;
    use crate::domain::period::Month;

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
            period: Some(BilledPeriod::Month(Month::of_date(date!(2026 - 10 - 01)))),
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
    fn a_period_is_named_as_briefly_as_today_allows() {
        let today = date!(2026 - 11 - 20);
        let (first, last) = (date!(2025 - 12 - 04), date!(2026 - 01 - 03));
        for (period, shown) in [
            (BilledPeriod::Days(first, last), "4 Dec 2025 \u{2013} 3 Jan"),
            (BilledPeriod::From(last), "from 3 Jan"),
            (BilledPeriod::To(first), "to 4 Dec 2025"),
        ] {
            assert_eq!(period_shown(period, today), shown);
        }
    }

    #[test]
    fn a_due_day_without_a_time_crosses_as_a_day() {
        let row = user_invoices::UserInvoice {
            due_at: Some(datetime!(2026-11-11 23:59:59.999_999 UTC)),
            ..invoice()
        };
        let row = UserInvoice::new(row, date!(2026 - 11 - 20), "UTC");
        assert_eq!(row.due_at.as_deref(), Some("2026-11-11"));
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
