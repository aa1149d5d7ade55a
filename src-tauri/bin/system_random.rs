//! The real randomness: the one place where chance comes from.

use hopsdesk::domain::random::Random;

/// The thread's generator, seeded by the operating system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn bits(&self) -> u128 {
        rand::random()
    }
}
