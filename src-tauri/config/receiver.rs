//! The headless program's own settings.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::config::{ConfigError, Variables};

/// Name of the variable with the secrets Auth0's action sends in `X-Auth0-Secret` (comma-separated while
/// rotating).
pub const AUTH0_WEBHOOK_SECRET: &str = "AUTH0_WEBHOOK_SECRET";

/// Name of the variable with the secrets of Stripe's endpoints (comma-separated while rotating).
pub const STRIPE_WEBHOOK_SECRET: &str = "STRIPE_WEBHOOK_SECRET";

/// Name of the variable with the key that reads from Stripe.
pub const STRIPE_API_KEY: &str = "STRIPE_API_KEY";

/// Name of the variable with the address of Stripe's API, where it is not Stripe's own.
pub const STRIPE_API_BASE: &str = "STRIPE_API_BASE";

/// Name of the variable that says which of Stripe's modes this service works in.
pub const STRIPE_MODE: &str = "STRIPE_MODE";

/// Name of the variable with Auth0's domain.
pub const AUTH0_DOMAIN: &str = "AUTH0_DOMAIN";

/// Name of the variable with the identifier of the user API at Auth0.
pub const AUTH0_AUDIENCE: &str = "AUTH0_AUDIENCE";

/// Name of the variable with the client id of an application that may use the tenant's Management API.
pub const AUTH0_MANAGEMENT_CLIENT_ID: &str = "AUTH0_MANAGEMENT_CLIENT_ID";

/// Name of the variable with its secret.
pub const AUTH0_MANAGEMENT_CLIENT_SECRET: &str = "AUTH0_MANAGEMENT_CLIENT_SECRET";

/// Name of the variable with the tenant's own domain, where `AUTH0_DOMAIN` is a custom one: the Management
/// API is not served under those.
pub const AUTH0_MANAGEMENT_DOMAIN: &str = "AUTH0_MANAGEMENT_DOMAIN";

/// Name of the variable with a scope that the tokens of customers must have.
pub const API_SCOPE: &str = "HOPSDESK_API_SCOPE";

/// Name of the variable with the origins whose pages may ask the user API, comma-separated.
const CORS_ORIGINS: &str = "HOPSDESK_CORS_ORIGINS";

/// Name of the variable with the proxies in front of us, comma-separated.
const TRUSTED_PROXIES: &str = "HOPSDESK_TRUSTED_PROXIES";

/// Name of the variable that says where clusters have their OpenCost, where that is not where its charts put it.
pub const OPENCOST: &str = "HOPSDESK_OPENCOST";

/// Where and how `serve` listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// `HOPSDESK_BIND`, default `127.0.0.1:8787`.
    pub bind: SocketAddr,
    /// `HOPSDESK_TRUSTED_PROXIES`: addresses and networks that are believed about where a request came from.
    pub proxies: Vec<Network>,
    /// `HOPSDESK_CORS_ORIGINS`: origins whose pages may ask the user API in a browser.
    pub origins: Vec<String>,
}

impl ReceiverConfig {
    /// Reads the section.
    ///
    /// # Errors
    /// When `HOPSDESK_BIND` is not `address:port`, or a proxy no address.
    pub fn read(variables: Variables<'_>) -> Result<Self, ConfigError> {
        let bind = match variables("HOPSDESK_BIND") {
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            Some(text) => text.parse().map_err(|_| {
                ConfigError::new("HOPSDESK_BIND", "is not address:port, e.g. 127.0.0.1:8787")
            })?,
        };
        let proxies = variables(TRUSTED_PROXIES).unwrap_or_default();
        let proxies = proxies
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| {
                let problem = "is not a list of addresses and networks, e.g. 10.0.0.0/8,192.0.2.7";
                Network::parse(text).ok_or_else(|| ConfigError::new(TRUSTED_PROXIES, problem))
            });
        let origins = variables(CORS_ORIGINS).unwrap_or_default();
        let origins = origins
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| {
                let problem = "is not a list of origins, e.g. https://app.example.com";
                origin(text).ok_or_else(|| ConfigError::new(CORS_ORIGINS, problem))
            });
        Ok(Self {
            origins: origins.collect::<Result<_, _>>()?,
            bind,
            proxies: proxies.collect::<Result<_, _>>()?,
        })
    }
}

/// An origin as browsers send it: never a wildcard, never a path.
fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "https" | "http");
    let origin = url.origin().ascii_serialization();
    (web && origin == text.trim_end_matches('/')).then_some(origin)
}

/// An address, or all that begin like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    prefix: u32,
    four: bool,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let (bits, width) = bits(address.parse().ok()?);
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then_some(Self {
            bits,
            prefix,
            four: width == 32,
        })
    }

    /// Whether the address is in it.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let (bits, width) = bits(address.to_canonical());
        let beside = width - self.prefix.min(width);
        // Shifting by the whole width is not defined: then everything is in it.
        let same = |a: u128, b: u128| a.checked_shr(beside) == b.checked_shr(beside);
        self.four == (width == 32) && (self.prefix == 0 || same(bits, self.bits))
    }
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (text, expected) in [
            ("https://app.example.com", Some("https://app.example.com")),
            ("https://app.example.com/", Some("https://app.example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("*", None),
            ("app.example.com", None),
            ("https://app.example.com/path", None),
            ("file:///etc", None),
            ("null", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_network_holds_what_begins_like_it() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ] {
            let network = Network::parse(network).expect("a network");
            let address = address.parse().expect("an address");
            assert_eq!(network.holds(address), expected, "{network:?} {address}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "a/8",
            "10.0.0.0/-1",
        ] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
