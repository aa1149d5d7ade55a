//! What a token claims, and what must hold of it.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;
use time::{Duration, OffsetDateTime};

use crate::domain::ids::UserId;
use crate::identity::tokens::failure::TokenError;
use crate::identity::tokens::{AccessToken, AccessTokenFor, IdToken, IdTokenFor, Nonce};

/// How far the clocks of the tenant and of this machine may differ.
const LEEWAY: Duration = Duration::seconds(30);

/// The claims that are looked at. A claim that stands there twice makes the whole unreadable.
#[derive(Deserialize)]
pub(in crate::identity::tokens) struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    /// Seconds since 1970; Auth0 writes whole ones.
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
    auth_time: Option<i64>,
    azp: Option<String>,
    nonce: Option<String>,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    scope: Option<String>,
    permissions: Option<BTreeSet<String>>,
    /// How an access token was granted: never in an ID token.
    gty: Option<IgnoredAny>,
    /// Digests that tie an ID token to what came with it: never in an access token.
    at_hash: Option<IgnoredAny>,
    c_hash: Option<IgnoredAny>,
    s_hash: Option<IgnoredAny>,
}

/// `aud`: one text, or several (RFC 7519 §4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// What must hold of every token.
pub(in crate::identity::tokens) struct Expected<'a> {
    pub(in crate::identity::tokens) issuer: &'a str,
    pub(in crate::identity::tokens) now: OffsetDateTime,
}

impl Claims {
    pub(in crate::identity::tokens) fn read(payload: &[u8]) -> Result<Self, TokenError> {
        serde_json::from_slice(payload).map_err(|_| TokenError::Malformed)
    }

    /// Checks the issuer, letter by letter, and the times.
    pub(in crate::identity::tokens) fn hold(
        &self,
        expected: &Expected<'_>,
    ) -> Result<(), TokenError> {
        if self.iss.as_deref() != Some(expected.issuer) {
            return Err(TokenError::Issuer);
        }
        let now = expected.now;
        if now >= moment(self.exp)?.ok_or(TokenError::Malformed)? + LEEWAY {
            return Err(TokenError::Expired);
        }
        for begins in [moment(self.nbf)?, moment(self.iat)?].into_iter().flatten() {
            if begins > now + LEEWAY {
                return Err(TokenError::NotYet);
            }
        }
        Ok(())
    }

    /// As an ID token (OpenID Connect Core §3.1.3.7).
    pub(in crate::identity::tokens) fn id_token(
        self,
        wanted: IdTokenFor<'_>,
    ) -> Result<IdToken, TokenError> {
        // One audience: we trust no other application, which several would make us do.
        let audience = self.aud.as_ref().map(Audience::all).unwrap_or_default();
        if audience.is_empty() || audience.iter().any(|one| one != wanted.client_id) {
            return Err(TokenError::Audience);
        }
        if self.scope.is_some() || self.permissions.is_some() || self.gty.is_some() {
            return Err(TokenError::Kind);
        }
        match &self.azp {
            Some(party) if party != wanted.client_id => return Err(TokenError::Client),
            None if audience.len() > 1 => return Err(TokenError::Client),
            _ => {}
        }
        // A nonce that nobody asked for belongs to a sign-in of somebody else.
        let belongs = match wanted.nonce {
            Nonce::None => self.nonce.is_none(),
            Nonce::Is(sent) => self.nonce.as_deref() == Some(sent),
            Nonce::Earlier => true,
        };
        if !belongs {
            return Err(TokenError::Nonce);
        }
        let verified = self.email_verified == Some(true);
        Ok(IdToken {
            subject: self.subject()?,
            name: self.name,
            verified_email: self.email.filter(|_| verified),
            issued_at: moment(self.iat)?.ok_or(TokenError::Malformed)?,
            expires_at: moment(self.exp)?.ok_or(TokenError::Malformed)?,
            authenticated_at: moment(self.auth_time)?,
        })
    }

    /// As an access token of Auth0's own profile or of RFC 9068.
    pub(in crate::identity::tokens) fn access_token(
        self,
        wanted: AccessTokenFor<'_>,
        payload: &[u8],
    ) -> Result<AccessToken, TokenError> {
        let hashed = self.at_hash.is_some() || self.c_hash.is_some() || self.s_hash.is_some();
        if hashed || self.nonce.is_some() {
            return Err(TokenError::Kind);
        }
        // Auth0 adds its own `/userinfo` beside the API when `openid` is granted: ours is one of them.
        let audience = self.aud.as_ref().map(Audience::all).unwrap_or_default();
        if !audience.iter().any(|one| one == wanted.audience) {
            return Err(TokenError::Audience);
        }
        let known = |party: &String| wanted.clients.contains(party);
        if !wanted.clients.is_empty() && !self.azp.as_ref().is_some_and(known) {
            return Err(TokenError::Client);
        }
        let scopes = self.scope.as_deref().unwrap_or_default();
        let scopes = scopes.split(' ').filter(|scope| !scope.is_empty());
        Ok(AccessToken {
            subject: self.subject()?,
            scopes: scopes
                .map(str::to_owned)
                .chain(self.permissions.into_iter().flatten())
                .collect(),
            client: self.azp,
            expires_at: moment(self.exp)?.ok_or(TokenError::Malformed)?,
            claims: String::from_utf8(payload.to_vec()).map_err(|_| TokenError::Malformed)?,
        })
    }

    fn subject(&self) -> Result<UserId, TokenError> {
        let subject = self.sub.as_deref().unwrap_or_default();
        let id = UserId::parse(subject).map_err(|_| TokenError::Subject)?;
        // Trimming would make two subjects one.
        if id.as_str() == subject {
            Ok(id)
        } else {
            Err(TokenError::Subject)
        }
    }
}

fn moment(seconds: Option<i64>) -> Result<Option<OffsetDateTime>, TokenError> {
    seconds
        .map(|seconds| {
            OffsetDateTime::from_unix_timestamp(seconds)
                // Room for the leeway at the end of time.
                .ok()
                .filter(|at| at.checked_add(LEEWAY).is_some())
                .ok_or(TokenError::Malformed)
        })
        .transpose()
}
