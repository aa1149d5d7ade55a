//! Which workspace is open.

use std::sync::Arc;

use tauri::{State, WebviewWindow};

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::desktop::opening::open_by_id;
#[cfg(target_os = "linux")]
use crate::desktop::page;
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

/// Gives the page a new process: what past screens left in the old one goes with it. Nothing where the system's engine
/// keeps house itself. Where it succeeds, nobody is there any more to hear the answer.
#[tauri::command]
#[cfg_attr(
    not(target_os = "linux"),
    expect(
        unused_variables,
        clippy::needless_pass_by_value,
        reason = "there is nothing to do"
    )
)]
pub(in crate::desktop) fn renew_page(window: WebviewWindow) {
    #[cfg(target_os = "linux")]
    if let Err(error) = page::renew(&window) {
        tracing::warn!(%error, "the page was not renewed");
    }
}
