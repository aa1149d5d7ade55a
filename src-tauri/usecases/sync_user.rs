//! Take note of a sign-in: make or complete the user, count it once, take up an invitation.

use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::identity::http::ExchangeError;
use crate::identity::tenant::Tenant;
use crate::identity::tokens::{AccessToken, IdTokenFor, Nonce, TokenError, TokenVerifier};
use crate::identity::userinfo::{UserInfo, userinfo};
use crate::store::customers::{SignedIn, sync};
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// What is needed to know who somebody is.
pub struct Identities<'a> {
    /// Verifies ID tokens.
    pub verifier: &'a TokenVerifier,
    /// The application they must be for; none: only `/userinfo` is asked.
    pub client_id: Option<&'a str>,
    /// Asks `/userinfo`.
    pub client: &'a Client,
    /// Whom.
    pub tenant: &'a Tenant,
}

/// Where it is noted, and how much of that at once.
#[derive(Clone, Copy)]
pub struct Noting<'a> {
    /// The database.
    pub store: &'a Store,
    /// Who may wait for it at the same time. While the tenant is asked nobody has a place.
    pub places: &'a Semaphore,
    /// How long one may wait.
    pub patience: Duration,
}

/// Why a sign-in was not noted.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The ID token is not accepted.
    #[error(transparent)]
    IdToken(#[from] TokenError),
    /// The ID token or the tenant's answer is about somebody else.
    #[error("The ID token is somebody else's.")]
    SomebodyElse,
    /// This program does not know for which application ID tokens are.
    #[error("ID tokens cannot be verified here. Leave it out.")]
    NoClient,
    /// The tenant tells this application no address.
    #[error("The tenant does not say who this is. Ask for the scopes openid, profile and email.")]
    NoAddress,
    /// Two sign-ins with one address: a person must decide.
    #[error("Another user has this e-mail address. Support can join or rename the two.")]
    AddressTaken,
    /// The tenant cannot be asked now.
    #[error("the tenant cannot be asked")]
    Tenant(#[from] ExchangeError),
    /// Too many wait for the database.
    #[error("too many are asking at once")]
    Busy,
    /// The database took too long; the sign-in may be noted all the same, and is counted once.
    #[error("the database took too long")]
    TooSlow,
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Notes a sign-in. The address comes from a verified ID token or from the tenant, never from the request.
///
/// # Errors
/// As [`SyncError`] tells apart.
pub async fn sync_user(
    noting: Noting<'_>,
    identities: Identities<'_>,
    token: &AccessToken,
    access_token: &str,
    id_token: Option<&str>,
    now: OffsetDateTime,
) -> Result<Value, SyncError> {
    let (mut said, at) = if let Some(id_token) = id_token {
        from_id_token(&identities, token, id_token, now).await?
    } else {
        let said = from_tenant(&identities, token, access_token).await?;
        (said, issued_at(token))
    };
    // A clock that is ahead must not make every later sign-in an earlier one.
    let at = at.unwrap_or(now).min(now);
    let who = |said: UserInfo| SignedIn {
        id: token.subject.as_str().to_owned(),
        email: said.email,
        verified: said.verified,
        name: said.name,
        at,
    };
    if said.email.is_none() && id_token.is_some() {
        // The address is not verified yet. Whoever registered is known without it; of others the tenant tells it.
        let answer = note(noting, who(said)).await?;
        if answer["result"] != "unknown" {
            return Ok(answer);
        }
        said = from_tenant(&identities, token, access_token).await?;
    }
    if said.email.is_none() {
        return Err(SyncError::NoAddress);
    }
    let answer = note(noting, who(said)).await?;
    match answer["result"].as_str() {
        Some("email_taken") => Err(SyncError::AddressTaken),
        _ => Ok(answer),
    }
}

async fn note(noting: Noting<'_>, who: SignedIn) -> Result<Value, SyncError> {
    let _place = noting.places.try_acquire().map_err(|_| SyncError::Busy)?;
    let noted = timeout(noting.patience, sync(noting.store, who)).await;
    Ok(noted.map_err(|_| SyncError::TooSlow)??)
}

async fn from_tenant(
    identities: &Identities<'_>,
    token: &AccessToken,
    access_token: &str,
) -> Result<UserInfo, SyncError> {
    let said = userinfo(identities.client, identities.tenant, access_token);
    let said = said.await?.ok_or(SyncError::NoAddress)?;
    if said.subject == token.subject {
        Ok(said)
    } else {
        Err(SyncError::SomebodyElse)
    }
}

async fn from_id_token(
    identities: &Identities<'_>,
    token: &AccessToken,
    id_token: &str,
    now: OffsetDateTime,
) -> Result<(UserInfo, Option<OffsetDateTime>), SyncError> {
    let client_id = identities.client_id.ok_or(SyncError::NoClient)?;
    let wanted = IdTokenFor {
        client_id,
        nonce: Nonce::Earlier,
    };
    let said = identities.verifier.id_token(id_token, wanted, now).await?;
    if said.subject != token.subject {
        return Err(SyncError::SomebodyElse);
    }
    let at = said.authenticated_at.unwrap_or(said.issued_at);
    let said = UserInfo {
        subject: said.subject,
        verified: said.verified_email.is_some(),
        email: said.verified_email,
        name: said.name,
    };
    Ok((said, Some(at)))
}

/// `iat` of an access token: one sign-in, however often it is shown.
fn issued_at(token: &AccessToken) -> Option<OffsetDateTime> {
    let claims: Value = serde_json::from_str(&token.claims).ok()?;
    OffsetDateTime::from_unix_timestamp(claims["iat"].as_i64()?).ok()
}
