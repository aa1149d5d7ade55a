//! Dice that always fall the same way: one stream for each purpose and thing, so that adding a throw in
//! one place changes nothing elsewhere.

use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// What a stream of throws is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Account = 1,
    Person = 2,
    Usage = 3,
    Money = 4,
    Work = 5,
    Invite = 6,
}

/// One stream of throws.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, about: About, index: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((about as u64) << 32) | u64::from(index));
        Self(rng)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// 0 to `end`, without `end`; 0 for 0. The bias of the multiplication is of no matter here.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// Both ends included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// As often as `permille` in a thousand.
    pub(super) fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        &from[index as usize]
    }

    /// A uuid of version 4.
    pub(super) fn uuid(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&self.bits().to_be_bytes());
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        bytes
    }

    /// An id as Stripe makes them: a prefix and letters and digits.
    pub(super) fn stripe(&mut self, prefix: &str) -> String {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut id = String::with_capacity(prefix.len() + 18);
        id.push_str(prefix);
        for _ in 0..18 {
            id.push(char::from(*self.pick(LETTERS)));
        }
        id
    }

    /// 32 hexadecimal digits.
    pub(super) fn token(&mut self) -> String {
        format!("{:016x}{:016x}", self.bits(), self.bits())
    }
}
