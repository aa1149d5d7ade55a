//! Shows what the open database is: its tables, what attach made of it, and how the rollups are kept.

use crate::domain::schema::{Attachment, RollupState, Table};
use crate::store::schema;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Every table, what wants a look first.
///
/// # Errors
/// When the database fails, or is no service's any more.
pub async fn show_tables(desk: &Desk) -> Result<Vec<Table>, DeskError> {
    let mut reading = desk.store.read().await?;
    let tables = schema::tables(&mut reading).await?;
    reading.end().await?;
    Ok(tables)
}

/// What is attached, and what attach would do now.
///
/// # Errors
/// As [`show_tables`].
pub async fn show_attachment(desk: &Desk) -> Result<Attachment, DeskError> {
    let mut reading = desk.store.read().await?;
    let attachment = schema::attachment(&mut reading).await?;
    reading.end().await?;
    Ok(attachment)
}

/// How the rollups are kept.
///
/// # Errors
/// When the database fails.
pub async fn show_rollups(desk: &Desk) -> Result<Vec<RollupState>, DeskError> {
    let mut reading = desk.store.read().await?;
    let rollups = schema::rollups(&mut reading).await?;
    reading.end().await?;
    Ok(rollups)
}
