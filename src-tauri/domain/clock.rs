//! The clock as an argument: only the programs in `bin/` own a real one.

use time::OffsetDateTime;

/// Tells the time. Passed down from `bin/`, so that every rule can be tested at any moment.
pub trait Clock: Send + Sync {
    /// The present moment in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// A clock that stands still, for tests, sample data and screenshots.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub OffsetDateTime);

impl Clock for FixedClock {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}
