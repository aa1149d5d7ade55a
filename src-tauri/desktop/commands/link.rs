//! Links: out of the window into the person's browser, and from outside into the window.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::search::Link;
use crate::wire::user::openable;

/// Hands an https address to the OS.
#[tauri::command]
pub(in crate::desktop) async fn open_link(url: String) -> Answer<()> {
    let url = openable(&url).ok_or_else(|| invalid("Link", "only https addresses are opened"))?;
    open::that_detached(url).map_err(|error| Failure {
        code: FailureCode::Unexpected,
        message: format!("No browser could be started: {error}."),
        reference: None,
    })
}

/// The next link into the console that came from outside; answers when one comes, and with nothing when
/// the window asks again.
#[tauri::command]
pub(in crate::desktop) async fn next_link(
    console: State<'_, Arc<Console>>,
) -> Answer<Option<Link>> {
    Ok(console.links.next().await.map(Into::into))
}
