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
#[allow(
    dead_code,
    unreachable_pub,
    clippy::missing_panics_doc,
    reason = "what other tests use of it, too"
)]
#[path = "support/oidc.rs"]
mod provider;
