//! How somebody signs in at Auth0, as the tenant tells it: what it holds of them, and when and from where they
//! came last.

use time::OffsetDateTime;

use crate::domain::ids::UserId;

/// Somebody as the tenant has them. Everything but the id is what the tenant says, and may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantUser {
    /// Their `sub`.
    pub id: UserId,
    /// Their address.
    pub email: Option<String>,
    /// Whether they proved that it is theirs.
    pub email_verified: Option<bool>,
    /// Their name.
    pub name: Option<String>,
    /// Whether somebody has barred them from signing in.
    pub blocked: bool,
    /// How often they signed in.
    pub logins: Option<i64>,
    /// When they signed in last.
    pub last_login: Option<OffsetDateTime>,
    /// From which address.
    pub last_ip: Option<String>,
    /// When they registered.
    pub created_at: Option<OffsetDateTime>,
    /// The ways they can sign in, the first of which their id is made of.
    pub identities: Vec<TenantIdentity>,
    /// What they prove themselves with besides, e.g. `guardian`; empty: nothing is enrolled.
    pub multifactor: Vec<String>,
}

/// One way to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantIdentity {
    /// `Username-Password-Authentication`, `google-oauth2`, the name of a company's connection.
    pub connection: String,
    /// `auth0`, `google-oauth2`, `samlp`.
    pub provider: String,
}

/// A try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInTry {
    /// When.
    pub at: OffsetDateTime,
    /// What became of it.
    pub outcome: TryOutcome,
    /// By which connection.
    pub connection: Option<String>,
    /// To which application.
    pub client: Option<String>,
    /// Where from, as the tenant looked the address up.
    pub city: Option<String>,
    /// Its country, by name.
    pub country: Option<String>,
    /// From which address.
    pub ip: Option<String>,
}

/// What became of a try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryOutcome {
    /// They were let in.
    SignedIn,
    /// The password was wrong.
    WrongPassword,
    /// The tenant turned them away for trying too often.
    Throttled,
    /// It failed otherwise, as it does for whoever is blocked.
    Failed,
}

impl TryOutcome {
    /// By the type code of a tenant's log; `None` for everything else that it logs.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            // Success Login; the second is one without asking again.
            "s" | "ssa" => Some(Self::SignedIn),
            // Incorrect password, and nobody of that name: a log about somebody has the latter for an alias.
            "fp" | "fu" => Some(Self::WrongPassword),
            // An address, or the person from everywhere, blocked for trying too often.
            "limit_wc" | "limit_mu" | "limit_sul" => Some(Self::Throttled),
            "f" | "fsa" | "fco" | "fcoa" | "fens" | "fercft" => Some(Self::Failed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tries_to_sign_in_are_tries() {
        assert_eq!(TryOutcome::of_code("s"), Some(TryOutcome::SignedIn));
        assert_eq!(TryOutcome::of_code("fp"), Some(TryOutcome::WrongPassword));
        assert_eq!(TryOutcome::of_code("limit_wc"), Some(TryOutcome::Throttled));
        for other in ["", "ss", "sapi", "seacft", "scp", "S"] {
            assert_eq!(TryOutcome::of_code(other), None, "{other}");
        }
    }
}
