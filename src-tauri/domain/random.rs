//! Randomness as an argument: only the programs in `bin/` own a real source.

/// A source of random bits. Passed down from `bin/`, so that tests know what comes.
pub trait Random: Send + Sync {
    /// 128 random bits: enough for an id that nobody else draws.
    fn bits(&self) -> u128;
}

/// Always the same bits, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedRandom(pub u128);

impl Random for FixedRandom {
    fn bits(&self) -> u128 {
        self.0
    }
}
