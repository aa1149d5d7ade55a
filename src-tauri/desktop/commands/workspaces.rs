//! Settings: the databases one can open.

use std::sync::Arc;

use tauri::State;

use crate::config::database::DatabaseAddress;
use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::opening::{PRODUCT, items_of, open_by_id, password_item, store};
use crate::desktop::workspaces::{ReadForm, read_form, sandbox_workspace, workspace};
use crate::domain::enrolment::EnrolmentCode;
use crate::secrets::{Secret, keychain, scram};
use crate::usecases::enrol::{EnrolError, enrol};
use crate::usecases::open_database::{Opened, look_at_database};
use crate::wire::workspaces::{
    EnrolmentForm, KeychainStatus, Workspace, WorkspaceForm, WorkspaceProbe,
};

/// All workspaces, the sandbox last.
#[tauri::command]
pub(in crate::desktop) async fn workspaces(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<Workspace>> {
    let open = console.session().workspace;
    let mut all: Vec<Workspace> = console
        .settings()?
        .workspaces
        .iter()
        .map(workspace)
        .collect();
    all.push(sandbox_workspace());
    for one in &mut all {
        if one.id == open.id {
            *one = Workspace {
                open: true,
                ..open.clone()
            };
        }
    }
    Ok(all)
}

/// Whether passwords can be kept on this machine.
#[tauri::command]
pub(in crate::desktop) async fn keychain_status() -> KeychainStatus {
    let checked = keychain::check().await;
    KeychainStatus {
        available: checked.is_ok(),
        name: keychain::NAME.to_owned(),
        sentence: checked.err().map(|error| error.to_string()),
    }
}

/// Looks at a database without keeping anything.
#[tauri::command]
pub(in crate::desktop) async fn probe_workspace(
    console: State<'_, Arc<Console>>,
    form: WorkspaceForm,
) -> Answer<WorkspaceProbe> {
    let form = read_form(form)?;
    let opened = look(&console, &form).await?;
    Ok(WorkspaceProbe {
        address: form.address.to_string(),
        login: opened.server.login,
        server: format!("PostgreSQL {}", opened.server.version),
        transport: transport(&form.address).to_owned(),
        product: PRODUCT.to_owned(),
        lacks: opened.lacks.sentences().map(str::to_owned).collect(),
    })
}

/// Adds a database that answers, and opens it. The password goes into the keychain first: if that fails,
/// nothing is kept.
#[tauri::command]
pub(in crate::desktop) async fn add_workspace(
    console: State<'_, Arc<Console>>,
    form: WorkspaceForm,
) -> Answer<Workspace> {
    let mut form = read_form(form)?;
    look(&console, &form).await?;
    let Some(password) = form.password.take() else {
        return Err(invalid("Password", "type the password of the login"));
    };
    let id = new_id(&console);
    keychain::keep(&password_item(&id), password).await?;
    add(&console, id, form).await
}

/// Adds a database with a one-time code: sets a password that only the keychain will know, and opens it.
///
/// The password is in the keychain before the code is redeemed: a code works once, and a password that was
/// set and lost would lock its owner out.
#[tauri::command]
pub(in crate::desktop) async fn enrol_workspace(
    console: State<'_, Arc<Console>>,
    form: EnrolmentForm,
) -> Answer<Workspace> {
    let code = EnrolmentCode::parse(&form.code)
        .map_err(|mistyped| invalid("Code", &format!("this {mistyped}")))?;
    let form = read_form(form.workspace)?;
    let id = new_id(&console);
    let item = password_item(&id);
    let password = scram::password(console.random.as_ref());
    let verifier = scram::verifier(&password, console.random.as_ref());
    keychain::keep(&item, password.clone()).await?;
    let place = form.address.to_string();
    let given = Secret::new(code.expose().to_owned());
    let store = store(&form.address, Some(&given))
        .map_err(|error| console.open_failure(&error.into(), &place))?;
    let enrolled = enrol(&store, &code, &verifier, console.clock.now()).await;
    store.close().await;
    if let Err(error) = enrolled {
        // When the answer was lost on the way, the code may have been redeemed: then the password tells.
        let lost = matches!(error, EnrolError::Store(_));
        if !(lost && signs_in(&form, &password).await) {
            let _ = keychain::remove(&item).await;
            return Err(console.enrol_failure(&error, &place));
        }
    }
    add(&console, id, form).await
}

/// Whether the database takes that password.
async fn signs_in(form: &ReadForm, password: &Secret<String>) -> bool {
    let Ok(store) = store(&form.address, Some(password)) else {
        return false;
    };
    let looked = look_at_database(&store).await;
    store.close().await;
    looked.is_ok()
}

fn new_id(console: &Console) -> String {
    uuid::Builder::from_random_bytes(console.random.bits().to_be_bytes())
        .into_uuid()
        .to_string()
}

/// Puts a database whose password is kept into the settings, and opens it.
async fn add(console: &Arc<Console>, id: String, form: ReadForm) -> Answer<Workspace> {
    let _turn = console.settings_lock.lock().await;
    let entry = WorkspaceEntry { id, ..form.entry };
    let saved = console.settings().and_then(|mut settings| {
        settings.open = Some(entry.id.clone());
        settings.workspaces.push(entry.clone());
        console.save(&settings)
    });
    if let Err(error) = saved {
        let _ = keychain::remove(&password_item(&entry.id)).await;
        return Err(error.into());
    }
    open_by_id(console, &entry.id)?;
    Ok(workspace(&entry))
}

/// Opens another workspace, now and at the next start.
#[tauri::command]
pub(in crate::desktop) async fn open_workspace(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<()> {
    open_by_id(&console, &id)?;
    let _turn = console.settings_lock.lock().await;
    let mut settings = console.settings()?;
    settings.open = (!is_sandbox(&id)).then_some(id);
    Ok(console.save(&settings)?)
}

/// Forgets a database and its password. The database itself is not touched.
#[tauri::command]
pub(in crate::desktop) async fn remove_workspace(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<()> {
    if is_sandbox(&id) {
        return Err(invalid("Workspace", "the sandbox is always there"));
    }
    let _turn = console.settings_lock.lock().await;
    let mut settings = console.settings()?;
    for (_, item) in items_of(&id) {
        keychain::remove(&item).await?;
    }
    settings.workspaces.retain(|entry| entry.id != id);
    if settings.open.as_ref() == Some(&id) {
        settings.open = None;
    }
    console.save(&settings)?;
    if console.open_id() == id {
        open_by_id(&console, &sandbox_workspace().id)?;
    }
    Ok(())
}

pub(in crate::desktop) async fn look(console: &Console, form: &ReadForm) -> Answer<Opened> {
    let place = form.address.to_string();
    let store = store(&form.address, form.password.as_ref())
        .map_err(|error| console.open_failure(&error.into(), &place))?;
    let looked = look_at_database(&store).await;
    store.close().await;
    looked.map_err(|error| console.open_failure(&error, &place))
}

fn transport(address: &DatabaseAddress) -> &'static str {
    if address.is_verified() {
        "TLS, certificate verified"
    } else {
        "loopback: the traffic stays on this machine"
    }
}
