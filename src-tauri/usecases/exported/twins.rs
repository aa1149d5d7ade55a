//! What the billing history says of an invoice, as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::invoice::Twin;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::invoice_page;
use crate::store::totals::TotalsRecord;
use crate::usecases::browse_invoices::{assumed_currency, in_own_currency};
use crate::usecases::desk::Desk;
use crate::usecases::exported::invoices::{amount, in_assumed};
use crate::usecases::exported::{Exported, Origins, Rows};

/// The entries of the billing history that an invoice stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceTwins {
    /// Id of the invoice, in the table of invoices.
    pub invoice: String,
    /// What amounts are in where the database records no currency at all.
    pub assumed: Option<&'static str>,
}

impl InvoiceTwins {
    /// The entries as this desk shows them.
    #[must_use]
    pub fn new(desk: &Desk, invoice: String) -> Self {
        let assumed = assumed_currency(desk);
        Self { invoice, assumed }
    }
}

impl Exported for InvoiceTwins {
    type Row = Twin;

    fn title(&self) -> String {
        "An invoice in the billing history".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Id", Kind::Id),
            Column::new("Number", Kind::Id),
            Column::new("Status as recorded", Kind::Text),
            Column::new("Amount", Kind::Money(None)),
            Column::new("Currency", Kind::Text),
            Column::new("Made", Kind::Time),
            Column::new("Paid", Kind::Time),
            Column::new("Description", Kind::Text),
            Column::new("Stripe payment", Kind::Id),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        Ok(vec![format!("Invoice: {}", self.invoice)])
    }

    fn order(&self) -> String {
        "oldest first".to_owned()
    }

    fn origins(&self) -> Origins {
        &[("Entries", "billing_history", "id")]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Twin>, StoreError> {
        Ok(invoice_page::twins_listed(reading, &self.invoice).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        let totals = invoice_page::twins_totals(reading, &self.invoice).await?;
        Ok(in_assumed(totals, self.assumed))
    }

    fn cells(&self, _: &Desk, mut row: Twin, _: OffsetDateTime) -> Vec<Cell> {
        if self.assumed.is_some() {
            in_own_currency(&mut row.amount);
        }
        vec![
            Cell::Text(row.id),
            Cell::text(row.number),
            Cell::text(row.status),
            amount(&row.amount),
            Cell::text(row.amount.currency),
            Cell::time(row.created_at),
            Cell::time(row.paid_at),
            Cell::text(row.description),
            Cell::text(row.payment_id),
        ]
    }
}
