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
    let text = match keychain::fetch(&item(id)).await {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "the private key of this console cannot be had");
            None
        }
    };
    let Some(text) = text else {
        return Identities::default();
    };
    Identities::read(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, "what the keychain has as the private key of this console");
        Identities::default()
    })
}

/// The one that the keychain holds for a workspace, or a new one, kept there.
pub(in crate::desktop) async fn made(id: &str) -> Result<Identities, KeychainError> {
    let there = kept(id).await;
    if !there.is_empty() {
        return Ok(there);
    }
    let made = Identities::generate();
    keychain::keep(&item(id), made.written()).await?;
    Ok(made)
}
