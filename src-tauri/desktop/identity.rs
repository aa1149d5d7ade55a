//! The private key of this console, which opens sealed secrets of clusters: in the keychain, one for each workspace.

use crate::desktop::answer::chain;
use crate::secrets::keychain::{self, KeychainError};
use crate::secrets::sealing::Identities;

/// Name of the keychain item with it.
pub(in crate::desktop) fn item(id: &str) -> String {
    format!("{id}/identity")
}

/// What the keychain holds for a workspace. Nothing of a workspace depends on it, so what is in its way is logged.
pub(in crate::desktop) async fn kept(id: &str) -> Identities {
    match fetched(id).await {
        Ok(there) => there.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "the private key of this console cannot be had");
            Identities::default()
        }
    }
}

/// The one that the keychain holds for a workspace, or a new one. One that cannot be read is never written over: what is
/// sealed to it would be lost.
pub(in crate::desktop) async fn made(id: &str) -> Result<Identities, KeychainError> {
    if let Some(there) = fetched(id).await? {
        return Ok(there);
    }
    keychain::keep(&item(id), Identities::generate().written()).await?;
    // As it is there: what a keychain did not answer in time it may do yet.
    Ok(fetched(id).await?.unwrap_or_default())
}

async fn fetched(id: &str) -> Result<Option<Identities>, KeychainError> {
    let text = keychain::fetch(&item(id)).await?;
    let read = text.map(|text| Identities::read(&text)).transpose();
    read.map_err(|_| KeychainError::Damaged(keyring_core::Error::BadStoreFormat(item(id))))
}
