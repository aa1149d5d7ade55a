//! Which workspace is open.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::desktop::opening::open_by_id;
use crate::wire::session::Session;

/// The open workspace, and how far opening it has come.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "commands are handed their state by value"
)]
pub(in crate::desktop) fn session(console: State<'_, Arc<Console>>) -> Session {
    console.session()
}

/// Opens the same workspace again, after a failure.
#[tauri::command]
pub(in crate::desktop) async fn reopen(console: State<'_, Arc<Console>>) -> Answer<()> {
    open_by_id(&console, &console.open_id())
}
