//! Tokens of a tenant, verified: the signature by the tenant's own keys, and every claim that says for
//! whom, by whom and until when.
//!
//! There are two kinds, and each has a call of its own. An [`IdToken`] tells this console who signed in; an
//! [`AccessToken`] lets its bearer use an API. Neither is accepted as the other.
//!
//! RS256 is the only algorithm there is here: the key and the algorithm are the tenant's, never the token's
//! (RFC 8725 §3.1). Parsing is `jsonwebtoken`'s, the arithmetic `ring`'s; see `docs/DECISIONS.md`.

mod claims;
mod failure;
mod signed;

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::domain::ids::UserId;
use crate::identity::jwks::Jwks;
use crate::identity::tokens::claims::{Claims, Expected};
use crate::identity::tokens::signed::Signed;

pub use crate::identity::tokens::failure::TokenError;

/// Whom somebody is, as the tenant says (OpenID Connect Core §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdToken {
    /// `sub`.
    pub subject: UserId,
    /// `name`, where the scope `profile` was granted.
    pub name: Option<String>,
    /// `email`, only where `email_verified` is true.
    pub verified_email: Option<String>,
    /// `iat`.
    pub issued_at: OffsetDateTime,
    /// `exp`.
    pub expires_at: OffsetDateTime,
    /// `auth_time`: when they last typed a password or the like.
    pub authenticated_at: Option<OffsetDateTime>,
}

/// What lets its bearer use an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// `sub`.
    pub subject: UserId,
    /// `azp`: the application it was given to.
    pub client: Option<String>,
    /// `scope`, apart, with the `permissions` that Auth0's role-based access control adds.
    pub scopes: BTreeSet<String>,
    /// `exp`.
    pub expires_at: OffsetDateTime,
    /// All claims as the tenant signed them, a JSON object: for row level security, which reads them.
    pub claims: String,
}

impl AccessToken {
    /// Whether it was given for that.
    #[must_use]
    pub fn allows(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }
}

/// For whom an ID token must be.
#[derive(Debug, Clone, Copy)]
pub struct IdTokenFor<'a> {
    /// Our client id: the one and only `aud`.
    pub client_id: &'a str,
    /// What ties it to one sign-in.
    pub nonce: Nonce<'a>,
}

/// What an ID token must say to which sign-in it belongs.
#[derive(Debug, Clone, Copy)]
pub enum Nonce<'a> {
    /// Nothing was sent along, so nothing may come back: the device flow.
    None,
    /// What was sent along.
    Is(&'a str),
    /// That of an earlier sign-in, or none: a token that came with a refresh (OpenID Connect Core §12.2).
    Earlier,
}

/// For what an access token must be.
#[derive(Debug, Clone, Copy)]
pub struct AccessTokenFor<'a> {
    /// The API's identifier at the tenant: one of `aud`.
    pub audience: &'a str,
    /// The applications that may bring one (`azp`); empty: any of the tenant's.
    pub clients: &'a [String],
}

/// Verifies the tokens of one tenant. Cheap to clone; clones share the tenant's keys.
#[derive(Debug, Clone)]
pub struct TokenVerifier {
    keys: Jwks,
}

impl TokenVerifier {
    /// Verifies with these keys.
    #[must_use]
    pub fn new(keys: Jwks) -> Self {
        Self { keys }
    }

    /// Verifies an ID token, as it came from the token endpoint.
    ///
    /// # Errors
    /// As [`TokenError`] tells apart.
    pub async fn id_token(
        &self,
        token: &str,
        wanted: IdTokenFor<'_>,
        now: OffsetDateTime,
    ) -> Result<IdToken, TokenError> {
        let signed = Signed::parse(token)?;
        signed.of_type(&["jwt"])?;
        let claims = self.signed_claims(&signed, now).await?;
        claims.hold(&Expected {
            issuer: self.keys.tenant().issuer(),
            now,
        })?;
        claims.id_token(wanted)
    }

    /// Verifies an access token, as a request brought it.
    ///
    /// # Errors
    /// As [`TokenError`] tells apart; [`TokenError::is_unavailable`] is no fault of the token.
    pub async fn access_token(
        &self,
        token: &str,
        wanted: AccessTokenFor<'_>,
        now: OffsetDateTime,
    ) -> Result<AccessToken, TokenError> {
        let signed = Signed::parse(token)?;
        // RFC 9068 §4, and what Auth0 writes unless told otherwise.
        signed.of_type(&["at+jwt", "jwt"])?;
        let claims = self.signed_claims(&signed, now).await?;
        claims.hold(&Expected {
            issuer: self.keys.tenant().issuer(),
            now,
        })?;
        claims.access_token(wanted, signed.payload())
    }

    /// Nothing is read from the claims before the signature is known to be the tenant's.
    async fn signed_claims(
        &self,
        signed: &Signed<'_>,
        now: OffsetDateTime,
    ) -> Result<Claims, TokenError> {
        let key = self.keys.key(signed.key_id(), now).await?;
        signed.verify(&key)?;
        Claims::read(signed.payload())
    }
}
