//! What Auth0 knows of a customer, and what opens its Management API.

use std::sync::Arc;

use tauri::State;

use crate::config::ConfigError;
use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::answer::{Answer, chain, invalid};
use crate::desktop::commands::user::user_id;
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::management::{domain, secret_item};
use crate::domain::ids::UserId;
use crate::identity::management::failure::ManagementError;
use crate::identity::tenant::Tenant;
use crate::secrets::{Secret, keychain};
use crate::usecases::desk::Desk;
use crate::usecases::show_sign_ins::{SignIns, SignInsError, TRIES, show_sign_ins};
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::panel::Panel;
use crate::wire::sign_ins::{Auth0Access, Auth0AccessForm, UserSignIns};

/// Nobody has this id: looking for them shows whether one may look.
const NOBODY: &str = "auth0|hopsdesk-looks-whether-it-may";

/// How this user signs in at Auth0.
#[tauri::command]
pub(in crate::desktop) async fn user_sign_ins(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<UserSignIns>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let Some(management) = console.management() else {
        let sentence = not_configured(&console)?;
        let answer = UserSignIns::NotConfigured { sentence };
        return Ok(Panel::of("Auth0", desk.now(), answer));
    };
    let source = format!("Auth0, {}", management.tenant());
    let shown = show_sign_ins(&desk, &management, &id, TRIES).await;
    let shown = shown.map_err(|error| sign_ins_failure(&console, &error))?;
    let answer = shown.map_or(UserSignIns::Unknown, |shown| UserSignIns::Known {
        person: Box::new(shown.into()),
    });
    Ok(Panel::of(&source, desk.now(), answer))
}

impl Console {
    /// How this user signs in at Auth0, with so many tries, and who told it; `None` where nobody is known there, or
    /// there is nothing to ask with.
    pub(in crate::desktop) async fn sign_ins(
        &self,
        desk: &Desk,
        id: &UserId,
        tries: usize,
    ) -> Answer<Option<(SignIns, String)>> {
        let Some(management) = self.management() else {
            return Ok(None);
        };
        let shown = show_sign_ins(desk, &management, id, tries).await;
        let shown = shown.map_err(|error| sign_ins_failure(self, &error))?;
        Ok(shown.map(|shown| (shown, management.tenant().to_string())))
    }
}

fn sign_ins_failure(console: &Console, error: &SignInsError) -> Failure {
    match error {
        SignInsError::Tenant(error) => outside(error),
        SignInsError::Desk(error) => console.desk_failure(error),
    }
}

/// What there is to ask the tenant of the open workspace with.
#[tauri::command]
pub(in crate::desktop) async fn auth0_access(
    console: State<'_, Arc<Console>>,
) -> Answer<Auth0Access> {
    console.desk()?;
    let ready = console.management();
    let entry = open_entry(&console)?;
    Ok(Auth0Access {
        sandbox: entry.is_none(),
        domain: match (&entry, &ready) {
            (Some(entry), _) => domain(entry).cloned(),
            (None, Some(ready)) => Some(ready.tenant().to_string()),
            (None, None) => None,
        },
        client_id: entry.and_then(|entry| entry.auth0_management_client_id),
        ready: ready.is_some(),
    })
}

/// Keeps it, once the tenant has let us look with it: the secret in the keychain, the rest in the settings.
#[tauri::command]
pub(in crate::desktop) async fn set_auth0_access(
    console: State<'_, Arc<Console>>,
    form: Auth0AccessForm,
) -> Answer<()> {
    console.desk()?;
    let secret = Secret::new(form.client_secret.trim().to_owned());
    let (typed, client_id) = (form.domain.trim(), form.client_id.trim());
    if client_id.is_empty() || client_id.len() > 255 || client_id.contains(char::is_whitespace) {
        return Err(invalid("Client id", "is no client id of Auth0"));
    }
    if secret.expose().is_empty() || secret.expose().len() > 1000 {
        return Err(invalid(
            "Client secret",
            "paste the secret of the application",
        ));
    }
    let tenant = Tenant::parse(typed)
        .map_err(|error| ConfigError::new("Auth0 domain", error.to_string()))?;
    // Kept as everybody writes it; a port on this machine needs the rest.
    let kept = if tenant.is_loopback() {
        tenant.issuer().trim_end_matches('/').to_owned()
    } else {
        tenant.to_string()
    };
    let Some(id) = open_entry(&console)?.map(|entry| entry.id) else {
        return Err(invalid("Workspace", "the sandbox brings its own Auth0"));
    };
    let management = console.managed(&kept, client_id, secret.clone())?;
    let nobody = UserId::recorded(NOBODY);
    management
        .user(&nobody)
        .await
        .map_err(|error| outside(&error))?;

    let _turn = console.settings_lock.lock().await;
    let mut settings = console.settings()?;
    let entry = settings.workspaces.iter_mut().find(|entry| entry.id == id);
    let Some(entry) = entry else {
        return Err(invalid("Workspace", "it is no longer in the settings"));
    };
    entry.auth0_management_client_id = Some(client_id.to_owned());
    // Written down even where it is the one to sign in at: when that is changed, the secret stays with whom it
    // was given for.
    entry.auth0_management_domain = Some(kept);
    keychain::keep(&secret_item(&id), secret).await?;
    console.save(&settings)?;
    console.manage_with(&id, Some(management));
    Ok(())
}

/// Forgets it, secret first.
#[tauri::command]
pub(in crate::desktop) async fn forget_auth0_access(
    console: State<'_, Arc<Console>>,
) -> Answer<()> {
    console.desk()?;
    let Some(id) = open_entry(&console)?.map(|entry| entry.id) else {
        return Err(invalid("Workspace", "the sandbox brings its own Auth0"));
    };
    let _turn = console.settings_lock.lock().await;
    keychain::remove(&secret_item(&id)).await?;
    let mut settings = console.settings()?;
    if let Some(entry) = settings.workspaces.iter_mut().find(|entry| entry.id == id) {
        entry.auth0_management_client_id = None;
        entry.auth0_management_domain = None;
    }
    console.save(&settings)?;
    console.manage_with(&id, None);
    Ok(())
}

/// The open workspace in the settings; `None` for the sandbox.
fn open_entry(console: &Console) -> Answer<Option<WorkspaceEntry>> {
    let id = console.open_id();
    if is_sandbox(&id) {
        return Ok(None);
    }
    let entry = console
        .settings()?
        .workspaces
        .into_iter()
        .find(|entry| entry.id == id);
    entry
        .map(Some)
        .ok_or_else(|| invalid("Workspace", "it is no longer in the settings"))
}

fn not_configured(console: &Console) -> Answer<String> {
    let half = open_entry(console)?.is_some_and(|entry| entry.auth0_management_client_id.is_some());
    Ok(if half {
        "The keychain gave no secret for Auth0's Management API. Unlock it and open the workspace again, or \
         give the secret anew in Settings."
    } else {
        "This console has nothing to ask Auth0 with. Give it the client id and the secret of an application \
         that may use the Management API, in Settings."
    }
    .to_owned())
}

/// A failure of the tenant: its own sentence says what to do, and holds nothing secret.
pub(in crate::desktop) fn outside(error: &ManagementError) -> Failure {
    tracing::warn!(error = %chain(error), "Auth0 was asked and did not tell");
    Failure {
        code: FailureCode::Outside,
        message: error.to_string(),
        reference: None,
        argument: None,
    }
}
