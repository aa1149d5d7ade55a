//! How a customer signs in at Auth0, and what opens its Management API, as the window shows and sets them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::sign_ins;
use crate::usecases::show_sign_ins::SignIns;
use crate::wire::time::rfc3339;

/// Answer of `user_sign_ins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum UserSignIns {
    /// This console has nothing to ask the tenant with; what to do about it.
    NotConfigured { sentence: String },
    /// The tenant knows nobody of this id.
    Unknown,
    /// As the tenant tells it.
    Known { person: Box<TenantPerson> },
}

/// Somebody as the tenant has them. Null: it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TenantPerson {
    pub blocked: bool,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    #[ts(type = "number | null")]
    pub logins: Option<i64>,
    pub last_login: Option<String>,
    /// Null also for whoever may not see it; see `addresses_hidden`.
    pub last_ip: Option<String>,
    pub registered_at: Option<String>,
    pub identities: Vec<TenantIdentity>,
    /// `"guardian"`; empty: none is enrolled.
    pub multifactor: Vec<String>,
    /// The last tries to sign in, newest first.
    pub tries: Vec<SignInTry>,
    /// Why those are missing while the rest is there.
    pub tries_missing: Option<String>,
    /// The caller's group sees no addresses.
    pub addresses_hidden: bool,
}

/// A way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TenantIdentity {
    /// `"Username-Password-Authentication"`.
    pub connection: String,
    /// `"auth0"`.
    pub provider: String,
}

/// A try to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SignInTry {
    pub at: String,
    pub outcome: TryOutcome,
    /// `"Stockholm, Sweden"`.
    pub place: Option<String>,
    pub connection: Option<String>,
    /// The application.
    pub client: Option<String>,
    pub ip: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TryOutcome {
    SignedIn,
    WrongPassword,
    /// Turned away for trying too often.
    Throttled,
    Failed,
}

impl From<SignIns> for TenantPerson {
    fn from(shown: SignIns) -> Self {
        let (tries, tries_missing) = match shown.tries {
            Ok(tries) => (tries, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let user = shown.user;
        Self {
            blocked: user.blocked,
            email: user.email,
            email_verified: user.email_verified,
            logins: user.logins,
            last_login: user.last_login.map(rfc3339),
            last_ip: user.last_ip,
            registered_at: user.created_at.map(rfc3339),
            identities: user
                .identities
                .into_iter()
                .map(|identity| TenantIdentity {
                    connection: identity.connection,
                    provider: identity.provider,
                })
                .collect(),
            multifactor: user.multifactor,
            tries: tries.into_iter().map(Into::into).collect(),
            tries_missing,
            addresses_hidden: shown.addresses_hidden,
        }
    }
}

impl From<sign_ins::SignInTry> for SignInTry {
    fn from(each: sign_ins::SignInTry) -> Self {
        let place = [each.city, each.country]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        Self {
            at: rfc3339(each.at),
            outcome: match each.outcome {
                sign_ins::TryOutcome::SignedIn => TryOutcome::SignedIn,
                sign_ins::TryOutcome::WrongPassword => TryOutcome::WrongPassword,
                sign_ins::TryOutcome::Throttled => TryOutcome::Throttled,
                sign_ins::TryOutcome::Failed => TryOutcome::Failed,
            },
            place: (!place.is_empty()).then(|| place.join(", ")),
            connection: each.connection,
            client: each.client,
            ip: each.ip,
        }
    }
}

/// What opens the Management API of the open workspace's tenant; never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Auth0Access {
    /// The sandbox brings its own, and takes no other.
    pub sandbox: bool,
    /// The tenant's own domain.
    pub domain: Option<String>,
    pub client_id: Option<String>,
    /// The keychain has a secret, and it is in use.
    pub ready: bool,
}

/// What a person types. The secret goes into the keychain and nowhere else.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct Auth0AccessForm {
    pub domain: String,
    pub client_id: String,
    pub client_secret: String,
}
