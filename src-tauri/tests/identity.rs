//! Signing in: tokens against a tenant of our own on loopback, which says whatever a test wants it to say.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod identity {
    mod forged;
    mod keys;
    mod management;
    mod oidc;
    mod sign_in;
    mod tenant;
    mod times;
}
#[path = "support/oidc.rs"]
mod provider;
