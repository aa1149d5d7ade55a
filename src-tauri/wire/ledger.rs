//! The ledger of an account's credits.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::credits::{AccountCredits, Credits};
use crate::domain::ledger as domain;
use crate::domain::money::{Money as ExactMoney, count_shown};
use crate::wire::cursor;
use crate::wire::money::Money;
use crate::wire::time::rfc3339;
use crate::wire::user::PersonRef;

/// One page of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct LedgerQuery {
    pub account: String,
    /// Kinds by their `key` in [`LedgerHead`]; none for all.
    pub kinds: Vec<String>,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LedgerPage {
    pub rows: Vec<LedgerRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// Always null: the head of the ledger counts its lines.
    pub count: Option<String>,
    pub source: String,
    pub read_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LedgerRow {
    pub id: String,
    pub at: Option<String>,
    /// `"Purchase"`, `"Usage"`, or the service's own word.
    pub kind: String,
    /// What the line did to the balance; null when that is not recorded.
    pub amount: Option<Money>,
    /// The running balance after it; null where it is not known.
    pub balance: Option<Money>,
    /// Where the record breaks at this line, a sentence each.
    pub breaks: Vec<String>,
    pub description: Option<String>,
    pub payment_id: Option<String>,
}

/// The ledger as a whole, and whether it agrees with the account's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LedgerHead {
    /// Lines, e.g. `"1,284"`.
    pub entries: String,
    /// The balance before the first line.
    pub opening: Money,
    /// False when the first line records none, so that the balance runs from zero.
    pub opening_recorded: bool,
    /// Where the running balance ends; null where it is not known.
    pub closing: Option<Money>,
    /// The balance in `user_credits`; null when the account has no row there.
    pub on_record: Option<Money>,
    /// `on_record` less `closing`; null when they agree, or there is nothing to compare with.
    pub difference: Option<Money>,
    /// Lines at which the recorded balances break; null when there are none.
    pub broken: Option<String>,
    /// Lines without an amount; null when there are none.
    pub without_amount: Option<String>,
    /// Lines of which is not known whether they were added or taken; null when there are none.
    pub unsigned: Option<String>,
    pub kinds: Vec<LedgerKind>,
    pub first_at: Option<String>,
    pub last_at: Option<String>,
}

/// Lines of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LedgerKind {
    /// To filter by.
    pub key: String,
    /// `"Purchase"`.
    pub word: String,
    pub entries: String,
    /// What they did to the balance together; null where that is not known.
    pub effect: Option<Money>,
}

/// The account behind a page of credits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditAccount {
    pub person: PersonRef,
    /// Set when this user's credits are the team owner's.
    pub payer: Option<PersonRef>,
    /// False when the account has no row in `user_credits`.
    pub has_credits: bool,
    pub paid_bought: Money,
    pub paid_used: Money,
    pub paid_left: Money,
    pub free_granted: Money,
    pub free_used: Money,
    pub free_left: Money,
    pub balance: Money,
}

impl LedgerPage {
    /// A page as read.
    #[must_use]
    pub fn new(page: domain::LedgerPage, now: OffsetDateTime) -> Self {
        Self {
            rows: page.entries.into_iter().map(Into::into).collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: None,
            source: "credit_transactions".to_owned(),
            read_at: rfc3339(now),
        }
    }
}

impl From<domain::Entry> for LedgerRow {
    fn from(entry: domain::Entry) -> Self {
        let unsigned = entry.amount.filter(|_| entry.step.effect.is_none());
        let breaks = entry.step.breaks().into_iter().map(sentence);
        Self {
            breaks: breaks.chain(unsigned.map(unsigned_sentence)).collect(),
            id: entry.id,
            at: entry.at.map(rfc3339),
            kind: word(&entry.kind),
            amount: entry.step.effect.map(Money::usd),
            balance: entry.balance.map(Money::usd),
            description: entry.description,
            payment_id: entry.payment_id,
        }
    }
}

impl LedgerHead {
    /// A ledger as read, beside the balance on record; `None` when a sum has more digits than can be
    /// held exactly.
    #[must_use]
    pub fn new(sums: domain::LedgerSums, credits: Option<Credits>) -> Option<Self> {
        let closing = match sums.closing() {
            None if sums.unsigned == 0 => return None,
            closing => closing,
        };
        let on_record = credits.map(Credits::balance);
        let difference = on_record
            .and_then(|balance| balance.checked_sub(closing?))
            .filter(|difference| !difference.is_zero());
        let some = |count: u64| (count > 0).then(|| count_shown(count));
        Some(Self {
            entries: count_shown(sums.entries()),
            opening: Money::usd(sums.opening.unwrap_or_default()),
            opening_recorded: sums.opening.is_some(),
            closing: closing.map(Money::usd),
            on_record: on_record.map(Money::usd),
            difference: difference.map(Money::usd),
            broken: some(sums.broken),
            without_amount: some(sums.without_amount),
            unsigned: some(sums.unsigned),
            first_at: sums.first_at.map(rfc3339),
            last_at: sums.last_at.map(rfc3339),
            kinds: sums
                .kinds
                .into_iter()
                .map(|kind| LedgerKind {
                    key: kind
                        .word
                        .as_deref()
                        .map(str::to_lowercase)
                        .unwrap_or_default(),
                    word: word(&kind.kind),
                    entries: count_shown(kind.entries),
                    effect: kind.effect.map(Money::usd),
                })
                .collect(),
        })
    }
}

impl CreditAccount {
    /// An account as read.
    #[must_use]
    pub fn new(person: PersonRef, account: AccountCredits) -> Self {
        let credits = account.credits.unwrap_or_default();
        Self {
            person,
            payer: account.paid_by_another.then(|| account.payer.into()),
            has_credits: account.credits.is_some(),
            paid_bought: Money::usd(credits.purchased),
            paid_used: Money::usd(credits.used),
            paid_left: Money::usd(credits.paid_left()),
            free_granted: Money::usd(credits.granted),
            free_used: Money::usd(credits.granted_used),
            free_left: Money::usd(credits.free_left()),
            balance: Money::usd(credits.balance()),
        }
    }
}

/// What a kind is called.
#[must_use]
pub fn word(kind: &domain::EntryKind) -> String {
    match kind {
        domain::EntryKind::Purchase => "Purchase".to_owned(),
        domain::EntryKind::Usage => "Usage".to_owned(),
        domain::EntryKind::Refund => "Refund".to_owned(),
        domain::EntryKind::Grant => "Grant".to_owned(),
        domain::EntryKind::Adjustment => "Adjustment".to_owned(),
        domain::EntryKind::Other(Some(word)) if !word.trim().is_empty() => word.clone(),
        domain::EntryKind::Other(_) => "no type".to_owned(),
    }
}

/// Dollars at the cent, or every digit where the cent says nothing.
fn dollars(amount: Decimal) -> String {
    let money = ExactMoney::usd(amount);
    if money.rounded() == amount {
        return money.to_string();
    }
    let sign = if amount.is_sign_negative() {
        "\u{2212}"
    } else {
        ""
    };
    format!("{sign}${}", amount.abs().normalize())
}

fn unsigned_sentence(amount: Decimal) -> String {
    format!(
        "An amount of {} without the balances beside it: whether it was added or taken is not known.",
        dollars(amount)
    )
}

fn sentence(broken: domain::Break) -> String {
    let off = dollars(broken.off_by());
    match broken {
        domain::Break::Gap { ended, begins } => format!(
            "Off by {off}: the line before ended at {}, this one begins at {}.",
            dollars(ended),
            dollars(begins)
        ),
        domain::Break::Sum { expected, recorded } => format!(
            "Off by {off}: balance and amount make {}, but {} is recorded.",
            dollars(expected),
            dollars(recorded)
        ),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_break_says_by_how_much_and_where() {
        assert_eq!(
            sentence(domain::Break::Gap {
                ended: dec!(20),
                begins: dec!(15)
            }),
            "Off by \u{2212}$5.00: the line before ended at $20.00, this one begins at $15.00."
        );
        let fine = sentence(domain::Break::Sum {
            expected: dec!(1.000000001),
            recorded: dec!(1),
        });
        assert!(fine.contains("$1.000000001"), "{fine}");
    }

    #[test]
    fn a_ledger_that_ends_elsewhere_than_the_balance_says_by_how_much() {
        let sums = domain::LedgerSums {
            opening: Some(dec!(5)),
            kinds: vec![domain::KindSum {
                kind: domain::EntryKind::Grant,
                word: Some("grant".to_owned()),
                entries: 2,
                effect: Some(dec!(10)),
            }],
            ..domain::LedgerSums::default()
        };
        let credits = Credits {
            purchased: dec!(20),
            used: dec!(7.5),
            ..Credits::default()
        };
        let head = LedgerHead::new(sums, Some(credits)).expect("few digits");
        assert_eq!(head.closing.expect("an end").shown, "15.00");
        assert_eq!(head.difference.expect("a difference").amount, "-2.5");
    }
}
