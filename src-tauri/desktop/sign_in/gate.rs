//! The gate of a workspace: signs in, stays signed in, signs out. What a person may see is decided elsewhere.

use std::path::Path;

use time::{Duration, OffsetDateTime};

use crate::config::ConfigError;
use crate::config::workspaces::WorkspaceEntry;
use crate::desktop::sign_in::failure::SignInError;
use crate::desktop::sign_in::kept::KeptToken;
use crate::domain::workspace::WorkspaceKind;
use crate::identity::http::{Patience, client};
use crate::identity::jwks::Jwks;
use crate::identity::oauth::failure::OauthError;
use crate::identity::oauth::{Application, Grant, Oauth};
use crate::identity::tenant::Tenant;
use crate::identity::tokens::{IdToken, IdTokenFor, Nonce, TokenVerifier};
use crate::sandbox::auth0::CLIENT_ID;
use crate::secrets::Secret;

/// How people sign in to one workspace.
#[derive(Debug)]
pub(in crate::desktop) struct Gate {
    /// Speaks with the tenant.
    pub(in crate::desktop) oauth: Oauth,
    verifier: TokenVerifier,
    /// Where the refresh token is; none where none is kept.
    kept: Option<KeptToken>,
    /// Only the sandbox opens without.
    pub(in crate::desktop) can_be_skipped: bool,
    /// Whether one shows who one is once more before anything is changed.
    pub(in crate::desktop) confirms: bool,
    /// After how long without anybody at the window one is signed out; none for never.
    pub(in crate::desktop) idle: Option<Duration>,
}

/// Where the settings say nothing else.
const IDLE_MINUTES: u16 = 30;

impl Gate {
    /// That of a workspace on file; `None` where no sign-in is set up.
    pub(in crate::desktop) fn of(
        entry: &WorkspaceEntry,
        folder: &Path,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(client_id) = &entry.auth0_client_id else {
            return Ok(None);
        };
        // A domain that is gone must not open a door that was shut.
        let domain = entry.auth0_domain.as_ref().ok_or_else(|| {
            let problem = "is missing beside the client id: this workspace wants a sign-in";
            ConfigError::new("Auth0 domain", problem)
        })?;
        let application = Application {
            tenant: tenant(domain)?,
            client_id: client_id.clone(),
            audience: entry.auth0_audience.clone(),
        };
        let stays = entry.stay_signed_in.unwrap_or(true);
        let kept = stays.then(|| KeptToken::of(&entry.id, folder));
        let idle = match entry.idle_minutes.unwrap_or(IDLE_MINUTES) {
            0 => None,
            minutes => Some(Duration::minutes(i64::from(minutes))),
        };
        Ok(Some(Self {
            idle,
            can_be_skipped: false,
            // What is changed in production, customers feel.
            confirms: entry
                .reauthenticate
                .unwrap_or(entry.kind == WorkspaceKind::Production),
            ..Self::to(application, kept)?
        }))
    }

    /// That of the sandbox, to be tried. It keeps nothing: the people of the stand-in are gone with it.
    pub(in crate::desktop) fn of_sandbox(domain: &str) -> Result<Self, ConfigError> {
        let application = Application {
            tenant: tenant(domain)?,
            client_id: CLIENT_ID.to_owned(),
            audience: None,
        };
        Self::to(application, None)
    }

    fn to(application: Application, kept: Option<KeptToken>) -> Result<Self, ConfigError> {
        let tenant = application.tenant.clone();
        let unusable = |_| ConfigError::new("Auth0 domain", "this machine trusts no certificates");
        let client = client(&tenant, Patience::default()).map_err(unusable)?;
        Ok(Self {
            verifier: TokenVerifier::new(Jwks::new(client.clone(), tenant)),
            oauth: Oauth::new(application, client),
            kept,
            can_be_skipped: true,
            confirms: false,
            idle: None,
        })
    }

    /// Whose tokens it takes, and as what.
    pub(in crate::desktop) fn application(&self) -> &Application {
        self.oauth.application()
    }

    /// Whether somebody who signed in stays so at the next start.
    pub(in crate::desktop) fn keeps(&self) -> bool {
        self.kept.is_some()
    }

    /// Signs in with what the keychain holds; `None` when it holds nothing. The new refresh token is in the
    /// keychain before anything else is done with the answer.
    pub(in crate::desktop) async fn silently(
        &self,
        now: OffsetDateTime,
    ) -> Result<Option<IdToken>, SignInError> {
        let Some(kept) = &self.kept else {
            return Ok(None);
        };
        let alone = kept.alone().await?;
        let Some(token) = kept.fetch(&alone).await? else {
            return Ok(None);
        };
        match self.oauth.refresh(&token).await {
            Ok(grant) => {
                if let Some(new) = &grant.refresh_token {
                    kept.keep(&alone, new.clone()).await?;
                }
                drop(alone);
                Ok(Some(self.verified(&grant, Nonce::Earlier, now).await?))
            }
            Err(OauthError::Ended) => {
                kept.forget(&alone).await?;
                Err(OauthError::Ended.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whom a grant is for.
    pub(in crate::desktop) async fn verified(
        &self,
        grant: &Grant,
        nonce: Nonce<'_>,
        now: OffsetDateTime,
    ) -> Result<IdToken, SignInError> {
        let client_id = &self.application().client_id;
        let wanted = IdTokenFor { client_id, nonce };
        Ok(self
            .verifier
            .id_token(grant.id_token.expose(), wanted, now)
            .await?)
    }

    /// Keeps the refresh token of somebody who may be here.
    pub(in crate::desktop) async fn keep(
        &self,
        token: Option<Secret<String>>,
    ) -> Result<(), SignInError> {
        match (&self.kept, token) {
            (Some(kept), Some(token)) => {
                let alone = kept.alone().await?;
                kept.keep(&alone, token).await
            }
            // What is not kept is not left lying about at the tenant either.
            (None, token) => {
                self.drop_token(token).await;
                Ok(())
            }
            (Some(_), None) => Ok(()),
        }
    }

    /// Takes back a refresh token that is not kept. Nobody waits for that: it is good for nothing without
    /// being kept.
    pub(in crate::desktop) async fn drop_token(&self, token: Option<Secret<String>>) {
        if let Some(token) = token
            && let Err(error) = self.oauth.revoke(&token).await
        {
            tracing::warn!(%error, "a refresh token could not be taken back");
        }
    }

    /// Signs out: forgets the refresh token, then has the tenant take it back. Whether the tenant did.
    pub(in crate::desktop) async fn sign_out(&self) -> Result<bool, SignInError> {
        let Some(kept) = &self.kept else {
            return Ok(true);
        };
        let alone = kept.alone().await?;
        let token = kept.fetch(&alone).await?;
        kept.forget(&alone).await?;
        let Some(token) = token else {
            return Ok(true);
        };
        let revoked = self.oauth.revoke(&token).await;
        if let Err(error) = &revoked {
            tracing::warn!(%error, "signed out here; the tenant did not take the token back");
        }
        Ok(revoked.is_ok())
    }
}

fn tenant(domain: &str) -> Result<Tenant, ConfigError> {
    Tenant::parse(domain).map_err(|error| ConfigError::new("Auth0 domain", error.to_string()))
}
