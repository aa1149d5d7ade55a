//! Browses the Invoices list: one page, and what the filter comes to.

use crate::domain::fiscal::FiscalZone;
use crate::domain::invoice_totals::{InvoiceSum, InvoiceTotals};
use crate::domain::invoices::{InvoicesFilter, InvoicesPage, InvoicesQuery, Recorded};
use crate::domain::money::Currency;
use crate::store::door::Reading;
use crate::store::invoices;
use crate::usecases::browse_users::{LONGEST_PAGE, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Reads one page.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_invoices(
    desk: &Desk,
    query: InvoicesQuery,
    zone: &FiscalZone,
) -> Result<InvoicesPage, DeskError> {
    if query.limit == 0 || query.limit > LONGEST_PAGE {
        return Err(DeskError::Invalid {
            field: "limit",
            problem: format!("must be 1 to {LONGEST_PAGE}"),
        });
    }
    let mut reading = desk.store.read().await?;
    let filter = fit(desk, &mut reading, query.filter).await?;
    let query = InvoicesQuery { filter, ..query };
    let mut page = invoices::page(&mut reading, &query, zone, desk.now()).await?;
    reading.end().await?;
    if assumed_currency(desk).is_some() {
        for row in &mut page.rows {
            in_own_currency(&mut row.amount);
            if let Some(twin) = &mut row.twin {
                in_own_currency(&mut twin.amount);
            }
        }
    }
    Ok(page)
}

/// Adds up what the filter lets through. Beyond [`invoices::TOTALS_LIMIT`] rows only when `whole` is asked
/// for: so the cost of looking at a list does not grow with the table.
///
/// # Errors
/// When the database fails.
pub async fn total_invoices(
    desk: &Desk,
    filter: InvoicesFilter,
    zone: &FiscalZone,
    whole: bool,
) -> Result<InvoiceTotals, DeskError> {
    let limit = (!whole).then_some(invoices::TOTALS_LIMIT);
    let mut reading = desk.store.read().await?;
    let filter = fit(desk, &mut reading, filter).await?;
    let mut totals = invoices::totals(&mut reading, &filter, zone, desk.now(), limit).await?;
    reading.end().await?;
    if let InvoiceTotals::Whole(sums) = &mut totals {
        sums_in(sums, assumed_currency(desk));
    }
    Ok(totals)
}

/// Sums that name no currency are in this one, if any is assumed.
pub(in crate::usecases) fn sums_in(sums: &mut [InvoiceSum], assumed: Option<&'static str>) {
    let Some(currency) = assumed else { return };
    for sum in sums {
        sum.currency.get_or_insert_with(|| currency.to_owned());
    }
}

/// The service's own currency, where its database records none at all. A database that records some does
/// not say what it leaves out.
#[must_use]
pub fn assumed_currency(desk: &Desk) -> Option<&'static str> {
    (desk.lacks.view("invoices").is_none() && desk.lacks.column("invoices", "currency").is_some())
        .then_some("USD")
}

pub(in crate::usecases) fn in_own_currency(amount: &mut Recorded) {
    if amount.amount.is_some() {
        amount
            .currency
            .get_or_insert_with(|| Currency::USD.code().to_owned());
    }
}

async fn fit(
    desk: &Desk,
    reading: &mut Reading,
    filter: InvoicesFilter,
) -> Result<InvoicesFilter, DeskError> {
    let text = searchable(filter.text.as_deref())?;
    let (text, filter) = understood(desk, reading, text.as_deref(), filter).await?;
    Ok(InvoicesFilter { text, ..filter })
}
