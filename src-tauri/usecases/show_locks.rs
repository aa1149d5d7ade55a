//! Shows which tables another program keeps to itself, so that a panel that waits can say for whom.

use crate::store::locks::{self, HeldTable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The tables held now, the longest first.
///
/// # Errors
/// When the database fails.
pub async fn show_locks(desk: &Desk) -> Result<Vec<HeldTable>, DeskError> {
    let mut reading = desk.store.read().await?;
    let held = locks::held(&mut reading).await?;
    reading.end().await?;
    Ok(held)
}
