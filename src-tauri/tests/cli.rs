//! The real binary, from outside: exit codes, sentences, logs, signals.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod cli {
    pub(crate) mod program;

    mod assigning;
    mod crashing;
    mod deployed;
    mod doctor;
    mod effects;
    mod manifests;
    mod paying;
    mod reloading;
    mod rollups;
    mod sandbox;
    mod schema;
    mod secrets;
    mod serving;
    mod settings_named;
    mod staff;
    mod usage;
}
mod support;
