//! The OS keychain: Secret Service, macOS Keychain, Windows Credential Manager. There is no other place
//! for a secret on a laptop, and no plain-file fallback.
//!
//! The store is opened anew for each use, so that "try again" works after a keychain was started or
//! unlocked. Its calls block; each runs on a thread of its own.

#[cfg(target_os = "linux")]
mod secret_service;

use std::sync::Arc;
use std::time::Duration;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error as KeyringError};
use thiserror::Error;

use crate::secrets::Secret;

/// Under which all our items are.
const SERVICE: &str = "ai.hopsdesk.console";

/// A keychain may ask the person to unlock it; one that says nothing for so long is not coming back.
const PATIENCE: Duration = Duration::from_secs(60);

/// What people call the keychain of this platform.
pub const NAME: &str = if cfg!(target_os = "macos") {
    "macOS Keychain"
} else if cfg!(target_os = "windows") {
    "Windows Credential Manager"
} else {
    "Secret Service"
};

/// Why a secret cannot be kept or fetched. `Display` is the sentence for the screen.
#[derive(Debug, Error)]
pub enum KeychainError {
    /// Nothing answers.
    #[error("{}", absent())]
    Absent(#[source] KeyringError),
    /// It is there, but locked, or refuses for a reason of its own.
    #[error("The keychain ({NAME}) is locked. Unlock it, then try again.")]
    Locked(#[source] Option<KeyringError>),
    /// It asked to be unlocked, and the answer was no.
    #[error(
        "The keychain ({NAME}) stays locked: its question was declined, or could not be shown. Try again and \
         allow it."
    )]
    Declined(#[source] KeyringError),
    /// The item is there but cannot be understood.
    #[error(
        "What the keychain ({NAME}) holds for this workspace is damaged. Remove the workspace and add it again."
    )]
    Damaged(#[source] KeyringError),
    /// Anything else.
    #[error("The keychain ({NAME}) failed. Try again; if it stays so, restart it.")]
    Failed(#[source] KeyringError),
    /// It says nothing.
    #[error("The keychain ({NAME}) did not answer. Try again.")]
    NoAnswer,
}

fn absent() -> String {
    let how = if cfg!(target_os = "linux") {
        "Install and start one (Debian and Ubuntu: sudo apt install gnome-keyring; KDE has KWallet), \
         then try again."
    } else {
        "Sign in to a desktop session and try again."
    };
    format!("There is no keychain ({NAME}) on this machine. {how}")
}

impl From<KeyringError> for KeychainError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::NoDefaultStore => Self::Absent(error),
            KeyringError::NoStorageAccess(ref cause) if was_declined(cause.as_ref()) => {
                Self::Declined(error)
            }
            KeyringError::NoStorageAccess(_) => Self::Locked(Some(error)),
            KeyringError::BadEncoding(_)
            | KeyringError::BadDataFormat(..)
            | KeyringError::BadStoreFormat(_)
            | KeyringError::Ambiguous(_) => Self::Damaged(error),
            _ => Self::Failed(error),
        }
    }
}

/// Whether secrets can be kept.
///
/// # Errors
/// When they cannot, with the sentence that says why.
pub async fn check() -> Result<(), KeychainError> {
    // A look for an item that is not there goes all the way to the keychain.
    fetch("probe").await.map(drop)
}

/// Keeps a secret under a name, in place of an older one.
///
/// # Errors
/// As [`KeychainError`] tells apart.
pub async fn keep(name: &str, secret: Secret<String>) -> Result<(), KeychainError> {
    with_entry(name, move |entry| {
        match entry.set_password(secret.expose()) {
            // Of several there is none that is the right one.
            Err(KeyringError::Ambiguous(all)) => {
                remove_all(&all)?;
                entry.set_password(secret.expose())
            }
            outcome => outcome,
        }
    })
    .await
}

/// Fetches a secret; `None` when there is none of that name.
///
/// # Errors
/// As [`KeychainError`] tells apart.
pub async fn fetch(name: &str) -> Result<Option<Secret<String>>, KeychainError> {
    with_entry(name, |entry| match entry.get_password() {
        Ok(password) => Ok(Some(Secret::new(password))),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Whether there is a secret of that name. A locked keychain is not asked to open for that.
///
/// # Errors
/// As [`KeychainError`] tells apart.
#[cfg(target_os = "linux")]
pub async fn holds(name: &str) -> Result<bool, KeychainError> {
    let name = name.to_owned();
    patiently(move || Ok(secret_service::holds(SERVICE, &name)?)).await
}

/// Whether there is a secret of that name.
///
/// # Errors
/// As [`KeychainError`] tells apart.
#[cfg(not(target_os = "linux"))]
pub async fn holds(name: &str) -> Result<bool, KeychainError> {
    fetch(name).await.map(|found| found.is_some())
}

/// Whether the keychain is locked, so that it will ask the person before it answers. It is not asked to open.
pub async fn is_locked() -> bool {
    patiently(|| Ok(locked())).await.unwrap_or(false)
}

/// Removes a secret; one that is not there is no error, and of several of that name none is left.
///
/// # Errors
/// As [`KeychainError`] tells apart.
pub async fn remove(name: &str) -> Result<(), KeychainError> {
    with_entry(name, |entry| match entry.delete_credential() {
        Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
        Err(KeyringError::Ambiguous(all)) => remove_all(&all),
        Err(error) => Err(error),
    })
    .await
}

fn remove_all(entries: &[Entry]) -> Result<(), KeyringError> {
    entries.iter().try_for_each(Entry::delete_credential)
}

async fn with_entry<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(&Entry) -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeychainError> {
    let name = name.to_owned();
    let answer = patiently(move || {
        let store = open().map_err(KeychainError::Absent)?;
        let entry = store.build(SERVICE, &name, None)?;
        Ok(work(&entry)?)
    });
    match answer.await {
        // Most likely its question is still on screen, and nobody answers it.
        Err(KeychainError::NoAnswer) if is_locked().await => Err(KeychainError::Locked(None)),
        outcome => outcome,
    }
}

/// Runs what blocks on a thread of its own, and gives up on it after a while.
async fn patiently<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    // A thread that blocks cannot be stopped; it is not waited for.
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) | Err(_) => Err(KeychainError::NoAnswer),
    }
}

#[cfg(target_os = "linux")]
fn locked() -> bool {
    secret_service::is_locked()
}

/// Elsewhere the keychain opens with the person's session; when it does not, it says so when it is asked.
#[cfg(not(target_os = "linux"))]
fn locked() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn was_declined(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    secret_service::was_declined(cause)
}

/// Elsewhere a refusal does not say why.
#[cfg(not(target_os = "linux"))]
fn was_declined(_: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn open() -> Result<Arc<dyn CredentialStoreApi>, KeyringError> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<dyn CredentialStoreApi>, KeyringError> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(target_os = "windows")]
fn open() -> Result<Arc<dyn CredentialStoreApi>, KeyringError> {
    Ok(windows_native_keyring_store::Store::new()?)
}
