//! Links: out of the window into the person's browser, and from outside into the window.

use std::sync::Arc;

use tauri::State;

use crate::config::workspaces::{SandboxEntry, Settings, WorkspaceEntry};
use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::workspaces::dashboard;
use crate::domain::workspace::StripeMode;
use crate::usecases::outside_address::{self, checked_auth0_domain, outside_address};
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::outside::{OutsideSettings, OutsideTarget};
use crate::wire::search::Link;
use crate::wire::workspaces::WorkspaceKind;

/// Hands the address of something on record to the OS. The window says what, never where.
#[tauri::command]
pub(in crate::desktop) async fn open_link(
    console: State<'_, Arc<Console>>,
    target: OutsideTarget,
) -> Answer<()> {
    let desk = console.desk()?;
    let target = target
        .decode()
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let settings = outside_address::OutsideSettings {
        auth0_domain: auth0_on_file(&console.settings()?, &console.open_id()),
        live: console.is_live()?,
        supabase: console
            .entry_on_file()?
            .and_then(|entry| entry.supabase_url)
            .as_deref()
            .and_then(dashboard),
    };
    let url = outside_address(&desk, &target, &settings)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    open::that_detached(url).map_err(|error| Failure {
        code: FailureCode::Unexpected,
        message: format!("No browser could be started: {error}."),
        reference: None,
        argument: None,
    })
}

/// What links out of the open workspace need.
#[tauri::command]
pub(in crate::desktop) async fn outside_settings(
    console: State<'_, Arc<Console>>,
) -> Answer<OutsideSettings> {
    let mode = if console.is_live()? { "live" } else { "test" };
    Ok(OutsideSettings {
        auth0_domain: auth0_on_file(&console.settings()?, &console.open_id()),
        stripe_mode: mode.to_owned(),
        supabase_url: console
            .entry_on_file()?
            .and_then(|entry| entry.supabase_url),
    })
}

/// Sets the Auth0 domain of the open workspace; an empty one takes it away.
#[tauri::command]
pub(in crate::desktop) async fn set_auth0_domain(
    console: State<'_, Arc<Console>>,
    domain: String,
) -> Answer<()> {
    let domain = checked_auth0_domain(&domain).map_err(|error| console.desk_failure(&error))?;
    let workspace = console.open_id();
    let _turn = console.settings_lock.lock().await;
    let mut settings = console.settings()?;
    if is_sandbox(&workspace) {
        settings
            .sandbox
            .get_or_insert_with(SandboxEntry::default)
            .auth0_domain = domain;
    } else {
        let entry = settings
            .workspaces
            .iter_mut()
            .find(|entry| entry.id == workspace)
            .ok_or_else(|| invalid("Workspace", "it is no longer in the settings"))?;
        entry.auth0_domain = domain;
    }
    Ok(console.save(&settings)?)
}

fn auth0_on_file(settings: &Settings, workspace: &str) -> Option<String> {
    if is_sandbox(workspace) {
        return settings.sandbox.as_ref()?.auth0_domain.clone();
    }
    let mut entries = settings.workspaces.iter();
    entries
        .find(|entry| entry.id == workspace)?
        .auth0_domain
        .clone()
}

impl Console {
    /// Whether Stripe's ids of the open workspace are of its live mode.
    fn is_live(&self) -> Answer<bool> {
        let said = self.entry_on_file()?.and_then(|entry| entry.stripe_mode);
        Ok(said.map_or_else(
            || self.session().workspace.kind == WorkspaceKind::Production,
            |mode| mode == StripeMode::Live,
        ))
    }

    /// What the settings say of the open workspace; nothing of the sandbox.
    fn entry_on_file(&self) -> Answer<Option<WorkspaceEntry>> {
        let id = self.open_id();
        let mut entries = self.settings()?.workspaces.into_iter();
        Ok(entries.find(|entry| entry.id == id))
    }
}

/// The next link into the console that came from outside; answers when one comes, and with nothing when
/// the window asks again.
#[tauri::command]
pub(in crate::desktop) async fn next_link(
    console: State<'_, Arc<Console>>,
) -> Answer<Option<Link>> {
    Ok(console.links.next().await.map(Into::into))
}
