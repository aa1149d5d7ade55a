//! A list that no one statement of the database lists, as a file: put together of several answers, or told by another
//! system, before it is written.

use futures_util::StreamExt as _;
use futures_util::stream;
use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::reports::column::{Cell, Column};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::{Exported, Origins, Rows};

/// A list with all of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it is called.
    pub title: &'static str,
    /// Its columns; those that add up hold quantities.
    pub columns: Vec<Column>,
    /// Which rows, and of whom they were asked, in words.
    pub filter: Vec<String>,
    /// The order in words.
    pub order: &'static str,
    /// A cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

impl Told {
    /// What the cells of a column come to; `None` where none has a value.
    fn sum(&self, column: usize) -> Option<Decimal> {
        let values = self.rows.iter().filter_map(|row| match row.get(column) {
            Some(Cell::Quantity(value)) => Some(*value),
            _ => None,
        });
        values.reduce(Decimal::saturating_add)
    }
}

impl Exported for Told {
    type Row = Vec<Cell>;

    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        self.columns.clone()
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        Ok(self.filter.clone())
    }

    fn order(&self) -> String {
        self.order.to_owned()
    }

    fn origins(&self) -> Origins {
        &[]
    }

    fn checked(&self) -> &'static str {
        "rows and totals below were compared with those that were read; no one statement of the database counts them"
    }

    async fn rows<'r>(
        &self,
        _: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        Ok(stream::iter(self.rows.clone().into_iter().map(Ok)).boxed())
    }

    async fn totals(
        &self,
        _: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        let columns = self.columns.iter().enumerate();
        let mut sums: Vec<_> = columns
            .filter(|(_, column)| column.adds_up)
            .map(|(place, _)| self.sum(place))
            .collect();
        sums.push(None);
        Ok(vec![TotalsRecord {
            currency: None,
            listed: i64::try_from(self.rows.len()).unwrap_or(i64::MAX),
            sums,
        }])
    }

    fn cells(&self, _: &Desk, row: Vec<Cell>, _: OffsetDateTime) -> Vec<Cell> {
        row
    }
}
