//! Invoices of postpaid accounts: one for each calendar month with any cost, rounded to the cent once.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::domain::money::Money;
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::usage::Day;

/// Days a customer has to pay.
const DUE_AFTER: i32 = 30;

/// What became of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The month is not over.
    Draft,
    Open,
    Paid,
    /// The charge was tried and failed.
    Failed,
    /// Paid, then given back.
    Refunded,
}

impl Outcome {
    /// The invoice's status, in Stripe's words.
    pub(super) fn invoice(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open | Self::Failed => "open",
            Self::Paid | Self::Refunded => "paid",
        }
    }

    /// The payment's status; none as long as nothing was asked for.
    pub(super) fn payment(self) -> Option<&'static str> {
        match self {
            Self::Draft => None,
            Self::Open => Some("pending"),
            Self::Paid => Some("paid"),
            Self::Failed => Some("failed"),
            Self::Refunded => Some("refunded"),
        }
    }
}

/// One invoice.
#[derive(Debug)]
pub(super) struct Invoice {
    pub(super) id: [u8; 16],
    pub(super) stripe_id: String,
    /// Number within the account, from 1.
    pub(super) number: u32,
    pub(super) outcome: Outcome,
    /// Cents.
    pub(super) amount: i64,
    pub(super) first: i32,
    /// First day after the period.
    pub(super) end: i32,
    pub(super) created: Moment,
    pub(super) due: i32,
    pub(super) paid: Option<Moment>,
    pub(super) payment: String,
}

/// `days` are in order of date.
pub(super) fn invoices(sample: &Sample, account: &Account, days: &[Day]) -> Vec<Invoice> {
    let mut dice = Dice::new(sample.seed, About::Money, account.index);
    let calendar = &sample.calendar;
    let mut months: Vec<(i32, i64)> = Vec::new();
    for day in days {
        match months.last_mut() {
            Some((first, cost)) if calendar.month(*first) == calendar.month(day.date) => {
                *cost += day.cost;
            }
            _ => months.push((calendar.month_start(day.date), day.cost)),
        }
    }
    let closed = months
        .iter()
        .filter(|(first, _)| calendar.next_month(*first) <= 0)
        .count();
    let mut invoices = Vec::new();
    for (place, (first, cost)) in months.into_iter().enumerate() {
        let amount = cents(cost);
        if amount == 0 {
            continue;
        }
        let end = calendar.next_month(first);
        let last_closed = place + 1 == closed;
        let days_ago = -(end + DUE_AFTER);
        let outcome = match account.part {
            _ if end > 0 => Outcome::Draft,
            Part::FailedPayment if last_closed => Outcome::Failed,
            Part::Overdue | Part::SuspendedTeam if days_ago >= 0 && place + 2 >= closed => {
                Outcome::Open
            }
            Part::Flagship if place == 1 => Outcome::Refunded,
            // Some wait until the last day.
            _ if days_ago < 0 && dice.chance(400) => Outcome::Open,
            _ => Outcome::Paid,
        };
        // The period ends at midnight; the invoice is made in that night, before today began.
        let created = if outcome == Outcome::Draft {
            Moment::at(first.max(1 - i32::from(sample.days)).min(-1), 4_000)
        } else {
            Moment::at(end, 0).min(Moment::midnight(0))
        };
        let paid_on = end + i32::try_from(dice.between(1, 12)).unwrap_or(1);
        let paid = matches!(outcome, Outcome::Paid | Outcome::Refunded).then(|| {
            Moment::at(paid_on, 40_000)
                .min(Moment::midnight(0))
                .max(created)
        });
        invoices.push(Invoice {
            id: dice.uuid(),
            stripe_id: dice.stripe("in_"),
            number: u32::try_from(invoices.len()).unwrap_or(0) + 1,
            outcome,
            amount,
            first,
            end,
            created,
            due: end + DUE_AFTER,
            paid,
            payment: dice.stripe("pi_"),
        });
    }
    invoices
}

/// Rounded as everywhere: half to even.
fn cents(nano: i64) -> i64 {
    let rounded = Money::usd(Decimal::new(nano, 9)).rounded();
    (rounded * Decimal::ONE_HUNDRED).to_i64().unwrap_or(0)
}
