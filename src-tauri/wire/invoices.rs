//! The Invoices list, and what a filter of it comes to.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::browse;
use crate::domain::ids::UserId;
use crate::domain::invoices as domain;
use crate::domain::money::{count_shown, exact_shown};
use crate::domain::period::Month;
use crate::wire::cursor;
use crate::wire::invoice_words::{disagreement, period_shown, severity, subscription, title};
use crate::wire::money::Money;
use crate::wire::standing::Severity;
use crate::wire::time::{due, rfc3339};

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct InvoicesQuery {
    pub filter: InvoicesFilter,
    pub sort: InvoicesSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// An empty list or null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct InvoicesFilter {
    /// A fragment of the number or of the account's name, e-mail or company, or a whole id.
    pub text: Option<String>,
    pub states: Vec<InvoiceState>,
    /// `"2026-11"`, or `"this"` for the present one, in the fiscal time zone.
    pub month: Option<String>,
    /// An account's id.
    pub account: Option<String>,
    pub origins: Vec<InvoiceOrigin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InvoicesSort {
    Date,
    Amount,
    Due,
}

/// The table that a row is from; `stripe_invoices` is the mirror of Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InvoiceOrigin {
    Invoices,
    BillingHistory,
    Subscriptions,
    StripeInvoices,
}

/// What one may look for. `open` is everything unpaid: what is overdue or failed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InvoiceState {
    Open,
    Overdue,
    Failed,
    Paid,
    Credited,
    Refunded,
    Draft,
    Uncollectible,
    Void,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoicesPage {
    pub rows: Vec<InvoiceRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages.
    pub count: Option<String>,
    /// The fiscal time zone: months are counted and days are named in it.
    pub zone: String,
    /// Tables this database does not have, one sentence each.
    pub absent: Vec<String>,
    /// This database records no currency at all: amounts are taken for the service's own.
    pub assumed_currency: Option<String>,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceRow {
    /// `origin/id`: the row's place in an address.
    pub id: String,
    pub origin: InvoiceOrigin,
    /// Its id in that table.
    pub record_id: String,
    /// As the customer knows it; null for drafts.
    pub number: Option<String>,
    pub account: Option<InvoiceAccount>,
    /// Null when no amount is recorded. The currency is empty when none is recorded.
    pub amount: Option<Money>,
    /// `"Paid"`, `"Overdue"`, a subscription's `"Past due"`, …
    pub standing: String,
    pub severity: Severity,
    /// The status as recorded; null when none is.
    pub status: Option<String>,
    /// Set when the two records of this charge disagree, as a sentence.
    pub disagreement: Option<String>,
    /// `"Oct 2026"`, `"3 Oct – 17 Oct 2026"`; null when no period is recorded.
    pub period: Option<String>,
    /// A moment, or a day where no time of day is on record.
    pub due_at: Option<String>,
    /// `"12 days past due"`, by the calendar of the fiscal time zone.
    pub past_due: Option<String>,
    pub paid_at: Option<String>,
    pub created_at: Option<String>,
    pub description: Option<String>,
}

/// The account a row belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceAccount {
    pub id: String,
    /// Company, name, e-mail or id, whichever is known first.
    pub title: String,
    pub email: Option<String>,
    /// False when there is no such user in this database.
    pub known: bool,
}

/// What the menus of the list offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoicesFacets {
    pub zone: String,
    /// `"2026-11"`: the fiscal month now.
    pub this_month: String,
}

impl InvoicesQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` was not handed out, or a part of the filter can be none: the field's name.
    pub fn decode(self) -> Result<domain::InvoicesQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        Ok(domain::InvoicesQuery {
            filter: self.filter.decode()?,
            sort: match self.sort {
                InvoicesSort::Date => domain::InvoicesSort::Date,
                InvoicesSort::Amount => domain::InvoicesSort::Amount,
                InvoicesSort::Due => domain::InvoicesSort::Due,
            },
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl InvoicesFilter {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When the month or the account can be none: the field's name.
    pub fn decode(self) -> Result<domain::InvoicesFilter, &'static str> {
        let month = match self.month.as_deref() {
            None => None,
            Some("this") => Some(domain::FiscalMonth::This),
            Some(text) => Some(domain::FiscalMonth::Named(
                Month::parse(text).map_err(|_| "month")?,
            )),
        };
        let account = match self.account.as_deref() {
            None => None,
            Some(id) => Some(UserId::parse(id).map_err(|_| "account")?),
        };
        Ok(domain::InvoicesFilter {
            text: self.text,
            states: self.states.into_iter().map(Into::into).collect(),
            month,
            account,
            origins: self.origins.into_iter().map(Into::into).collect(),
            ..domain::InvoicesFilter::default()
        })
    }
}

/// What a page says beside its rows.
#[derive(Debug, Clone, Default)]
pub struct ListNotes {
    /// Tables that are not there, a sentence each.
    pub absent: Vec<String>,
    /// No currency is recorded anywhere, so this one is assumed.
    pub assumed_currency: Option<String>,
    /// Columns without data.
    pub lacking: Vec<String>,
}

impl InvoicesPage {
    /// A page as read.
    #[must_use]
    pub fn new(
        page: domain::InvoicesPage,
        zone: &str,
        notes: ListNotes,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            rows: page
                .rows
                .into_iter()
                .map(|row| InvoiceRow::new(row, now))
                .collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: page.count.map(|count| match count {
                browse::Count::Exact(count) => count_shown(count),
                browse::Count::Over(count) => format!("over {}", count_shown(count)),
            }),
            zone: zone.to_owned(),
            absent: notes.absent,
            assumed_currency: notes.assumed_currency,
            lacking: notes.lacking,
            source: "invoices, billing_history, subscriptions, Stripe".to_owned(),
            read_at: rfc3339(now),
        }
    }
}

impl InvoiceRow {
    /// A row as read.
    #[must_use]
    pub fn new(row: domain::InvoiceRow, now: OffsetDateTime) -> Self {
        let disagreement = disagreement(&row);
        let (standing, severity) = match row.standing {
            domain::InvoiceStanding::Subscription => subscription(row.status.as_deref()),
            standing => (title(standing).to_owned(), severity(standing)),
        };
        let waits = matches!(
            row.standing,
            domain::InvoiceStanding::Overdue | domain::InvoiceStanding::Failed
        );
        let past_due = row.due_at.filter(|due| waits && *due < now).map(|due| {
            match row
                .days_since_due
                .unwrap_or_else(|| (now - due).whole_days())
            {
                ..=0 => "less than a day past due".to_owned(),
                1 => "1 day past due".to_owned(),
                days => format!("{days} days past due"),
            }
        });
        Self {
            id: format!("{}/{}", row.origin.word(), row.id),
            origin: row.origin.into(),
            record_id: row.id,
            number: row.number,
            account: row.payer.map(Into::into),
            amount: recorded(&row.amount),
            standing,
            severity,
            status: row.status,
            disagreement,
            period: row.period.map(period_shown),
            due_at: row.due_at.map(due),
            past_due,
            paid_at: row.paid_at.map(rfc3339),
            created_at: row.created_at.map(rfc3339),
            description: row.description,
        }
    }
}

impl From<domain::Payer> for InvoiceAccount {
    fn from(payer: domain::Payer) -> Self {
        let known = payer.person.is_some();
        let (name, email) = payer
            .person
            .map_or((None, None), |person| (person.name, Some(person.email)));
        let email = email.filter(|email| !email.is_empty());
        Self {
            title: payer
                .company
                .or(name)
                .or_else(|| email.clone())
                .unwrap_or_else(|| payer.id.clone()),
            email,
            known,
            id: payer.id,
        }
    }
}

/// A recorded amount as it crosses: rounded where its currency is known, exact where it is not, with an
/// empty currency where none is recorded.
#[must_use]
pub fn recorded(recorded: &domain::Recorded) -> Option<Money> {
    match recorded.money() {
        Some(money) => Some(money.into()),
        None => recorded.amount.map(|amount: Decimal| Money {
            amount: amount.to_string(),
            currency: recorded.currency.clone().unwrap_or_default(),
            shown: exact_shown(amount),
        }),
    }
}

/// Maps two enums that say the same onto each other.
macro_rules! same {
    ($wire:ident = $domain:path { $($variant:ident),+ }) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$variant => Self::$variant),+ }
            }
        }
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => Self::$variant),+ }
            }
        }
    };
}

same!(
    InvoiceOrigin = domain::Origin {
        Invoices,
        BillingHistory,
        Subscriptions,
        StripeInvoices
    }
);
same!(
    InvoiceState = domain::InvoiceState {
        Open,
        Overdue,
        Failed,
        Paid,
        Credited,
        Refunded,
        Draft,
        Uncollectible,
        Void,
        Unknown
    }
);

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn amounts_without_a_currency_are_shown_exactly_as_recorded() {
        let bare = domain::Recorded {
            amount: Some(dec!(1234.5678)),
            currency: None,
        };
        let money = recorded(&bare).expect("an amount");
        assert_eq!(
            (money.shown.as_str(), money.currency.as_str()),
            ("1,234.5678", "")
        );
        assert_eq!(recorded(&domain::Recorded::default()), None);
        let yen = recorded(&domain::Recorded {
            amount: Some(dec!(-1200)),
            currency: Some("JPY".to_owned()),
        });
        assert_eq!(yen.expect("an amount").shown, "\u{2212}1,200");
    }

    #[test]
    fn a_filter_with_what_can_be_none_names_the_field() {
        let filter = |month: &str| InvoicesFilter {
            month: Some(month.to_owned()),
            ..InvoicesFilter::default()
        };
        assert_eq!(filter("2026-13").decode(), Err("month"));
        assert!(filter("this").decode().is_ok());
        let account = InvoicesFilter {
            account: Some(" ".to_owned()),
            ..InvoicesFilter::default()
        };
        assert_eq!(account.decode(), Err("account"));
    }
}
