//! The headless program's own settings.

use std::net::{Ipv4Addr, SocketAddr};

use crate::config::{ConfigError, Variables};

/// Name of the variable with the secrets Auth0's action sends in `X-Auth0-Secret` (comma-separated while
/// rotating).
pub const AUTH0_WEBHOOK_SECRET: &str = "AUTH0_WEBHOOK_SECRET";

/// Where and how `serve` listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// `HOPSDESK_BIND`, default `127.0.0.1:8787`.
    pub bind: SocketAddr,
}

impl ReceiverConfig {
    /// Reads the section.
    ///
    /// # Errors
    /// When `HOPSDESK_BIND` is not `address:port`.
    pub fn read(variables: Variables<'_>) -> Result<Self, ConfigError> {
        let bind = match variables("HOPSDESK_BIND") {
            None => SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            Some(text) => text.parse().map_err(|_| {
                ConfigError::new("HOPSDESK_BIND", "is not address:port, e.g. 127.0.0.1:8787")
            })?,
        };
        Ok(Self { bind })
    }
}
