//! What the Secret Service can be asked without it asking the person: looks that open no window. The store
//! of `keyring` unlocks whatever it finds, and each unlocking is a question on screen.

use std::collections::HashMap;

use keyring_core::Error as KeyringError;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};

/// Whether the keychain that new items go to is locked; `false` where that cannot be said.
pub(super) fn is_locked() -> bool {
    // Nothing secret is said: no key has to be agreed on.
    let locked = SecretService::connect(EncryptionType::Plain)
        .and_then(|service| service.get_default_collection()?.is_locked());
    locked.unwrap_or(false)
}

/// Whether there is an item of that name, locked or not.
pub(super) fn holds(service: &str, name: &str) -> Result<bool, KeyringError> {
    let failed = |error| KeyringError::PlatformFailure(Box::new(error));
    let there =
        SecretService::connect(EncryptionType::Plain).map_err(|_| KeyringError::NoDefaultStore)?;
    let attributes = HashMap::from([("service", service), ("username", name)]);
    let found = there.search_items(attributes).map_err(failed)?;
    Ok(!found.unlocked.is_empty() || !found.locked.is_empty())
}

/// Whether it asked to be unlocked, and the answer was no.
pub(super) fn was_declined(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(
        error.downcast_ref::<Error>(),
        Some(Error::Prompt | Error::PromptDisconnected)
    )
}
