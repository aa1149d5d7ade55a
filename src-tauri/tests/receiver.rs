//! The receiver on real parts: its routes over a loopback socket, its worker, a real Postgres.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod receiver {
    pub(crate) mod running;

    mod alerts;
    mod answers;
    mod ask_stripe;
    mod auth0;
    mod conforming;
    mod customers;
    mod effects;
    mod every_fault;
    mod faults;
    mod forecasts;
    mod hostile;
    mod mailroom;
    mod no_owner;
    mod other_kubernetes;
    mod outbox;
    mod patience;
    mod poison;
    mod read_back;
    mod read_back_stripe;
    mod sealed_in_place;
    mod sealing;
    mod signing_in;
    mod snapshots;
    mod stripe;
    mod stripe_keys;
    mod stripe_story;
}
mod support;
#[path = "identity/tenant.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of tokens, which use all of it"
)]
mod tenant;
