//! What the filtered invoices come to, in words.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::invoice_totals as totals;
use crate::domain::invoices as domain;
use crate::domain::money::count_shown;
use crate::wire::invoice_words::{severity, title};
use crate::wire::invoices::recorded;
use crate::wire::money::Money;
use crate::wire::standing::Severity;

/// What the filtered rows come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceTotals {
    /// Set when more rows than this match and nothing was added up, e.g. `"20,000"`.
    pub over: Option<String>,
    /// Rows altogether, e.g. `"1,284"`; subscriptions count.
    pub entries: String,
    /// Per standing and currency; none is in two of them.
    pub lines: Vec<InvoiceTotalLine>,
    /// The plain sum of all listed amounts per currency, to check a list or an export against.
    pub control: Vec<InvoiceControl>,
    /// Money that went back of the listed invoices, per currency, as Stripe has it; apart from the sums above.
    pub refunded: Vec<InvoiceControl>,
    /// What credit notes took off the listed invoices without money going back, as Stripe has it.
    pub credited: Vec<InvoiceControl>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceTotalLine {
    /// `"Paid"`, `"Credit notes, paid"`, `"Refunded"`, …
    pub title: String,
    pub severity: Severity,
    pub entries: String,
    /// Null when none of them has an amount.
    pub amount: Option<Money>,
    /// What is still to be paid of them, where that is less than `amount`: a part was paid, or taken off by a credit note.
    pub remaining: Option<Money>,
    /// `"2 without an amount"`.
    pub without_amount: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct InvoiceControl {
    /// Rows with an amount in this currency.
    pub entries: String,
    pub amount: Money,
}

impl InvoiceTotals {
    /// Totals as read; `None` when a sum has more digits than can be held exactly.
    #[must_use]
    pub fn new(totals: totals::InvoiceTotals) -> Option<Self> {
        let mut sums = match totals {
            totals::InvoiceTotals::Over(limit) => {
                return Some(Self {
                    over: Some(count_shown(limit)),
                    entries: String::new(),
                    lines: Vec::new(),
                    control: Vec::new(),
                    refunded: Vec::new(),
                    credited: Vec::new(),
                });
            }
            totals::InvoiceTotals::Whole(sums) => sums,
        };
        let place = |standing| {
            domain::InvoiceStanding::ALL
                .iter()
                .position(|each| *each == standing)
        };
        sums.sort_by_key(|sum| (place(sum.standing), sum.credit, sum.currency.is_none()));
        let control = controls(totals::control_totals(&sums)?);
        let refunded = controls(totals::given_back(&sums, true)?);
        let credited = controls(totals::given_back(&sums, false)?);
        Some(Self {
            over: None,
            entries: count_shown(sums.iter().map(|sum| sum.entries).sum()),
            // What went back in a currency that no row is in has no line of its own.
            lines: sums
                .into_iter()
                .filter(|sum| sum.entries > 0)
                .map(Into::into)
                .collect(),
            control,
            refunded,
            credited,
        })
    }
}

fn controls(totals: Vec<totals::ControlTotal>) -> Vec<InvoiceControl> {
    totals
        .into_iter()
        .filter_map(|total| {
            Some(InvoiceControl {
                entries: count_shown(total.entries),
                amount: recorded(&domain::Recorded {
                    amount: Some(total.amount),
                    currency: total.currency,
                })?,
            })
        })
        .collect()
}

impl From<totals::InvoiceSum> for InvoiceTotalLine {
    fn from(sum: totals::InvoiceSum) -> Self {
        let title = match (sum.standing, sum.credit) {
            (domain::InvoiceStanding::Subscription, _) => "Subscriptions".to_owned(),
            (standing, true) => format!("Credit notes, {}", title(standing).to_lowercase()),
            (standing, false) => title(standing).to_owned(),
        };
        let without = sum.entries.saturating_sub(sum.amounts);
        Self {
            title,
            severity: severity(sum.standing),
            entries: count_shown(sum.entries),
            remaining: recorded(&domain::Recorded {
                amount: sum
                    .remaining
                    .filter(|left| sum.amount.is_some_and(|billed| *left != billed)),
                currency: sum.currency.clone(),
            }),
            amount: recorded(&domain::Recorded {
                amount: sum.amount,
                currency: sum.currency,
            }),
            without_amount: (without > 0 && sum.standing != domain::InvoiceStanding::Subscription)
                .then(|| format!("{} without an amount", count_shown(without))),
        }
    }
}
