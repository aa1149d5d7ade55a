//! Signing in and out. How far it is, `session` tells.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::desktop::sign_in::Method;
use crate::wire::sign_in::SignInMethod;

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
