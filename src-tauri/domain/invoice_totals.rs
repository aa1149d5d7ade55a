//! What a set of invoices comes to: sums per standing and currency, and the plain control totals.
//!
//! No two currencies are ever added, and what names no currency is a sum of its own.

use rust_decimal::Decimal;

use crate::domain::invoices::InvoiceStanding;

/// Rows of one standing and currency, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceSum {
    /// Where they stand.
    pub standing: InvoiceStanding,
    /// Below zero: credit notes, apart from what is asked for.
    pub credit: bool,
    /// The currency as recorded; `None` where none is.
    pub currency: Option<String>,
    /// How many rows.
    pub entries: u64,
    /// How many of them have an amount on record.
    pub amounts: u64,
    /// Their sum; `None` when none has an amount.
    pub amount: Option<Decimal>,
    /// What is still to be paid of those that wait for money: less than `amount` where a part was paid or credited.
    pub remaining: Option<Decimal>,
    /// The money that went back of them, as Stripe has it: apart from `amount`, which is what was billed. What went back in
    /// another currency is here under that one, with no entries if no row is in it.
    pub refunded: GivenBack,
    /// What credit notes took off them without money going back, as Stripe has it.
    pub credited: GivenBack,
}

/// What was given back of a set of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GivenBack {
    /// Of how many of them.
    pub entries: u64,
    /// How much.
    pub amount: Decimal,
}

/// What a filter comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceTotals {
    /// Every row was added up.
    Whole(Vec<InvoiceSum>),
    /// There are more rows than this, so nothing was added up.
    Over(u64),
}

/// The head of an account's or a list's control total: everything in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlTotal {
    /// The currency; `None` where none is recorded.
    pub currency: Option<String>,
    /// Rows with an amount in it.
    pub entries: u64,
    /// Their plain sum, whatever they stand under.
    pub amount: Decimal,
}

/// The plain sum per currency over all standings: what a column of amounts adds up to. `None` when a sum
/// has more digits than can be held.
#[must_use]
pub fn control_totals(sums: &[InvoiceSum]) -> Option<Vec<ControlTotal>> {
    let mut totals: Vec<ControlTotal> = Vec::new();
    for sum in sums {
        let Some(amount) = sum.amount else { continue };
        match totals
            .iter_mut()
            .find(|total| total.currency == sum.currency)
        {
            Some(total) => {
                total.amount = total.amount.checked_add(amount)?;
                total.entries += sum.amounts;
            }
            None => totals.push(ControlTotal {
                currency: sum.currency.clone(),
                entries: sum.amounts,
                amount,
            }),
        }
    }
    totals.sort_by(|one, other| {
        let key = |total: &ControlTotal| {
            let currency = total.currency.clone();
            (
                currency.is_none(),
                currency.as_deref() != Some("USD"),
                currency,
            )
        };
        key(one).cmp(&key(other))
    });
    Some(totals)
}

/// What was given back over all standings, per currency: in money if `refunds`, else by credit notes. The two are never
/// added, and neither is part of a control total. `None` when a sum has more digits than can be held.
#[must_use]
pub fn given_back(sums: &[InvoiceSum], refunds: bool) -> Option<Vec<ControlTotal>> {
    let parts: Vec<InvoiceSum> = sums
        .iter()
        .map(|sum| (sum, if refunds { sum.refunded } else { sum.credited }))
        .filter(|(_, back)| back.entries > 0)
        .map(|(sum, back)| InvoiceSum {
            amounts: back.entries,
            amount: Some(back.amount),
            ..sum.clone()
        })
        .collect();
    control_totals(&parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn sum(currency: Option<&str>, amount: Option<Decimal>) -> InvoiceSum {
        InvoiceSum {
            standing: InvoiceStanding::Paid,
            credit: false,
            currency: currency.map(str::to_owned),
            entries: 1,
            amounts: u64::from(amount.is_some()),
            amount,
            remaining: None,
            refunded: GivenBack::default(),
            credited: GivenBack::default(),
        }
    }

    #[test]
    fn what_was_given_back_is_apart_from_what_was_billed() {
        let back = |entries, amount| GivenBack { entries, amount };
        let sums = [
            InvoiceSum {
                refunded: back(1, dec!(10.10)),
                credited: back(2, dec!(0.01)),
                ..sum(Some("USD"), Some(dec!(100)))
            },
            InvoiceSum {
                standing: InvoiceStanding::Refunded,
                refunded: back(1, dec!(5.05)),
                ..sum(Some("USD"), Some(dec!(5.05)))
            },
            InvoiceSum {
                credited: back(1, dec!(300)),
                ..sum(Some("JPY"), Some(dec!(1000)))
            },
        ];
        let shown = |refunds| -> Vec<_> {
            given_back(&sums, refunds)
                .expect("few digits")
                .into_iter()
                .map(|total| (total.currency, total.entries, total.amount))
                .collect()
        };
        let of = |code: &str, entries, amount| (Some(code.to_owned()), entries, amount);
        assert_eq!(shown(true), [of("USD", 2, dec!(15.15))]);
        assert_eq!(
            shown(false),
            [of("USD", 2, dec!(0.01)), of("JPY", 1, dec!(300))]
        );
        let billed = control_totals(&sums).expect("few digits");
        assert_eq!(billed[0].amount, dec!(105.05), "what was billed stays");
    }

    #[test]
    fn currencies_are_never_added_and_none_is_one_of_its_own() {
        let sums = [
            sum(Some("EUR"), Some(dec!(3))),
            sum(None, Some(dec!(5))),
            sum(Some("USD"), Some(dec!(1))),
            sum(Some("USD"), Some(dec!(-0.25))),
            sum(Some("USD"), None),
        ];
        let totals = control_totals(&sums).expect("few digits");
        let shown: Vec<_> = totals
            .iter()
            .map(|total| (total.currency.as_deref(), total.amount, total.entries))
            .collect();
        assert_eq!(
            shown,
            [
                (Some("USD"), dec!(0.75), 2),
                (Some("EUR"), dec!(3), 1),
                (None, dec!(5), 1)
            ]
        );
    }

    proptest! {
        #[test]
        fn control_totals_are_the_sums_whatever_the_order(
            mut parts in prop::collection::vec((0_usize..3, -10_000_i64..10_000), 0..30)
        ) {
            let codes = [Some("USD"), Some("JPY"), None];
            let totals = |parts: &[(usize, i64)]| {
                let sums: Vec<_> = parts
                    .iter()
                    .map(|(code, cents)| sum(codes[*code], Some(Decimal::new(*cents, 2))))
                    .collect();
                control_totals(&sums).expect("few digits")
            };
            let forward = totals(&parts);
            for total in &forward {
                let cents: i64 = parts
                    .iter()
                    .filter(|(code, _)| codes[*code] == total.currency.as_deref())
                    .map(|(_, cents)| cents)
                    .sum();
                prop_assert_eq!(total.amount, Decimal::new(cents, 2));
            }
            parts.reverse();
            prop_assert_eq!(forward, totals(&parts));
        }
    }
}
