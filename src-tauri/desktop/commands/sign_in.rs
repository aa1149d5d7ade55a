//! Signing in and out. How far it is, `session` tells.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::desktop::opening::open_by_id;
use crate::desktop::sign_in::Method;
use crate::desktop::workspaces::SignInEntry;
use crate::wire::sign_in::{SignInForm, SignInMethod};

/// Begins to sign in.
#[tauri::command]
pub(in crate::desktop) async fn sign_in(
    console: State<'_, Arc<Console>>,
    method: SignInMethod,
) -> Answer<()> {
    console.begin_sign_in(match method {
        SignInMethod::Code => Method::Code,
        SignInMethod::Browser => Method::Browser,
    })
}

/// Opens the page to confirm on; the window does not say which.
#[tauri::command]
pub(in crate::desktop) async fn open_sign_in_page(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.open_sign_in_page()
}

/// Gives up.
#[tauri::command]
pub(in crate::desktop) async fn cancel_sign_in(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.cancel_sign_in()
}

/// Opens the sandbox without.
#[tauri::command]
pub(in crate::desktop) async fn skip_sign_in(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.skip_sign_in()
}

/// Lets somebody try the sign-in of the sandbox.
#[tauri::command]
pub(in crate::desktop) async fn try_sign_in(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.try_sign_in().await
}

/// Signs out.
#[tauri::command]
pub(in crate::desktop) async fn sign_out(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.sign_out().await
}

/// Somebody is at the window.
#[tauri::command]
pub(in crate::desktop) async fn present(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.is_present();
    Ok(())
}

/// Has everybody sign in to the open workspace from now on, or at another tenant; opens it again.
///
/// Without a client id it opens without: who may be in may also say so, as in the settings file.
#[tauri::command]
pub(in crate::desktop) async fn set_sign_in(
    console: State<'_, Arc<Console>>,
    form: SignInForm,
) -> Answer<()> {
    console.desk()?;
    let typed = SignInEntry::read(form.domain, form.client_id, form.audience)?;
    let workspace = console.open_id();
    {
        let _turn = console.settings_lock.lock().await;
        let mut settings = console.settings()?;
        let mut entries = settings.workspaces.iter_mut();
        let entry = entries
            .find(|entry| entry.id == workspace)
            .ok_or_else(|| invalid("Workspace", "it is not in the settings"))?;
        entry.auth0_domain = typed.domain;
        entry.auth0_client_id = typed.client_id;
        entry.auth0_audience = typed.audience;
        console.save(&settings)?;
    }
    open_by_id(&console, &workspace)
}
