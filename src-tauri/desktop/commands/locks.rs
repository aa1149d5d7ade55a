//! What a panel that cannot be read waits for.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::show_locks::show_locks;
use crate::wire::locks::TableLock;

/// Tables that another program keeps to itself now.
#[tauri::command]
pub(in crate::desktop) async fn table_locks(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<TableLock>> {
    let desk = console.desk()?;
    let held = show_locks(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let lock = |held: crate::store::locks::HeldTable| {
        TableLock::new(
            held.table,
            held.program,
            held.login.as_deref(),
            held.pid,
            held.since,
        )
    };
    Ok(held.into_iter().map(lock).collect())
}
