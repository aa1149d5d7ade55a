//! Which workspace is open.

use std::sync::Arc;

use tauri::State;
#[cfg(target_os = "linux")]
use tauri::WebviewWindow;

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
#[cfg(target_os = "linux")]
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "commands are handed what they need by value"
)]
pub(in crate::desktop) fn renew_page(
    console: State<'_, Arc<Console>>,
    window: WebviewWindow,
) -> Answer<()> {
    page::renew(&window).map_err(|error| console.unexpected(&error))
}

/// As on Linux, where there is something to do.
#[cfg(not(target_os = "linux"))]
#[tauri::command]
pub(in crate::desktop) fn renew_page() {}
