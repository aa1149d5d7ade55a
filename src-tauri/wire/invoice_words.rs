//! Invoices in words: where one stands, how two records of it differ, which period it is for.

use time::Date;

use crate::domain::invoice_days::BilledPeriod;
use crate::domain::invoices as domain;
use crate::domain::period::Month;
use crate::wire::invoices::recorded;
use crate::wire::standing::Severity;

/// What a standing is called.
#[must_use]
pub fn title(standing: domain::InvoiceStanding) -> &'static str {
    match standing {
        domain::InvoiceStanding::Draft => "Draft",
        domain::InvoiceStanding::Open => "Open",
        domain::InvoiceStanding::Overdue => "Overdue",
        domain::InvoiceStanding::Failed => "Failed",
        domain::InvoiceStanding::Paid => "Paid",
        domain::InvoiceStanding::Credited => "Paid by credit",
        domain::InvoiceStanding::Refunded => "Refunded",
        domain::InvoiceStanding::Void => "Void",
        domain::InvoiceStanding::Uncollectible => "Uncollectible",
        domain::InvoiceStanding::Unknown => "Unknown",
        domain::InvoiceStanding::Subscription => "Subscription",
    }
}

/// How grave a standing is.
pub(in crate::wire) fn severity(standing: domain::InvoiceStanding) -> Severity {
    match standing {
        domain::InvoiceStanding::Overdue | domain::InvoiceStanding::Failed => Severity::Bad,
        domain::InvoiceStanding::Open
        | domain::InvoiceStanding::Uncollectible
        | domain::InvoiceStanding::Unknown => Severity::Warn,
        domain::InvoiceStanding::Paid | domain::InvoiceStanding::Credited => Severity::Ok,
        _ => Severity::Muted,
    }
}

/// A subscription's state in words, from Stripe's word.
pub(in crate::wire) fn subscription(status: Option<&str>) -> (String, Severity) {
    let Some(status) = status else {
        return ("Unknown".to_owned(), Severity::Warn);
    };
    let (word, severity) = match status.to_lowercase().as_str() {
        "active" => ("Active", Severity::Ok),
        "trialing" => ("Trial", Severity::Ok),
        "past_due" => ("Past due", Severity::Bad),
        "unpaid" => ("Unpaid", Severity::Bad),
        "incomplete" => ("Incomplete", Severity::Warn),
        "incomplete_expired" => ("Never started", Severity::Muted),
        "canceled" | "cancelled" => ("Cancelled", Severity::Muted),
        "paused" => ("Paused", Severity::Warn),
        _ => ("Unknown", Severity::Warn),
    };
    (word.to_owned(), severity)
}

/// What a person should know of how the records of one charge differ: that another account has an invoice of the same
/// number; and how the service's differs from Stripe's, or else the two of its own tables.
pub(in crate::wire) fn disagreement(row: &domain::InvoiceRow) -> Option<String> {
    let shared = row.number_shared.then(|| {
        "Another account has an invoice of this number, there or at Stripe: both are listed and counted. \
         If they are one, mend whose Stripe customer it is."
            .to_owned()
    });
    let differs = stripe_differs(row).or_else(|| tables_differ(row));
    let said: Vec<String> = [shared, differs].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn stripe_differs(row: &domain::InvoiceRow) -> Option<String> {
    let word = row.stripe_differs()?;
    Some(format!(
        "Stripe has it as {}, and the service's own record still as {}: it stands under Stripe's word, and counts so.",
        word.word(),
        row.status.as_deref().unwrap_or("nothing")
    ))
}

fn tables_differ(row: &domain::InvoiceRow) -> Option<String> {
    let twin = row.twin.as_ref().filter(|_| row.records_disagree())?;
    let said = |status: &Option<String>, amount: &domain::Recorded| {
        let status = status.as_deref().unwrap_or("no status").to_owned();
        match recorded(amount) {
            Some(money) => format!("{status}, {} {}", money.shown, money.currency)
                .trim_end()
                .to_owned(),
            None => format!("{status}, no amount"),
        }
    };
    Some(format!(
        "The two records differ: invoices says {}; billing_history says {}.",
        said(&row.status, &row.amount),
        said(&twin.status, &twin.amount)
    ))
}

/// `Oct 2026` for a whole month, else its first and last day.
#[must_use]
pub fn period_shown(period: BilledPeriod) -> String {
    let day = |date: Date| {
        let month = Month::of_date(date).short_name();
        format!("{} {month} {}", date.day(), date.year())
    };
    match period {
        BilledPeriod::Month(month) => {
            format!("{} {}", month.short_name(), month.first_day().year())
        }
        BilledPeriod::Days(first, last) => format!("{} \u{2013} {}", day(first), day(last)),
        BilledPeriod::From(first) => format!("from {}", day(first)),
        BilledPeriod::To(last) => format!("to {}", day(last)),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;
    use crate::domain::invoices::{InvoiceRow, InvoiceStanding, Origin, Recorded, TwinWord};

    /// A row of ten dollars that nothing is wrong with.
    fn row(origin: Origin, status: &str, standing: InvoiceStanding) -> InvoiceRow {
        InvoiceRow {
            origin,
            id: "1".to_owned(),
            number: Some("N-1".to_owned()),
            payer: None,
            amount: ten(),
            standing,
            status: Some(status.to_owned()),
            period_start: None,
            period_end: None,
            period: None,
            due_at: None,
            days_since_due: None,
            paid_at: None,
            created_at: None,
            description: None,
            hosted_url: None,
            stripe_invoice_id: None,
            twin: None,
            number_shared: false,
            stripe_says: None,
        }
    }

    fn ten() -> Recorded {
        Recorded {
            amount: Some(dec!(10)),
            currency: Some("USD".to_owned()),
        }
    }

    fn twin(status: &str) -> TwinWord {
        TwinWord {
            status: Some(status.to_owned()),
            amount: ten(),
        }
    }

    #[test]
    fn a_history_that_failed_says_what_stripe_says_of_one_that_is_void_or_given_up() {
        use InvoiceStanding::{Failed, Open, Paid, Uncollectible, Void};
        for word in [Void, Uncollectible] {
            let said = InvoiceRow {
                stripe_says: Some(word),
                ..row(Origin::BillingHistory, "failed", word)
            };
            assert_eq!(disagreement(&said), None, "nobody has to settle that");
            let beside = InvoiceRow {
                twin: Some(twin("failed")),
                ..row(Origin::Invoices, word.word(), word)
            };
            assert_eq!(disagreement(&beside), None, "nor that, in two tables");
            let waits = InvoiceRow {
                status: Some("pending".to_owned()),
                ..said
            };
            assert!(disagreement(&waits).is_some_and(|said| said.contains("still as pending")));
            let unpaid = InvoiceRow {
                stripe_says: Some(word),
                ..row(Origin::Invoices, "failed", word)
            };
            assert!(
                disagreement(&unpaid).is_some(),
                "a table of invoices has a word of its own for it"
            );
        }
        let paid = InvoiceRow {
            stripe_says: Some(Paid),
            ..row(Origin::BillingHistory, "failed", Paid)
        };
        assert!(disagreement(&paid).is_some_and(|said| said.contains("has it as paid")));
        let waits = InvoiceRow {
            twin: Some(twin("failed")),
            ..row(Origin::Invoices, "paid", Paid)
        };
        assert!(disagreement(&waits).is_some());
        let failed = InvoiceRow {
            twin: Some(twin("failed")),
            ..row(Origin::Invoices, "open", Failed)
        };
        assert_eq!(disagreement(&failed), None);
        assert_eq!(disagreement(&row(Origin::Invoices, "open", Open)), None);
    }

    #[test]
    fn a_shared_number_hides_no_other_difference() {
        use InvoiceStanding::{Open, Paid};
        let shared = "Another account has an invoice of this number";
        let only = InvoiceRow {
            number_shared: true,
            ..row(Origin::Invoices, "open", Open)
        };
        let said = disagreement(&only).expect("a sentence");
        assert!(said.starts_with(shared) && said.ends_with("customer it is."));
        for (both, ends) in [
            (
                InvoiceRow {
                    stripe_says: Some(Paid),
                    ..only.clone()
                },
                "customer it is. Stripe has it as paid, and the service's own record still as open: \
                 it stands under Stripe's word, and counts so.",
            ),
            (
                InvoiceRow {
                    twin: Some(twin("paid")),
                    ..only
                },
                "customer it is. The two records differ: invoices says open, 10.00 USD; billing_history says paid, 10.00 USD.",
            ),
        ] {
            let said = disagreement(&both).expect("two sentences");
            assert!(said.starts_with(shared) && said.ends_with(ends), "{said}");
        }
    }

    #[test]
    fn periods_are_named_as_people_name_them() {
        let (first, last) = (date!(2026 - 10 - 03), date!(2026 - 10 - 16));
        for (period, shown) in [
            (BilledPeriod::Month(Month::of_date(first)), "Oct 2026"),
            (
                BilledPeriod::Days(first, last),
                "3 Oct 2026 \u{2013} 16 Oct 2026",
            ),
            (BilledPeriod::From(first), "from 3 Oct 2026"),
            (BilledPeriod::To(last), "to 16 Oct 2026"),
        ] {
            assert_eq!(period_shown(period), shown);
        }
    }
}
