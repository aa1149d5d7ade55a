//! Opens a workspace: the sandbox, or a database whose password the keychain holds.

use std::sync::Arc;

use crate::config::ConfigError;
use crate::config::database::DatabaseAddress;
use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::identity;
use crate::desktop::management;
use crate::desktop::sign_in;
use crate::desktop::sign_in::gate::Gate;
use crate::desktop::workspaces::{address, sandbox_workspace, workspace};
use crate::identity::management::Management;
use crate::sandbox::{Sandbox, SandboxOptions};
use crate::secrets::Secret;
use crate::secrets::keychain;
use crate::secrets::sealing::Identities;
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::usecases::desk::Desk;
use crate::usecases::open_database::{Opened, open_database};
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::session::SessionState;
use crate::wire::workspaces::{KeychainItemKind, Workspace};

/// A window asks for a few panels at once; more connections would only crowd a pooler.
const CONNECTIONS: u32 = 4;

/// Opens the workspace of the settings, or the sandbox when there is none.
pub(in crate::desktop) fn open_configured(console: &Arc<Console>) {
    match console.settings() {
        Ok(settings) => {
            let id = settings.open.as_deref();
            let entry = settings
                .workspaces
                .iter()
                .find(|entry| Some(entry.id.as_str()) == id);
            match entry {
                Some(entry) => open_entry(console, entry.clone()),
                None => open_sandbox(console),
            }
        }
        Err(error) => {
            let turn = console.begin(sandbox_workspace());
            console.finish(turn, Err(error.into()));
        }
    }
}

/// Opens by id, as far as it is known.
pub(in crate::desktop) fn open_by_id(console: &Arc<Console>, id: &str) -> Result<(), Failure> {
    if is_sandbox(id) {
        open_sandbox(console);
        return Ok(());
    }
    let settings = console.settings()?;
    let entry = settings.workspaces.into_iter().find(|entry| entry.id == id);
    let entry = entry.ok_or_else(|| Failure {
        code: FailureCode::NotFound,
        message: "This workspace is no longer in the settings.".to_owned(),
        reference: None,
        argument: None,
    })?;
    open_entry(console, entry);
    Ok(())
}

fn open_sandbox(console: &Arc<Console>) {
    let turn = console.begin(sandbox_workspace());
    let console = Arc::clone(console);
    tauri::async_runtime::spawn(async move {
        let outcome = sandbox(&console, turn).await;
        console.finish(turn, outcome);
    });
}

fn open_entry(console: &Arc<Console>, entry: WorkspaceEntry) {
    let turn = console.begin(workspace(&entry));
    let console = Arc::clone(console);
    tauri::async_runtime::spawn(async move {
        match database(&console, turn, &entry).await {
            Ok((entered, Some(gate))) => console.enter(turn, gate, entered).await,
            Ok((entered, None)) => console.finish(turn, Ok(entered)),
            Err(failure) => console.finish(turn, Err(failure)),
        }
    });
}

/// A workspace that is open.
#[derive(Clone)]
pub(in crate::desktop) struct Entered {
    pub(in crate::desktop) desk: Desk,
    pub(in crate::desktop) workspace: Workspace,
    /// [`SessionState::Ready`].
    pub(in crate::desktop) ready: SessionState,
    /// Asks the tenant at Auth0, where the console holds what opens it.
    pub(in crate::desktop) management: Option<Management>,
    /// Open what is sealed of clusters.
    pub(in crate::desktop) identities: Identities,
}

type Outcome = Result<Entered, Failure>;

async fn sandbox(console: &Arc<Console>, turn: u64) -> Outcome {
    let mut held = console.sandbox.lock().await;
    if held.is_none() {
        let options = SandboxOptions {
            folder: console.sandbox_folder.clone(),
            ..SandboxOptions::new(console.clock.now())
        };
        let report = {
            let console = Arc::clone(console);
            move |progress: crate::sandbox::Progress| {
                console.progress(turn, progress.step.sentence(), progress.percent);
            }
        };
        let opened = Sandbox::open(options, console.random.as_ref(), report).await;
        *held = Some(opened.map_err(|error| console.sandbox_failure(&error))?);
    }
    let Some(sandbox) = held.as_ref() else {
        return Err(console.unexpected(&NoSandbox));
    };
    let (address, password) = (sandbox.address(), sandbox.password().clone());
    let management = console.management_of_sandbox(sandbox);
    let identities = sandbox.identities().clone();
    let outcome = open(
        console,
        turn,
        &address,
        Some(&password),
        sandbox_workspace(),
        None,
    )
    .await
    .map(|entered| Entered {
        management,
        identities,
        ..entered
    });
    if outcome.is_err() {
        // It may have been stopped under us: the next try begins with a fresh one.
        *held = None;
    }
    outcome
}

#[derive(Debug, thiserror::Error)]
#[error("the sandbox was opened and is not there")]
struct NoSandbox;

/// The workspace, and how one signs in to it, where one does.
async fn database(
    console: &Arc<Console>,
    turn: u64,
    entry: &WorkspaceEntry,
) -> Result<(Entered, Option<Gate>), Failure> {
    let address = address(entry)?;
    let gate = Gate::of(entry, &console.settings_folder())?;
    if keychain::is_locked().await {
        // Its question is a window of its own, which may be behind this one.
        let asking = "The keychain is locked: it asks for its password in a window of its own";
        console.progress(turn, asking, 5);
    }
    let password = keychain::fetch(&password_item(&entry.id)).await?;
    if password.is_none() {
        return Err(Failure {
            code: FailureCode::Keychain,
            message: format!(
                "The keychain holds no password for {}. Remove the workspace in Settings and add it \
                 again.",
                entry.name
            ),
            reference: None,
            argument: None,
        });
    }
    let workspace = workspace(entry);
    let direct = entry.direct_url.as_deref().map(|url| direct(url, entry));
    let direct = direct.transpose()?;
    let entered = open(
        console,
        turn,
        &address,
        password.as_ref(),
        workspace,
        direct,
    )
    .await?;
    let management = console.management_of(entry).await;
    let identities = identity::kept(&entry.id).await;
    let entered = Entered {
        management,
        identities,
        ..entered
    };
    Ok((entered, gate))
}

async fn open(
    console: &Arc<Console>,
    turn: u64,
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
    workspace: Workspace,
    direct: Option<DatabaseAddress>,
) -> Outcome {
    let place = address.to_string();
    let store =
        store(address, password).map_err(|error| console.open_failure(&error.into(), &place))?;
    let (desk, opened) = open_database(store, Arc::clone(&console.clock))
        .await
        .map_err(|error| console.open_failure(&error, &place))?;
    // What wants a session goes past the pooler, where somebody said how.
    let way = direct.unwrap_or_else(|| address.clone());
    console.keep_way(turn, (way, password.cloned()));
    let workspace = Workspace {
        address: place,
        login: address.login.clone(),
        open: true,
        ..workspace
    };
    Ok(Entered {
        desk,
        workspace,
        ready: ready(&opened),
        management: None,
        identities: Identities::default(),
    })
}

/// The way past the pooler, with the certificates that the pooled one is checked with.
fn direct(url: &str, entry: &WorkspaceEntry) -> Result<DatabaseAddress, ConfigError> {
    let mut address = DatabaseAddress::parse("Direct URL", url)?;
    if entry.ca_file.is_some() {
        address.ca_file.clone_from(&entry.ca_file);
    }
    Ok(address)
}

/// A door to the database at that address.
pub(in crate::desktop) fn store(
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
) -> Result<Store, StoreError> {
    Ok(Store::new(connect::pool(address, password, CONNECTIONS)?))
}

fn ready(opened: &Opened) -> SessionState {
    SessionState::Ready {
        product: PRODUCT.to_owned(),
        login: opened.server.login.clone(),
        lacks: opened.lacks.sentences().map(str::to_owned).collect(),
        signed_in: None,
    }
}

/// What attach recognises today.
pub(in crate::desktop) const PRODUCT: &str = "managed Hopsworks";

/// Name of the keychain item with a workspace's password.
pub(in crate::desktop) fn password_item(id: &str) -> String {
    format!("{id}/database-password")
}

/// Everything that the keychain may hold for a workspace.
pub(in crate::desktop) fn items_of(id: &str) -> [(KeychainItemKind, String); 4] {
    [
        (KeychainItemKind::DatabasePassword, password_item(id)),
        (KeychainItemKind::RefreshToken, sign_in::kept::item(id)),
        (
            KeychainItemKind::ManagementSecret,
            management::secret_item(id),
        ),
        (KeychainItemKind::Identity, identity::item(id)),
    ]
}
