//! Control totals: how many rows, and the exact sum of each column that adds up, per currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::money::{Currency, MoneyError};
use crate::reports::column::{Cell, Column};

/// The sum of one column, in one currency where it is money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Index of the column.
    pub column: usize,
    /// `None` for a quantity.
    pub currency: Option<Currency>,
    /// Exact.
    pub sum: Decimal,
}

/// Adds up what is written.
#[derive(Debug)]
pub struct Tally {
    adds_up: Vec<bool>,
    rows: u64,
    sums: BTreeMap<(usize, Option<Currency>), Decimal>,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn of(columns: &[Column]) -> Self {
        Self {
            adds_up: columns.iter().map(|column| column.adds_up).collect(),
            rows: 0,
            sums: BTreeMap::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When a sum has more digits than can be held exactly.
    pub fn add(&mut self, cells: &[Cell]) -> Result<(), MoneyError> {
        self.rows += 1;
        for (index, (cell, adds_up)) in cells.iter().zip(&self.adds_up).enumerate() {
            let (currency, value) = match cell {
                Cell::Money(money) if *adds_up => (Some(money.currency), money.amount),
                Cell::Quantity(value) if *adds_up => (None, *value),
                _ => continue,
            };
            let sum = self.sums.entry((index, currency)).or_default();
            *sum = sum.checked_add(value).ok_or(MoneyError::Overflow)?;
        }
        Ok(())
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Sums so far, by column and currency. A column without a single value has none.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        self.sums
            .iter()
            .map(|((column, currency), sum)| Total {
                column: *column,
                currency: *currency,
                sum: *sum,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::domain::money::Money;
    use crate::reports::column::Kind;

    #[test]
    fn currencies_are_summed_apart_and_an_empty_cell_is_no_zero() {
        let euro = Currency::parse("eur").expect("a code");
        let columns = [
            Column::new("Amount", Kind::Money(None)),
            Column::new("CPU", Kind::Quantity("hours")),
            Column::new("Balance", Kind::Money(Some(Currency::USD))).without_total(),
        ];
        let mut tally = Tally::of(&columns);
        for (amount, currency) in [
            (dec!(1.10), Currency::USD),
            (dec!(2), euro),
            (dec!(-0.1), Currency::USD),
        ] {
            let balance = Cell::usd(Some(dec!(100)));
            tally
                .add(&[
                    Cell::Money(Money { amount, currency }),
                    Cell::Empty,
                    balance,
                ])
                .expect("sums");
        }
        let total = |currency, sum| Total {
            column: 0,
            currency: Some(currency),
            sum,
        };
        assert_eq!(
            tally.totals(),
            [total(euro, dec!(2)), total(Currency::USD, dec!(1.00))],
            "no total for what nobody recorded, none for a balance"
        );
        assert_eq!(tally.rows(), 3);
    }

    #[test]
    fn a_sum_that_cannot_be_held_is_an_error_and_no_other_number() {
        let mut tally = Tally::of(&[Column::new("Amount", Kind::Money(None))]);
        let most = [Cell::usd(Some(Decimal::MAX))];
        tally.add(&most).expect("one can be held");
        assert_eq!(tally.add(&most), Err(MoneyError::Overflow));
    }
}
