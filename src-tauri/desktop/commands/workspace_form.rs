//! Settings: what is on file of a workspace, and changing it.

use std::sync::Arc;

use tauri::State;

use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::workspaces::look;
use crate::desktop::console::Console;
use crate::desktop::opening::{open_by_id, password_item};
use crate::desktop::sign_in::kept;
use crate::desktop::workspaces::{on_file, read_form};
use crate::secrets::keychain;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::workspaces::{WorkspaceForm, WorkspaceOnFile};

/// What the settings say of a workspace.
#[tauri::command]
pub(in crate::desktop) async fn workspace_form(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<WorkspaceOnFile> {
    let settings = console.settings()?;
    let entry = settings.workspaces.iter().find(|entry| entry.id == id);
    entry.map(on_file).ok_or_else(gone)
}

/// Changes them, once the database answers as they say; a password that is not typed stays. What other
/// versions wrote is kept.
#[tauri::command]
pub(in crate::desktop) async fn change_workspace(
    console: State<'_, Arc<Console>>,
    id: String,
    form: WorkspaceForm,
) -> Answer<()> {
    let entry = {
        let mut entries = console.settings()?.workspaces.into_iter();
        entries.find(|entry| entry.id == id).ok_or_else(gone)?
    };
    may_change(&console, &entry)?;
    let mut form = read_form(form)?;
    let typed = form.password.clone();
    if form.password.is_none() {
        form.password = keychain::fetch(&password_item(&id)).await?;
    }
    look(&console, &form).await?;
    if let Some(password) = typed {
        keychain::keep(&password_item(&id), password).await?;
    }
    let moved = form.entry.auth0_domain != entry.auth0_domain
        || form.entry.auth0_client_id != entry.auth0_client_id;
    if moved || form.entry.stay_signed_in == Some(false) {
        // Another tenant, or another application there, has no use for it.
        keychain::remove(&kept::item(&id)).await?;
    }
    {
        let _turn = console.settings_lock.lock().await;
        let mut settings = console.settings()?;
        let mut entries = settings.workspaces.iter_mut();
        let found = entries.find(|entry| entry.id == id).ok_or_else(gone)?;
        *found = WorkspaceEntry {
            id: id.clone(),
            fiscal_zone: found.fiscal_zone.take(),
            auth0_management_domain: found.auth0_management_domain.take(),
            auth0_management_client_id: found.auth0_management_client_id.take(),
            other: std::mem::take(&mut found.other),
            ..form.entry
        };
        console.save(&settings)?;
    }
    if console.open_id() == id {
        open_by_id(&console, &id)?;
    }
    Ok(())
}

/// Who may be in is not changed by whoever is not: a window that shut itself for nobody being there would
/// open again without a sign-in.
fn may_change(console: &Console, entry: &WorkspaceEntry) -> Answer<()> {
    let is_in = console.open_id() == entry.id && console.desk().is_ok();
    if entry.auth0_client_id.is_none() || is_in {
        return Ok(());
    }
    Err(Failure {
        code: FailureCode::SignIn,
        message: format!(
            "Open {} and sign in first: its settings say who may be in.",
            entry.name
        ),
        reference: None,
        argument: None,
    })
}

fn gone() -> Failure {
    invalid("Workspace", "it is no longer in the settings")
}
