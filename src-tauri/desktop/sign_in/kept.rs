//! The refresh token of a workspace: in the keychain, and one program at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::desktop::sign_in::failure::SignInError;
use crate::secrets::Secret;
use crate::secrets::keychain::{self, KeychainError};

/// What Windows' Credential Manager can hold; Auth0's tokens have well under a hundred characters.
const LONGEST: usize = 1_200;

/// Where the refresh token of one workspace is.
#[derive(Debug, Clone)]
pub(in crate::desktop) struct KeptToken {
    item: String,
    lock: PathBuf,
}

/// Held while a refresh token is looked at, used or replaced: nobody else does, in no program of this
/// person. A token that two would use is a token that the tenant takes for stolen.
pub(in crate::desktop) struct Alone(#[expect(dead_code, reason = "held for its lock")] File);

impl KeptToken {
    /// That of the workspace; `folder` is the one of the settings.
    pub(in crate::desktop) fn of(workspace: &str, folder: &Path) -> Self {
        Self {
            item: item(workspace),
            lock: folder.join(format!("sign-in-{workspace}.lock")),
        }
    }

    /// Waits until nobody else is at it.
    pub(in crate::desktop) async fn alone(&self) -> Result<Alone, SignInError> {
        let path = self.lock.clone();
        let locked = tokio::task::spawn_blocking(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.lock()?;
            Ok(Alone(file))
        });
        locked
            .await
            .unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)))
            .map_err(SignInError::Lock)
    }

    /// The token, as the last one who was at it left it.
    pub(in crate::desktop) async fn fetch(
        &self,
        _alone: &Alone,
    ) -> Result<Option<Secret<String>>, SignInError> {
        match keychain::fetch(&self.item).await {
            // Nothing is lost with it that signing in does not bring back.
            Err(KeychainError::Damaged(_)) => {
                keychain::remove(&self.item).await?;
                Err(SignInError::Damaged)
            }
            fetched => Ok(fetched?),
        }
    }

    /// Keeps a token in place of the one before.
    pub(in crate::desktop) async fn keep(
        &self,
        _alone: &Alone,
        token: Secret<String>,
    ) -> Result<(), SignInError> {
        if token.expose().len() > LONGEST {
            return Err(SignInError::TooLong);
        }
        Ok(keychain::keep(&self.item, token).await?)
    }

    /// Forgets it.
    pub(in crate::desktop) async fn forget(&self, _alone: &Alone) -> Result<(), SignInError> {
        Ok(keychain::remove(&self.item).await?)
    }
}

/// Name of the keychain item.
pub(in crate::desktop) fn item(workspace: &str) -> String {
    format!("{workspace}/refresh-token")
}
