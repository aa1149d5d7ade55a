//! What invoices come to, as the lines in which a file says so.

use crate::domain::invoice_totals::{InvoiceSum, given_back};
use crate::domain::invoices::Recorded;
use crate::domain::money::count_shown;
use crate::reports::column::Cell;
use crate::store::failure::StoreError;
use crate::usecases::exported::invoices::amount;

/// A line for each sum: of a standing, of what is still to be paid of it, and over all standings of what went back in
/// money and by credit notes. Name and value; a sum of which no amount is on record has none.
///
/// # Errors
/// When a sum has more digits than can be held.
pub(in crate::usecases::exported) fn in_lines(
    sums: &[InvoiceSum],
) -> Result<Vec<(String, Cell)>, StoreError> {
    let mut lines = Vec::new();
    // What went back in a currency that no row is in has no standing of its own.
    for sum in sums.iter().filter(|sum| sum.entries > 0) {
        let credit = if sum.credit { ", credit notes" } else { "" };
        let standing = format!("Standing {}{credit}", sum.standing.word());
        let without = sum.entries.saturating_sub(sum.amounts);
        let without = match without {
            0 => String::new(),
            without => format!(", {} without an amount", count_shown(without)),
        };
        let name = format!("{standing}, {}{without}", rows(sum.entries));
        let of = |amount| Recorded {
            amount,
            currency: sum.currency.clone(),
        };
        lines.push(match sum.amount {
            None => (name, Cell::Empty),
            Some(_) => in_currency(&name, &of(sum.amount)),
        });
        let left = sum
            .remaining
            .filter(|left| sum.amount.is_some_and(|billed| billed != *left));
        if left.is_some() {
            let name = format!("{standing}: still to be paid");
            lines.push(in_currency(&name, &of(left)));
        }
    }
    for (what, refunds) in [
        ("Refunded, as Stripe has it", true),
        ("Credited by notes, as Stripe has it", false),
    ] {
        let back = given_back(sums, refunds).ok_or_else(|| {
            StoreError::Impossible("a sum of invoices has more digits than can be held".to_owned())
        })?;
        lines.extend(back.into_iter().map(|back| {
            let name = format!("{what}, {}", rows(back.entries));
            let recorded = Recorded {
                amount: Some(back.amount),
                currency: back.currency,
            };
            in_currency(&name, &recorded)
        }));
    }
    Ok(lines)
}

fn rows(count: u64) -> String {
    let of = if count == 1 { "row" } else { "rows" };
    format!("{} {of}", count_shown(count))
}

fn in_currency(name: &str, recorded: &Recorded) -> (String, Cell) {
    let currency = recorded.currency.as_deref();
    let currency = currency.unwrap_or("no currency recorded");
    (format!("{name} ({currency})"), amount(recorded))
}

#[cfg(test)]
mod tests {
    use rust_decimal::{Decimal, dec};

    use crate::domain::invoice_totals::GivenBack;
    use crate::domain::invoices::InvoiceStanding;

    use super::*;

    fn sum(entries: u64, amounts: u64, amount: Option<Decimal>) -> InvoiceSum {
        InvoiceSum {
            standing: InvoiceStanding::Open,
            credit: false,
            currency: amount.map(|_| "USD".to_owned()),
            entries,
            amounts,
            amount,
            remaining: amount,
            refunded: GivenBack::default(),
            credited: GivenBack::default(),
        }
    }

    fn names(sums: &[InvoiceSum]) -> Vec<String> {
        let lines = in_lines(sums).expect("few digits");
        lines.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn rows_without_an_amount_are_counted_and_no_zero_is_invented() {
        let sums = [
            sum(3, 2, Some(dec!(5))),
            InvoiceSum {
                remaining: Some(dec!(4)),
                ..sum(1_200, 0, None)
            },
        ];
        assert_eq!(
            names(&sums),
            [
                "Standing open, 3 rows, 1 without an amount (USD)",
                "Standing open, 1,200 rows, 1,200 without an amount",
            ]
        );
        let lines = in_lines(&sums).expect("few digits");
        assert_eq!(lines[1].1, Cell::Empty);
    }

    #[test]
    fn a_sum_that_cannot_be_held_is_an_error_and_not_left_out() {
        let back = |amount| InvoiceSum {
            refunded: GivenBack { entries: 1, amount },
            ..sum(1, 1, Some(dec!(1)))
        };
        assert!(in_lines(&[back(Decimal::MAX), back(Decimal::MAX)]).is_err());
    }
}
