//! Fuzzing what strangers send: signature headers, bodies and tokens, each held against a second reading of the rules.
//!
//! A fixed number of cases with a fixed seed is a test like any other. `FUZZ_SECONDS` makes each target run that long, and
//! `FUZZ_SEED` starts elsewhere (`random`: anywhere; it is printed): `make bench` does both. A case that fails is made
//! smaller first, and printed; one that was real goes into `fuzz/corpus/`, from which every run starts.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod fuzz {
    mod bodies;
    mod campaign;
    mod corpus;
    mod served;
    mod signatures;
    mod tokens;
}
#[path = "receiver/running.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of the receiver, which use all of it"
)]
mod running;
mod support;
#[path = "identity/tenant.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of tokens, which use all of it"
)]
mod tenant;
