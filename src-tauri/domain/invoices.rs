//! Invoices, charges and subscriptions: what each is, where it stands, and what a set of them comes to.
//!
//! Amounts carry the currency they were recorded with, or none. Nothing here adds two currencies, and a
//! refund or a credit note is never counted as cash.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::browse::{Count, Cursor};
use crate::domain::directory::Person;
use crate::domain::edge::Edge;
use crate::domain::ids::UserId;
use crate::domain::invoice_days::BilledPeriod;
use crate::domain::money::{Currency, Money};
use crate::domain::period::Month;

/// The table that a row is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// `invoices`.
    Invoices,
    /// `billing_history`: a charge that no invoice stands for.
    BillingHistory,
    /// `subscriptions`: a promise of charges, without an amount of its own.
    Subscriptions,
    /// The mirror of Stripe's, `console.stripe_invoices`: an invoice that no table of the service has.
    StripeInvoices,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Invoices,
        Self::BillingHistory,
        Self::Subscriptions,
        Self::StripeInvoices,
    ];

    /// Name of the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Invoices => "invoices",
            Self::BillingHistory => "billing_history",
            Self::Subscriptions => "subscriptions",
            Self::StripeInvoices => "stripe_invoices",
        }
    }

    /// Reads the name of a table.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.word() == word)
    }
}

/// The words, in lower case, that services record what waits for money with. The views and functions of attach name them, too.
pub const WAITING: [&str; 6] = ["open", "pending", "unpaid", "past_due", "overdue", "failed"];

/// Where an invoice or a charge stands. Each has exactly one, so that sums over standings count nothing
/// twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvoiceStanding {
    /// Not sent yet.
    Draft,
    /// Waits for money, and has time.
    Open,
    /// Waits for money past its due date.
    Overdue,
    /// The charge was tried and failed.
    Failed,
    /// Paid.
    Paid,
    /// Settled by credit instead of money.
    Credited,
    /// Paid and given back.
    Refunded,
    /// Cancelled; nobody owes it.
    Void,
    /// Given up.
    Uncollectible,
    /// A word this program does not know, or none.
    Unknown,
    /// No invoice at all, but a subscription.
    Subscription,
}

impl InvoiceStanding {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Overdue,
        Self::Failed,
        Self::Open,
        Self::Paid,
        Self::Credited,
        Self::Refunded,
        Self::Draft,
        Self::Uncollectible,
        Self::Void,
        Self::Unknown,
        Self::Subscription,
    ];

    /// The word the store uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Failed => "failed",
            Self::Paid => "paid",
            Self::Credited => "credited",
            Self::Refunded => "refunded",
            Self::Void => "void",
            Self::Uncollectible => "uncollectible",
            Self::Unknown => "unknown",
            Self::Subscription => "subscription",
        }
    }

    /// Reads the store's word; what is none of them is unknown.
    #[must_use]
    pub fn read(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|standing| standing.word() == word)
            .unwrap_or(Self::Unknown)
    }

    /// The words, in lower case, that a row of this standing may have been recorded with; `None` when any
    /// word will do. For the index on the recorded word: a charge that failed marks an open invoice, one
    /// that was given back a paid one, and what Stripe has as settled may be recorded as waiting for money.
    #[must_use]
    pub fn recorded_as(self) -> Option<Vec<&'static str>> {
        let words: &[&str] = match self {
            Self::Draft => &["draft"],
            Self::Open => &["open", "pending", "unpaid"],
            Self::Overdue => &["open", "pending", "unpaid", "past_due", "overdue"],
            Self::Failed => &["open", "pending", "unpaid", "failed"],
            Self::Paid => &["paid", "succeeded"],
            Self::Credited => &["credited", "credit_note"],
            Self::Refunded => &["paid", "succeeded", "refunded"],
            Self::Void => &["void", "voided"],
            Self::Uncollectible => &["uncollectible"],
            Self::Unknown | Self::Subscription => return None,
        };
        let settled = matches!(
            self,
            Self::Paid | Self::Refunded | Self::Void | Self::Uncollectible
        );
        let waiting: &[&str] = if settled { &WAITING } else { &[] };
        Some([words, waiting].concat())
    }
}

/// What one may look for. `Open` is everything that waits for money, late or failed ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvoiceState {
    /// Everything unpaid: open, overdue and failed.
    Open,
    /// Unpaid past its due date.
    Overdue,
    /// Unpaid because the charge failed.
    Failed,
    /// Paid.
    Paid,
    /// Settled by credit.
    Credited,
    /// Given back.
    Refunded,
    /// Not sent yet.
    Draft,
    /// Given up.
    Uncollectible,
    /// Cancelled.
    Void,
    /// With a word this program does not know, or none.
    Unknown,
}

impl InvoiceState {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::Overdue,
        Self::Failed,
        Self::Paid,
        Self::Credited,
        Self::Refunded,
        Self::Draft,
        Self::Uncollectible,
        Self::Void,
        Self::Unknown,
    ];

    /// The word one looks for it by: that of the standing it is named after.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.standings().first().map_or("", |first| first.word())
    }

    /// The standings it stands for.
    #[must_use]
    pub fn standings(self) -> &'static [InvoiceStanding] {
        match self {
            Self::Open => &[
                InvoiceStanding::Open,
                InvoiceStanding::Overdue,
                InvoiceStanding::Failed,
            ],
            Self::Overdue => &[InvoiceStanding::Overdue],
            Self::Failed => &[InvoiceStanding::Failed],
            Self::Paid => &[InvoiceStanding::Paid],
            Self::Credited => &[InvoiceStanding::Credited],
            Self::Refunded => &[InvoiceStanding::Refunded],
            Self::Draft => &[InvoiceStanding::Draft],
            Self::Uncollectible => &[InvoiceStanding::Uncollectible],
            Self::Void => &[InvoiceStanding::Void],
            Self::Unknown => &[InvoiceStanding::Unknown],
        }
    }
}

/// An amount as it is on record: it may be missing, and so may its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// In major units.
    pub amount: Option<Decimal>,
    /// As written, in upper case.
    pub currency: Option<String>,
}

impl Recorded {
    /// The amount as money; `None` when it, or a currency that is one, is not on record.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        Some(Money {
            amount: self.amount?,
            currency: Currency::parse(self.currency.as_deref()?).ok()?,
        })
    }
}

/// Which rows; empty lists and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoicesFilter {
    /// A fragment of the number or of the account's name, e-mail or company, or a whole id.
    pub text: Option<String>,
    /// Any of these.
    pub states: Vec<InvoiceState>,
    /// Dated in this fiscal month.
    pub month: Option<FiscalMonth>,
    /// Of this account.
    pub account: Option<UserId>,
    /// From any of these tables.
    pub origins: Vec<Origin>,
    /// Of these standings, which are narrower than the states; none means "any".
    pub standings: Vec<InvoiceStanding>,
    /// A fragment of the number.
    pub number: Option<String>,
    /// Over this, whatever the currency.
    pub amount_over: Option<Edge>,
    /// Under this, whatever the currency.
    pub amount_under: Option<Edge>,
    /// Due at this moment or later.
    pub due_from: Option<OffsetDateTime>,
    /// Due before this moment.
    pub due_before: Option<OffsetDateTime>,
    /// Made at this moment or later.
    pub made_from: Option<OffsetDateTime>,
    /// Made before this moment.
    pub made_before: Option<OffsetDateTime>,
}

impl InvoicesFilter {
    /// The standings that pass, by the states and by what narrows them; `None`: any. An empty list lets
    /// nothing pass.
    #[must_use]
    pub fn passing(&self) -> Option<Vec<InvoiceStanding>> {
        let of_states = |standing: &InvoiceStanding| {
            self.states.is_empty()
                || self
                    .states
                    .iter()
                    .any(|state| state.standings().contains(standing))
        };
        let narrowed = |standing: &InvoiceStanding| {
            self.standings.is_empty() || self.standings.contains(standing)
        };
        (!self.states.is_empty() || !self.standings.is_empty()).then(|| {
            let all = InvoiceStanding::ALL.into_iter();
            all.filter(of_states).filter(narrowed).collect()
        })
    }
}

/// A fiscal month: a named one, or the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FiscalMonth {
    /// The month of the present moment, in the fiscal time zone.
    This,
    /// That month.
    Named(Month),
}

/// The column the list is sorted by; id and origin break ties. Rows without a value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoicesSort {
    /// Made.
    Date,
    /// Amount, whatever the currency.
    Amount,
    /// Due.
    Due,
}

/// One page, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicesQuery {
    /// Which rows.
    pub filter: InvoicesFilter,
    /// By which column.
    pub sort: InvoicesSort,
    /// Largest first.
    pub descending: bool,
    /// After which row; its id is `origin/id`.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// Who pays. The name may be missing where the account is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// As the row names them.
    pub id: String,
    /// `None` when there is no such user in the database.
    pub person: Option<Person>,
    /// The account's company.
    pub company: Option<String>,
}

/// The same thing as the other table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinWord {
    /// Its status, as recorded.
    pub status: Option<String>,
    /// Its amount.
    pub amount: Recorded,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// From which table.
    pub origin: Origin,
    /// Its id there.
    pub id: String,
    /// The number as the customer knows it; drafts have none.
    pub number: Option<String>,
    /// Who pays.
    pub payer: Option<Payer>,
    /// How much.
    pub amount: Recorded,
    /// Where it stands.
    pub standing: InvoiceStanding,
    /// The status as recorded.
    pub status: Option<String>,
    /// Start of the period that is billed.
    pub period_start: Option<OffsetDateTime>,
    /// First instant after it.
    pub period_end: Option<OffsetDateTime>,
    /// That period in days.
    pub period: Option<BilledPeriod>,
    /// Due.
    pub due_at: Option<OffsetDateTime>,
    /// Days since then, by the calendar of the fiscal time zone; negative for what is due later.
    pub days_since_due: Option<i64>,
    /// Paid.
    pub paid_at: Option<OffsetDateTime>,
    /// Made.
    pub created_at: Option<OffsetDateTime>,
    /// What for.
    pub description: Option<String>,
    /// Where the customer sees it.
    pub hosted_url: Option<String>,
    /// Stripe's id of the invoice.
    pub stripe_invoice_id: Option<String>,
    /// The newest entry of the billing history that this invoice stands for.
    pub twin: Option<TwinWord>,
    /// Whether Stripe has an invoice of this number of another user's, or this is it: they are two, and somebody has
    /// mistaken one for the other if they are one.
    pub number_shared: bool,
    /// Stripe's word that it stands under, where the service's own record still has it wait for money.
    pub stripe_says: Option<InvoiceStanding>,
}

impl InvoiceRow {
    /// Whether the two records of one charge say different things: a sum or a currency that differs, or
    /// a history that is paid where the invoice still waits, and the like.
    #[must_use]
    pub fn records_disagree(&self) -> bool {
        let Some(twin) = &self.twin else {
            return false;
        };
        let amounts = twin.amount.amount.is_some()
            && (twin.amount.amount != self.amount.amount
                || (twin.amount.currency.is_some()
                    && twin.amount.currency != self.amount.currency));
        let status = twin.status.as_deref().map(str::to_lowercase);
        let standings_differ = match status.as_deref() {
            Some("paid" | "succeeded") => self.standing != InvoiceStanding::Paid,
            Some("refunded") => self.standing != InvoiceStanding::Refunded,
            // Of what Stripe gave up the history says that it failed: it has no other word.
            Some("failed") => !matches!(
                self.standing,
                InvoiceStanding::Failed
                    | InvoiceStanding::Overdue
                    | InvoiceStanding::Void
                    | InvoiceStanding::Uncollectible
            ),
            Some("pending" | "open" | "unpaid") => !matches!(
                self.standing,
                InvoiceStanding::Open | InvoiceStanding::Overdue | InvoiceStanding::Failed
            ),
            _ => false,
        };
        amounts || standings_differ
    }

    /// Stripe's word, where the service's own record says something else. A billing history has no word for what is
    /// void or given up: `failed` is how it says so, whoever wrote it.
    #[must_use]
    pub fn stripe_differs(&self) -> Option<InvoiceStanding> {
        let failed = self
            .status
            .as_deref()
            .is_some_and(|status| status.eq_ignore_ascii_case("failed"));
        self.stripe_says.filter(|word| {
            !(failed
                && self.origin == Origin::BillingHistory
                && matches!(word, InvoiceStanding::Void | InvoiceStanding::Uncollectible))
        })
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicesPage {
    /// In the order asked for.
    pub rows: Vec<InvoiceRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
    /// On the first page only.
    pub count: Option<Count>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_word_of_each_standing_is_read_back() {
        for standing in InvoiceStanding::ALL {
            assert_eq!(InvoiceStanding::read(standing.word()), standing);
        }
        assert_eq!(InvoiceStanding::read("escheated"), InvoiceStanding::Unknown);
    }

    #[test]
    fn what_waits_for_money_is_recorded_with_a_word_that_waits() {
        let waiting = InvoiceState::Open.standings().iter();
        let words = waiting.filter_map(|standing| standing.recorded_as());
        let words: BTreeSet<_> = words.flatten().collect();
        assert_eq!(words, BTreeSet::from(WAITING));
    }

    #[test]
    fn an_amount_without_a_currency_is_no_money() {
        let mut recorded = Recorded {
            amount: Some(dec!(12)),
            currency: None,
        };
        assert_eq!(recorded.money(), None);
        recorded.currency = Some("US$".to_owned());
        assert_eq!(recorded.money(), None);
        recorded.currency = Some("JPY".to_owned());
        assert_eq!(recorded.money().expect("yen").to_string(), "12 JPY");
    }
}
