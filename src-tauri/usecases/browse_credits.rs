//! Browses the Credits list: one page, and what the filtered accounts have left together.

use crate::domain::balances::{BalanceTotals, CreditsFilter, CreditsPage, CreditsQuery};
use crate::store::balances;
use crate::store::door::Reading;
use crate::usecases::browse_users::{LONGEST_PAGE, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Reads one page.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_credits(desk: &Desk, query: CreditsQuery) -> Result<CreditsPage, DeskError> {
    if query.limit == 0 || query.limit > LONGEST_PAGE {
        return Err(DeskError::Invalid {
            field: "limit",
            problem: format!("must be 1 to {LONGEST_PAGE}"),
        });
    }
    let mut reading = desk.store.read().await?;
    let filter = fit(desk, &mut reading, query.filter).await?;
    let query = CreditsQuery { filter, ..query };
    let page = balances::page(&mut reading, &query).await?;
    reading.end().await?;
    Ok(page)
}

/// Adds up what the filter lets through. Beyond [`balances::TOTALS_LIMIT`] accounts only when `whole` is
/// asked for: so the cost of looking at a list does not grow with the table.
///
/// # Errors
/// When the database fails.
pub async fn total_credits(
    desk: &Desk,
    filter: CreditsFilter,
    whole: bool,
) -> Result<BalanceTotals, DeskError> {
    let limit = (!whole).then_some(balances::TOTALS_LIMIT);
    let mut reading = desk.store.read().await?;
    let filter = fit(desk, &mut reading, filter).await?;
    let totals = balances::totals(&mut reading, &filter, limit).await?;
    reading.end().await?;
    Ok(totals)
}

async fn fit(
    desk: &Desk,
    reading: &mut Reading,
    filter: CreditsFilter,
) -> Result<CreditsFilter, DeskError> {
    let text = searchable(filter.text.as_deref())?;
    let (text, filter) = understood(desk, reading, text.as_deref(), filter).await?;
    Ok(CreditsFilter { text, ..filter })
}
