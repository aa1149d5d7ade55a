//! Bulks: kept before their first row, so that one that was cut off goes on; and taken back as a whole.

use crate::domain::action::{BulkEntry, BulkLeft, DoneToMany, KeptBulk, MOST_SUBJECTS};
use crate::store::{actions, audit, bulks};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The most entries of one bulk that are taken back together.
const MOST_ENTRIES: i64 = 100_000;

/// Keeps what a bulk is about to do.
///
/// # Errors
/// When the database declines or fails.
pub async fn open_bulk(desk: &Desk, bulk: &KeptBulk) -> Result<(), DeskError> {
    let mut writing = desk.store.write().await?;
    bulks::open(&mut writing, bulk).await?;
    writing.commit().await?;
    Ok(())
}

/// A bulk came to its end, or is given up.
///
/// # Errors
/// When the database declines or fails.
pub async fn end_bulk(desk: &Desk, run: &str) -> Result<(), DeskError> {
    let mut writing = desk.store.write().await?;
    bulks::end(&mut writing, run).await?;
    writing.commit().await?;
    Ok(())
}

/// Bulks of this login that were cut off, the oldest first.
///
/// # Errors
/// When the database declines or fails.
pub async fn bulks_left(desk: &Desk) -> Result<Vec<BulkLeft>, DeskError> {
    let mut reading = desk.store.read().await?;
    let left = bulks::left(&mut reading).await?;
    reading.end().await?;
    Ok(left)
}

/// The entries of a bulk, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn entries_of_bulk(
    desk: &Desk,
    run: &str,
    login: &str,
) -> Result<Vec<BulkEntry>, DeskError> {
    let mut reading = desk.store.read().await?;
    let entries = audit::run(&mut reading, run, login, MOST_ENTRIES).await?;
    reading.end().await?;
    Ok(entries)
}

/// Takes many entries back, each apart, or, without a key, shows what that would do.
///
/// # Errors
/// When there are too many, or the database declines or fails for all of them.
pub async fn undo_many(
    desk: &Desk,
    entries: &[i64],
    reason: Option<&str>,
    run: Option<&str>,
) -> Result<DoneToMany, DeskError> {
    if entries.is_empty() || entries.len() > MOST_SUBJECTS {
        return Err(DeskError::Invalid {
            field: "Entries",
            problem: format!("choose from 1 to {MOST_SUBJECTS} at a time"),
        });
    }
    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = bulks::undo_many(&mut writing, entries, reason, run).await?;
    writing.commit().await?;
    Ok(done)
}
