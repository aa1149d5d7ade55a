//! Opens a link in the person's browser.

use crate::desktop::answer::{Answer, invalid};
use crate::wire::failure::{Failure, FailureCode};
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
