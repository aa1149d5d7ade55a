//! The receiver on real parts: its routes over a loopback socket, its worker, a real Postgres.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod receiver {
    pub(crate) mod running;

    mod answers;
    mod effects;
    mod faults;
    mod hostile;
    mod outbox;
    mod patience;
}
mod support;
