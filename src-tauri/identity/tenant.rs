//! An Auth0 tenant: where it is, and what it calls itself in the tokens it signs.

use std::fmt;
use std::net::IpAddr;

use thiserror::Error;
use url::Url;

/// A text that names no tenant, with what would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TenantError {
    /// Not a host name.
    #[error("is no domain; it looks like acme.eu.auth0.com")]
    NotADomain,
    /// Plain HTTP to another machine would show every token to the network.
    #[error("must be reached over https")]
    NotSecure,
    /// A path, a query, a login.
    #[error("has more than a domain in it; it looks like acme.eu.auth0.com")]
    TooMuch,
}

/// A tenant, by its domain (the tenant's own or a custom one).
///
/// Its issuer is `https://{domain}/`, with the slash: that is what Auth0 writes into `iss`, and the only
/// spelling that is accepted there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant(Url);

impl Tenant {
    /// Reads a domain, or an address such as `https://acme.eu.auth0.com/`. Plain `http://` is for this
    /// machine only: the sandbox's stand-in, and tests.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let text = text.trim();
        let address = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let url = Url::parse(&address).map_err(|_| TenantError::NotADomain)?;
        let named = url.host_str().is_some_and(|host| !host.is_empty());
        if !named || text.chars().any(char::is_whitespace) {
            return Err(TenantError::NotADomain);
        }
        let bare = matches!(url.path(), "/" | "")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let tenant = Self(url);
        match tenant.0.scheme() {
            "https" | "http" if !bare => Err(TenantError::TooMuch),
            "https" => Ok(tenant),
            "http" if tenant.is_loopback() => Ok(tenant),
            _ => Err(TenantError::NotSecure),
        }
    }

    /// What its tokens carry as `iss`, slash included.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.as_str()
    }

    /// One of its addresses, by the path below the domain.
    #[must_use]
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        host == "localhost"
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Tenant {
    /// The domain, with the port where it is not the usual one: what a person is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.host_str().unwrap_or_default())?;
        match self.0.port() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_has_its_slash_however_the_domain_was_typed() {
        for typed in [
            "acme.eu.auth0.com",
            " Acme.EU.auth0.com ",
            "https://acme.eu.auth0.com",
            "https://acme.eu.auth0.com/",
        ] {
            let tenant = Tenant::parse(typed).expect(typed);
            assert_eq!(tenant.issuer(), "https://acme.eu.auth0.com/", "{typed}");
            assert_eq!(tenant.to_string(), "acme.eu.auth0.com");
        }
        let tenant = Tenant::parse("http://127.0.0.1:4433").expect("this machine");
        assert_eq!(tenant.issuer(), "http://127.0.0.1:4433/");
        assert_eq!(tenant.to_string(), "127.0.0.1:4433");
        assert_eq!(
            tenant.at("/oauth/token").as_str(),
            "http://127.0.0.1:4433/oauth/token"
        );
    }

    #[test]
    fn what_is_no_tenant_is_refused() {
        for (typed, why) in [
            ("", TenantError::NotADomain),
            ("acme corp.auth0.com", TenantError::NotADomain),
            ("http://acme.eu.auth0.com", TenantError::NotSecure),
            ("ftp://acme.eu.auth0.com", TenantError::NotSecure),
            ("https://acme.eu.auth0.com/login", TenantError::TooMuch),
            ("https://me@acme.eu.auth0.com", TenantError::TooMuch),
            ("https://acme.eu.auth0.com?x=1", TenantError::TooMuch),
        ] {
            assert_eq!(Tenant::parse(typed), Err(why), "{typed}");
        }
    }
}
