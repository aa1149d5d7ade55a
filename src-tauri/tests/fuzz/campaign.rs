//! How long a target runs, and from which seed.

use std::time::Duration;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use tokio::time::Instant;

/// Where every run starts unless `FUZZ_SEED` says otherwise: a test that fails does so because of a change.
const SEED: u64 = 20_261_127;

/// Cases between two looks at the time.
const BATCH: u32 = 64;

/// Runs a target: `cases` times, or for `FUZZ_SECONDS`.
pub(super) fn run<S: Strategy>(
    target: &str,
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> TestCaseResult,
) {
    let seed = seed();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let during = std::env::var("FUZZ_SECONDS")
        .ok()
        .map(|text| Duration::from_secs(text.parse().expect("FUZZ_SECONDS is a number")));
    let config = Config {
        cases: if during.is_some() { BATCH } else { cases },
        failure_persistence: None,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let begun = Instant::now();
    let mut done = 0_u64;
    loop {
        if let Err(error) = runner.run(strategy, &test) {
            panic!("{target}, FUZZ_SEED={seed}, after {done} cases: {error}");
        }
        done += u64::from(config.cases);
        if during.is_none_or(|during| begun.elapsed() >= during) {
            break;
        }
        // A runner counts its cases; the next one goes on where this one's chance is.
        runner = TestRunner::new_with_rng(config.clone(), runner.new_rng());
    }
    println!(
        "{target}: {done} cases in {} s, FUZZ_SEED={seed}",
        begun.elapsed().as_secs()
    );
}

fn seed() -> u64 {
    match std::env::var("FUZZ_SEED").as_deref() {
        Err(_) => SEED,
        Ok("random") => rand::random(),
        Ok(text) => text.parse().expect("FUZZ_SEED is a number, or random"),
    }
}

/// The most bytes that were held at one time while it ran, by this thread.
pub(super) fn most_held(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).bytes_max
}
