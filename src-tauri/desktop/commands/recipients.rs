//! Whom secrets of clusters are sealed to.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::identity;
use crate::secrets::sealing::Recipient;
use crate::store::sealing;
use crate::usecases::failure::DeskError;
use crate::wire::panel::Panel;
use crate::wire::secrets::RecipientsShown;

/// Those of today.
#[tauri::command]
pub(in crate::desktop) async fn recipients(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<RecipientsShown>> {
    let desk = console.desk()?;
    let recipients = sealing::recipients(&desk.store)
        .await
        .map_err(|error| console.desk_failure(&DeskError::from(error)))?;
    let shown = RecipientsShown::new(recipients, console.public_keys(), desk.now());
    Ok(Panel::of("console.recipients", desk.now(), shown))
}

/// Makes a private key in the keychain, unless there is one, and answers its public one.
#[tauri::command]
pub(in crate::desktop) async fn make_identity(console: State<'_, Arc<Console>>) -> Answer<String> {
    console.desk()?;
    let id = console.open_id();
    if is_sandbox(&id) {
        return Err(invalid("Workspace", "the sandbox brings its own key"));
    }
    // Pressed twice it is one key.
    let _turn = console.settings_lock.lock().await;
    let made = identity::made(&id).await?;
    let Some(key) = made.public_keys().into_iter().next() else {
        return Err(invalid("Keychain", "it did not keep the key: try again"));
    };
    if !console.public_keys().contains(&key) {
        console.open_with(&id, made);
    }
    Ok(key)
}

/// Seals to that public key from now on.
#[tauri::command]
pub(in crate::desktop) async fn add_recipient(
    console: State<'_, Arc<Console>>,
    key: String,
    name: String,
    reason: String,
) -> Answer<()> {
    let desk = console.desk()?;
    // The database looks at its form, and at no checksum.
    let key: Recipient = key
        .parse()
        .map_err(|error: crate::secrets::sealing::KeyError| {
            invalid("Public key", &error.to_string())
        })?;
    sealing::add(&desk.store, &key.to_string(), &name, &reason)
        .await
        .map_err(|error| console.desk_failure(&DeskError::from(error)))
}

/// Seals to that public key no more.
#[tauri::command]
pub(in crate::desktop) async fn remove_recipient(
    console: State<'_, Arc<Console>>,
    key: String,
    reason: String,
) -> Answer<()> {
    let desk = console.desk()?;
    sealing::remove(&desk.store, &key, &reason)
        .await
        .map_err(|error| console.desk_failure(&DeskError::from(error)))
}
