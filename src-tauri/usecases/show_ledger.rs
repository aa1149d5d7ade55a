//! Shows the ledger of an account's credits.

use crate::domain::browse::Cursor;
use crate::domain::credits::Credits;
use crate::domain::ids::UserId;
use crate::domain::ledger::{LedgerPage, LedgerSums};
use crate::store::{ledger, usage};
use crate::usecases::browse_users::LONGEST_PAGE;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// One page, newest first. `kinds` are the service's words in lower case; none means all.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_ledger(
    desk: &Desk,
    account: &UserId,
    kinds: &[String],
    after: Option<&Cursor>,
    limit: u16,
) -> Result<LedgerPage, DeskError> {
    if limit == 0 || limit > LONGEST_PAGE {
        return Err(DeskError::Invalid {
            field: "limit",
            problem: format!("must be 1 to {LONGEST_PAGE}"),
        });
    }
    let mut reading = desk.store.read().await?;
    let page = ledger::page(&mut reading, account, kinds, after, limit).await?;
    reading.end().await?;
    Ok(page)
}

/// The ledger as a whole, and the balance on record to hold it against.
///
/// # Errors
/// When the database fails.
pub async fn show_ledger(
    desk: &Desk,
    account: &UserId,
) -> Result<(LedgerSums, Option<Credits>), DeskError> {
    // A payment between the two would look like a ledger that does not add up.
    let mut reading = desk.store.read_of_one_instant().await?;
    let sums = ledger::sums(&mut reading, account).await?;
    let credits = usage::credits(&mut reading, account).await?;
    reading.end().await?;
    let own = credits.filter(|account| !account.paid_by_another);
    Ok((sums, own.and_then(|account| account.credits)))
}
