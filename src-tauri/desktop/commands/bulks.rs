//! Bulks: kept until they come to their end, gone on with, and taken back as a whole.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::action::NotAnAction;
use crate::usecases::bulk;
use crate::wire::actions::{BulkEntry, BulkLeft, BulkOpening, ManyDone};

/// Keeps what a bulk is about to do.
#[tauri::command]
pub(in crate::desktop) async fn open_bulk(
    console: State<'_, Arc<Console>>,
    opening: BulkOpening,
) -> Answer<()> {
    let desk = console.desk()?;
    let kept = opening
        .try_into()
        .map_err(|error: NotAnAction| invalid("Action", &error.to_string()))?;
    bulk::open_bulk(&desk, &kept)
        .await
        .map_err(|error| console.desk_failure(&error))
}

/// A bulk came to its end, or is given up.
#[tauri::command]
pub(in crate::desktop) async fn end_bulk(
    console: State<'_, Arc<Console>>,
    run: String,
) -> Answer<()> {
    let desk = console.desk()?;
    bulk::end_bulk(&desk, &run)
        .await
        .map_err(|error| console.desk_failure(&error))
}

/// Bulks of this login that were cut off.
#[tauri::command]
pub(in crate::desktop) async fn bulks_left(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<BulkLeft>> {
    let desk = console.desk()?;
    let left = bulk::bulks_left(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(left.into_iter().map(Into::into).collect())
}

/// The entries of a bulk, the latest first.
#[tauri::command]
pub(in crate::desktop) async fn bulk_entries(
    console: State<'_, Arc<Console>>,
    run: String,
    login: String,
) -> Answer<Vec<BulkEntry>> {
    let desk = console.desk()?;
    let entries = bulk::entries_of_bulk(&desk, &run, &login)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(entries.into_iter().map(Into::into).collect())
}

/// Takes many entries back or, without a key, shows what that would do.
#[tauri::command]
pub(in crate::desktop) async fn undo_many(
    console: State<'_, Arc<Console>>,
    entries: Vec<i64>,
    reason: Option<String>,
    run: Option<String>,
) -> Answer<ManyDone> {
    let desk = console.desk()?;
    let done = bulk::undo_many(&desk, &entries, reason.as_deref(), run.as_deref()).await;
    done.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}
