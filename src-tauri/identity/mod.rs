//! Auth0: who somebody is, by tokens that are verified here, and what its webhooks bring.

pub mod http;
pub mod jwks;
pub mod management;
pub mod oauth;
pub mod registration;
pub mod tenant;
pub mod tokens;
pub mod userinfo;
pub mod webhook_secret;
