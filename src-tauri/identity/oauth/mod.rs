//! Signing in at a tenant and staying signed in (OAuth 2.0): device code (RFC 8628), authorization code with
//! PKCE over loopback (RFC 8252), refreshing and revoking.
//!
//! The protocol is the crate `oauth2`'s; requests go over our own client, which follows no redirect and
//! reads no more than an answer may have.

pub mod code;
pub mod device;
mod exchange;
pub mod failure;
mod loopback;
pub mod refresh;

use std::fmt;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthUrl, Client, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet,
    ExtraTokenFields, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use crate::domain::random::Random;
use crate::identity::oauth::exchange::Exchange;
use crate::identity::oauth::failure::OauthError;
use crate::identity::tenant::Tenant;
use crate::secrets::Secret;

/// What is asked for: who one is, and staying signed in.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// This console as the tenant knows it: a native application, which has no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The tenant.
    pub tenant: Tenant,
    /// The application's client id there.
    pub client_id: String,
    /// The API that access tokens are for; none for the tenant's own.
    pub audience: Option<String>,
}

/// Signs in as an application. Cheap to clone.
#[derive(Clone)]
pub struct Oauth {
    application: Application,
    exchange: Exchange,
}

/// What a grant gave. The access token is not among it: the console has no use for one, and what is not
/// there cannot leak.
pub struct Grant {
    /// To be verified before a word of it is believed.
    pub id_token: Secret<String>,
    /// What one stays signed in with, where the tenant gave one.
    pub refresh_token: Option<Secret<String>>,
}

impl Oauth {
    /// Signs in as that application, over that client ([`crate::identity::http::client`]).
    #[must_use]
    pub fn new(application: Application, client: reqwest::Client) -> Self {
        Self {
            application,
            exchange: Exchange::new(client),
        }
    }

    /// As what it signs in.
    #[must_use]
    pub fn application(&self) -> &Application {
        &self.application
    }

    fn client(&self) -> TenantClient {
        let tenant = &self.application.tenant;
        Client::new(ClientId::new(self.application.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(tenant.at("/authorize")))
            .set_token_uri(TokenUrl::from_url(tenant.at("/oauth/token")))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(
                tenant.at("/oauth/device/code"),
            ))
    }
}

impl fmt::Debug for Oauth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oauth")
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}

/// The field that OpenID Connect adds to an answer with tokens.
#[derive(Deserialize, Serialize)]
struct WithIdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for WithIdToken {}

impl fmt::Debug for WithIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for WithIdToken {
    fn drop(&mut self) {
        self.id_token.zeroize();
    }
}

type TokenAnswer = StandardTokenResponse<WithIdToken, BasicTokenType>;

type TenantClient = Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Grant {
    fn of(answer: &TokenAnswer) -> Result<Self, OauthError> {
        let id_token = answer.extra_fields().id_token.clone();
        Ok(Self {
            id_token: Secret::new(id_token.ok_or(OauthError::NoIdToken)?),
            refresh_token: answer
                .refresh_token()
                .map(|token| Secret::new(token.secret().clone())),
        })
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant([redacted])")
    }
}

/// 256 random bits in hex: 64 characters that any place for a nonce takes.
fn unguessable(random: &dyn Random) -> String {
    format!("{:032x}{:032x}", random.bits(), random.bits())
}
