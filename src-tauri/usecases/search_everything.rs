//! Searches everything that can be opened, as one types.

use crate::domain::browse::Found;
use crate::store::people;
use crate::usecases::browse_users::searchable;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Hits shown in the list under the search box.
pub const MOST_HITS: u16 = 8;

/// What was found; up to one more than [`MOST_HITS`], which tells that there are more.
///
/// # Errors
/// When the text is too long, or the database fails.
pub async fn search_everything(desk: &Desk, text: &str) -> Result<Vec<Found>, DeskError> {
    let Some(text) = searchable(Some(text))? else {
        return Ok(Vec::new());
    };
    if text.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let mut reading = desk.store.read().await?;
    let found = people::search(&mut reading, &text, MOST_HITS + 1).await?;
    reading.end().await?;
    Ok(found)
}
