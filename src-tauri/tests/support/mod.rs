//! The harness of the database tests: a real Postgres, a real pooler, and a database of its own for
//! each test.
//!
//! `mod support;` (with `#[path]` where needed), then `TestDatabase::new(Kind::Managed).await`. The
//! server is shared by all test processes and started by the first (`cluster.sh`); databases are copies
//! of templates, which are rebuilt when a file they are made from changes.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a test that cannot go on should panic, and no test uses the whole harness"
)]

/// Installs the TLS library, as `main` does. Clients of HTTP want it even for plain addresses.
pub fn install_tls() {
    // The second test of a process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub mod cluster;
pub mod database;
pub mod desk;
pub mod oidc;
pub mod template;
