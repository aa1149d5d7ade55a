//! Auth0: what its webhooks bring.

pub mod registration;
pub mod webhook_secret;
