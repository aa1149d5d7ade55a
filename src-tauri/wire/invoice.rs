//! One invoice, charge or subscription.

use serde::Serialize;
use time::{OffsetDateTime, Time, UtcOffset};
use ts_rs::TS;

use crate::domain::finding::outside::openable;
use crate::domain::invoice as whole;
use crate::domain::invoices as domain;
use crate::wire::invoices::{InvoiceRow, recorded};
use crate::wire::money::Money;
use crate::wire::time::{due, iso_date, rfc3339};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceDetail {
    /// As in the list.
    pub row: InvoiceRow,
    /// The fiscal time zone: days are named in it.
    pub zone: String,
    pub period_start: Option<String>,
    pub period_end: Option<String>,
    /// Stripe's ids of the invoice or subscription, the payment and the customer, with where they lead.
    pub stripe: Vec<StripeRef>,
    /// https only; null when none is recorded, or one that may not be opened.
    pub hosted_url: Option<String>,
    /// The recorded address, when it may not be opened.
    pub refused_url: Option<String>,
    /// Still to be paid, where it waits for money.
    pub remaining: Option<Money>,
    /// Money that went back, as Stripe has it; of each currency it went back in.
    pub refunded: Vec<Money>,
    /// What credit notes took off it without money going back, as Stripe has it.
    pub credited: Option<Money>,
    /// What `billing_history` says of the same charge, oldest first.
    pub twins: Vec<InvoiceTwin>,
    pub subscription: Option<SubscriptionFacts>,
    /// Set when an entry of `billing_history` was asked for that this invoice stands for: its id.
    pub asked_for: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<InvoiceMoment>,
}

/// One of Stripe's ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct StripeRef {
    /// `"Invoice"`, `"Payment"`, `"Customer"`, `"Subscription"`.
    pub what: String,
    pub id: String,
    /// Its page in Stripe's dashboard; null when the id is not one of Stripe's.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceTwin {
    pub id: String,
    pub number: Option<String>,
    pub status: Option<String>,
    pub amount: Option<Money>,
    pub created_at: Option<String>,
    pub paid_at: Option<String>,
    pub description: Option<String>,
    pub payment_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SubscriptionFacts {
    pub price_id: Option<String>,
    /// Where the service keeps a price list with that price.
    pub unit_price: Option<Money>,
    pub unit: Option<String>,
    pub ends_with_period: Option<bool>,
    pub canceled_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceMoment {
    /// A moment, or a day where no time of day is on record.
    pub at: String,
    /// `"Created"`, `"Due"`, `"Paid"`, …
    pub what: String,
    /// It lies ahead.
    pub ahead: bool,
}

impl InvoiceDetail {
    /// A page as read; `live` when Stripe's ids are of its live mode.
    #[must_use]
    pub fn new(detail: whole::InvoiceDetail, zone: &str, live: bool, now: OffsetDateTime) -> Self {
        let row = &detail.row;
        let timeline = timeline(&detail, now);
        let own = match row.origin {
            domain::Origin::Subscriptions => ("Subscription", row.number.clone()),
            _ => ("Invoice", row.stripe_invoice_id.clone()),
        };
        let stripe = [
            (own.0, own.1),
            ("Payment", detail.payment_id.clone()),
            ("Customer", detail.customer_id.clone()),
        ]
        .into_iter()
        .filter_map(|(what, id)| {
            let id = id?;
            Some(StripeRef {
                what: what.to_owned(),
                url: stripe_page(&id, live),
                id,
            })
        })
        .collect();
        let hosted_url = row.hosted_url.as_deref().and_then(openable);
        Self {
            zone: zone.to_owned(),
            period_start: row.period_start.map(rfc3339),
            period_end: row.period_end.map(rfc3339),
            stripe,
            refused_url: row.hosted_url.clone().filter(|_| hosted_url.is_none()),
            hosted_url,
            remaining: detail.since.remaining.as_ref().and_then(recorded),
            refunded: detail.since.refunded.iter().filter_map(recorded).collect(),
            credited: detail.since.credited.as_ref().and_then(recorded),
            twins: detail.twins.into_iter().map(Into::into).collect(),
            subscription: detail.subscription.map(|facts| SubscriptionFacts {
                price_id: facts.price_id,
                unit_price: facts.unit_price.map(Money::usd),
                unit: facts.unit,
                ends_with_period: facts.ends_with_period,
                canceled_at: facts.canceled_at.map(rfc3339),
            }),
            asked_for: detail.asked_for,
            row: InvoiceRow::new(detail.row, now),
            timeline,
        }
    }
}

impl From<whole::Twin> for InvoiceTwin {
    fn from(twin: whole::Twin) -> Self {
        Self {
            id: twin.id,
            number: twin.number,
            status: twin.status,
            amount: recorded(&twin.amount),
            created_at: twin.created_at.map(rfc3339),
            paid_at: twin.paid_at.map(rfc3339),
            description: twin.description,
            payment_id: twin.payment_id,
        }
    }
}

/// The page of one of Stripe's ids in its dashboard; `None` for a text that is not written like one.
#[must_use]
pub fn stripe_page(id: &str, live: bool) -> Option<String> {
    let (prefix, rest) = id.split_once('_')?;
    let folder = match prefix {
        "in" => "invoices",
        "sub" => "subscriptions",
        "pi" | "ch" => "payments",
        "cus" => "customers",
        _ => return None,
    };
    let plain = !rest.is_empty()
        && rest
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let mode = if live { "" } else { "test/" };
    plain.then(|| format!("https://dashboard.stripe.com/{mode}{folder}/{id}"))
}

/// How a moment crosses.
type Said = fn(OffsetDateTime) -> String;

fn timeline(detail: &whole::InvoiceDetail, now: OffsetDateTime) -> Vec<InvoiceMoment> {
    let row = &detail.row;
    let subscription = detail.subscription.as_ref();
    let mut moments: Vec<(_, _, Said)> = vec![
        (row.created_at, "Created".to_owned(), rfc3339),
        (row.due_at, "Due".to_owned(), due),
        (row.paid_at, "Paid".to_owned(), rfc3339),
    ];
    if subscription.is_some() {
        moments.push((row.period_start, "Present period began".to_owned(), edge));
        moments.push((row.period_end, "Present period ends".to_owned(), edge));
    }
    if let Some(facts) = subscription {
        moments.push((facts.canceled_at, "Cancelled".to_owned(), rfc3339));
    }
    for twin in &detail.twins {
        let status = twin.status.as_deref().unwrap_or("no status");
        let what = format!("Entered in billing_history ({status})");
        moments.push((twin.created_at, what, rfc3339));
    }
    let mut moments: Vec<_> = moments
        .into_iter()
        .filter_map(|(at, what, said)| Some((at?, what, said)))
        .collect();
    moments.sort_by_key(|(at, ..)| *at);
    moments
        .into_iter()
        .map(|(at, what, said)| InvoiceMoment {
            at: said(at),
            what,
            ahead: at > now,
        })
        .collect()
}

/// A midnight of UTC as the day it begins, by which periods are named (`domain::invoice_days`); any other as a moment.
fn edge(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    if at.time() == Time::MIDNIGHT {
        iso_date(at.date())
    } else {
        rfc3339(at)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_period_from_midnight_in_utc_begins_on_that_day() {
        assert_eq!(edge(datetime!(2026-10-01 0:00 UTC)), "2026-10-01");
        assert_eq!(edge(datetime!(2026-10-01 0:00 +2)), "2026-09-30T22:00:00Z");
    }

    #[test]
    fn only_ids_written_like_stripes_lead_there() {
        assert_eq!(
            stripe_page("in_1Abc", true).as_deref(),
            Some("https://dashboard.stripe.com/invoices/in_1Abc")
        );
        assert_eq!(
            stripe_page("cus_9", false).as_deref(),
            Some("https://dashboard.stripe.com/test/customers/cus_9")
        );
        for id in ["HD-1", "in_", "in_../../x", "in_a?b", "xx_1", "in_a/b"] {
            assert_eq!(stripe_page(id, true), None, "{id}");
        }
    }
}
