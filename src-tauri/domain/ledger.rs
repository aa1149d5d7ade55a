//! The ledger of an account's credits: a running balance, and where the record breaks.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::browse::Cursor;

/// Why a balance changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// Bought.
    Purchase,
    /// Spent.
    Usage,
    /// Given back.
    Refund,
    /// Given for free.
    Grant,
    /// Set right by hand.
    Adjustment,
    /// A word this program does not know; `None` when there is none.
    Other(Option<String>),
}

impl EntryKind {
    /// Reads the service's word.
    #[must_use]
    pub fn read(word: Option<&str>) -> Self {
        match word.map(str::to_lowercase).as_deref() {
            Some("purchase") => Self::Purchase,
            Some("usage") => Self::Usage,
            Some("refund") => Self::Refund,
            Some("grant") => Self::Grant,
            Some("adjustment") => Self::Adjustment,
            _ => Self::Other(word.map(str::to_owned)),
        }
    }
}

/// What the service recorded beside one change, USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordedStep {
    /// What the balance changed by: positive adds, negative takes. `None` when it is not on record.
    pub effect: Option<Decimal>,
    /// The balance before, as recorded.
    pub before: Option<Decimal>,
    /// The balance after, as recorded.
    pub after: Option<Decimal>,
    /// The balance after the line before this one, as recorded there.
    pub previous_after: Option<Decimal>,
}

/// Where the recorded balances do not follow from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The line begins with another balance than the one before ended with: something is missing
    /// between them, or was written in another order.
    Gap {
        /// Where the line before ended.
        ended: Decimal,
        /// Where this one begins.
        begins: Decimal,
    },
    /// The line does not add up in itself.
    Sum {
        /// Balance before and amount together.
        expected: Decimal,
        /// The balance after, as recorded.
        recorded: Decimal,
    },
}

impl Break {
    /// By how much the record is off, USD.
    #[must_use]
    pub fn off_by(self) -> Decimal {
        match self {
            Self::Gap { ended, begins } => begins.saturating_sub(ended),
            Self::Sum { expected, recorded } => recorded.saturating_sub(expected),
        }
    }
}

impl RecordedStep {
    /// The breaks of this line: none, one, or both. Balances that are not on record break nothing.
    #[must_use]
    pub fn breaks(self) -> Vec<Break> {
        let mut breaks = Vec::new();
        if let (Some(ended), Some(begins)) = (self.previous_after, self.before)
            && ended != begins
        {
            breaks.push(Break::Gap { ended, begins });
        }
        // Where a line records no balance before, it goes on from the line before.
        if let (Some(before), Some(effect), Some(recorded)) =
            (self.before.or(self.previous_after), self.effect, self.after)
        {
            let expected = before.saturating_add(effect);
            if expected != recorded {
                breaks.push(Break::Sum { expected, recorded });
            }
        }
        breaks
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Option<OffsetDateTime>,
    /// Why.
    pub kind: EntryKind,
    /// As recorded; what it does to the balance is in `step`.
    pub amount: Option<Decimal>,
    /// What is recorded beside it.
    pub step: RecordedStep,
    /// The running balance after it: opening balance and every effect up to here; `None` from the first line on of
    /// which is not known whether it was added or taken.
    pub balance: Option<Decimal>,
    /// What for.
    pub description: Option<String>,
    /// Stripe's payment.
    pub payment_id: Option<String>,
}

/// A page of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// Lines of one kind, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSum {
    /// Which kind, in the service's word.
    pub kind: EntryKind,
    /// The word as recorded, to filter by.
    pub word: Option<String>,
    /// How many lines.
    pub entries: u64,
    /// What they did to the balance together; `None` where that is not known of one of them.
    pub effect: Option<Decimal>,
}

/// The ledger as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerSums {
    /// The balance before the first line, as recorded there; `None` when it is not.
    pub opening: Option<Decimal>,
    /// Per kind.
    pub kinds: Vec<KindSum>,
    /// Lines whose recorded balances break.
    pub broken: u64,
    /// Lines without an amount.
    pub without_amount: u64,
    /// Lines of which is not known whether they were added or taken.
    pub unsigned: u64,
    /// The first line.
    pub first_at: Option<OffsetDateTime>,
    /// The last line.
    pub last_at: Option<OffsetDateTime>,
}

impl LedgerSums {
    /// How many lines there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.entries).sum()
    }

    /// Where the running balance ends; `None` when that is not known, or has more digits than can be held.
    #[must_use]
    pub fn closing(&self) -> Option<Decimal> {
        self.kinds
            .iter()
            .try_fold(self.opening.unwrap_or_default(), |sum, kind| {
                sum.checked_add(kind.effect?)
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_gap_and_a_wrong_sum_are_told_apart() {
        let step = RecordedStep {
            effect: Some(dec!(-4)),
            before: Some(dec!(15)),
            after: Some(dec!(10)),
            previous_after: Some(dec!(20)),
        };
        let breaks = step.breaks();
        assert_eq!(
            breaks,
            [
                Break::Gap {
                    ended: dec!(20),
                    begins: dec!(15)
                },
                Break::Sum {
                    expected: dec!(11),
                    recorded: dec!(10)
                }
            ]
        );
        assert_eq!(breaks[0].off_by(), dec!(-5));
        assert_eq!(breaks[1].off_by(), dec!(-1));
    }

    #[test]
    fn what_is_not_recorded_breaks_nothing() {
        let bare = RecordedStep {
            effect: Some(dec!(5)),
            ..RecordedStep::default()
        };
        assert!(bare.breaks().is_empty());
        let only_after = RecordedStep {
            after: Some(dec!(26)),
            previous_after: Some(dec!(20)),
            ..bare
        };
        assert_eq!(only_after.breaks().len(), 1);
    }

    proptest! {
        /// A chain written rightly has no break; moving one balance by any amount makes one or two.
        #[test]
        fn a_tampered_balance_is_found(
            effects in prop::collection::vec(-100_000_i64..100_000, 2..30),
            place in any::<prop::sample::Index>(),
            moved in prop_oneof![-500_i64..0, 1_i64..500],
        ) {
            let mut balance = Decimal::ZERO;
            let mut steps = Vec::new();
            let mut previous_after = None;
            for cents in &effects {
                let effect = Decimal::new(*cents, 2);
                let step = RecordedStep {
                    effect: Some(effect),
                    before: Some(balance),
                    after: Some(balance + effect),
                    previous_after,
                };
                balance += effect;
                previous_after = step.after;
                steps.push(step);
            }
            let broken = |steps: &[RecordedStep]| -> usize {
                steps.iter().map(|step| step.breaks().len()).sum()
            };
            prop_assert_eq!(broken(&steps), 0);
            let place = place.index(steps.len());
            let wrong = steps[place].after.map(|after| after + Decimal::new(moved, 2));
            steps[place].after = wrong;
            if let Some(next) = steps.get_mut(place + 1) {
                next.previous_after = wrong;
            }
            let expected = if place + 1 < steps.len() { 2 } else { 1 };
            prop_assert_eq!(broken(&steps), expected);
        }
    }
}
