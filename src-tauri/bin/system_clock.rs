//! The real clock: the one place where the time comes from.

use hopsdesk::domain::clock::Clock;
use time::OffsetDateTime;

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        #[expect(clippy::disallowed_methods, reason = "bin/ owns the clock")]
        OffsetDateTime::now_utc()
    }
}
