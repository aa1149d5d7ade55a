//! What opens the Management API of a workspace's tenant: the id in the settings, the secret in the keychain.

use std::sync::Arc;

use crate::config::ConfigError;
use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::answer::chain;
use crate::desktop::console::Console;
use crate::identity::http::Patience;
use crate::identity::management::{Credentials, Management};
use crate::identity::tenant::Tenant;
use crate::sandbox::Sandbox;
use crate::secrets::{Secret, keychain};

/// Name of the keychain item with the secret.
pub(in crate::desktop) fn secret_item(id: &str) -> String {
    format!("{id}/auth0-management-secret")
}

/// The tenant's own domain, as far as the settings name one: that of the secret, or the one to sign in at.
pub(in crate::desktop) fn domain(entry: &WorkspaceEntry) -> Option<&String> {
    entry
        .auth0_management_domain
        .as_ref()
        .or(entry.auth0_domain.as_ref())
}

impl Console {
    /// Asks that tenant as that application.
    pub(in crate::desktop) fn managed(
        &self,
        domain: &str,
        client_id: &str,
        client_secret: Secret<String>,
    ) -> Result<Management, ConfigError> {
        let tenant = Tenant::parse(domain)
            .map_err(|error| ConfigError::new("Auth0 domain", error.to_string()))?;
        let credentials = Credentials {
            tenant,
            client_id: client_id.to_owned(),
            client_secret,
        };
        Management::new(credentials, Arc::clone(&self.clock), Patience::default())
            .map_err(|_| ConfigError::new("Auth0 domain", "this machine trusts no certificates"))
    }

    /// That of a workspace on file. Nothing of a workspace depends on it, so what is in its way is said where
    /// it is missed.
    pub(in crate::desktop) async fn management_of(
        &self,
        entry: &WorkspaceEntry,
    ) -> Option<Management> {
        let (domain, client_id) = (
            entry.auth0_management_domain.as_ref()?,
            entry.auth0_management_client_id.as_ref()?,
        );
        let secret = match keychain::fetch(&secret_item(&entry.id)).await {
            Ok(secret) => secret?,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "the secret of the Management API cannot be had");
                return None;
            }
        };
        self.managed(domain, client_id, secret).ok()
    }

    /// That of the sandbox's stand-in.
    pub(in crate::desktop) fn management_of_sandbox(
        &self,
        sandbox: &Sandbox,
    ) -> Option<Management> {
        let access = sandbox.auth0()?;
        let secret = access.client_secret.clone();
        self.managed(&access.domain(), access.client_id(), secret)
            .ok()
    }
}
