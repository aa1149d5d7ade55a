//! What a report says of itself: whose data, which rows, when, how many, and their control totals.

use crate::domain::money::{Currency, Money};
use crate::reports::column::{Cell, Column, Kind};
use crate::reports::tally::Total;

/// Lines of a name and a value, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Name and value.
    pub lines: Vec<(String, Cell)>,
}

impl About {
    /// Adds a line of words.
    #[must_use]
    pub fn say(mut self, name: &str, value: impl Into<String>) -> Self {
        self.lines.push((name.to_owned(), Cell::Text(value.into())));
        self
    }

    /// Adds the number of rows and the totals, each as a number that can be computed with.
    pub(in crate::reports) fn with_totals(
        &self,
        columns: &[Column],
        rows: u64,
        totals: &[Total],
    ) -> Self {
        let mut about = self.clone();
        let rows = Cell::Whole(i64::try_from(rows).unwrap_or(i64::MAX));
        about.lines.push(("Rows".to_owned(), rows));
        for total in totals {
            let title = columns
                .get(total.column)
                .map(|column| (column.title.as_ref(), column.heading()))
                .unwrap_or_default();
            let is_money = columns
                .get(total.column)
                .is_some_and(|column| matches!(column.kind, Kind::Money(_)));
            let (name, sum) = match total.currency {
                Some(currency) => {
                    let money = Money {
                        amount: total.sum,
                        currency,
                    };
                    let name = format!("Total {} ({})", title.0, Currency::code(&currency));
                    (name, Cell::Money(money))
                }
                None if is_money => (
                    format!("Total {} (no currency recorded)", title.0),
                    Cell::Quantity(total.sum),
                ),
                None => (format!("Total {}", title.1), Cell::Quantity(total.sum)),
            };
            about.lines.push((name, sum));
        }
        about
    }
}
