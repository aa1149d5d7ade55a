//! A moment as a database may hold one: also before and after any calendar, and endlessly far away.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// The first moment that is shown, and the first that is not any more: years 1 to 9999, as the canonical
/// views have it.
const CALENDAR: (OffsetDateTime, OffsetDateTime) = (
    datetime!(0001-01-02 00:00 UTC),
    datetime!(9999-12-31 00:00 UTC),
);

/// Microseconds since 1970-01-01 UTC. Postgres holds years from 4713 BC to 294276, and two infinite moments:
/// all of these are different moments here, so that a list goes on behind a row that has such a one, though
/// no screen can show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i128);

impl Moment {
    /// From microseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn from_micros(micros: i128) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn micros(self) -> i128 {
        self.0
    }

    /// The moment on a calendar; `None` where no calendar has it.
    #[must_use]
    pub fn known(self) -> Option<OffsetDateTime> {
        let micros = i64::try_from(self.0).ok()?;
        let at = OffsetDateTime::UNIX_EPOCH.checked_add(Duration::microseconds(micros))?;
        (CALENDAR.0 <= at && at < CALENDAR.1).then_some(at)
    }
}

impl From<OffsetDateTime> for Moment {
    /// Digits beyond the microsecond are cut off, as Postgres has none.
    fn from(at: OffsetDateTime) -> Self {
        Self(at.unix_timestamp_nanos().div_euclid(1_000))
    }
}

/// The moment on a calendar, where there is one and a calendar has it.
#[must_use]
pub fn known(moment: Option<Moment>) -> Option<OffsetDateTime> {
    moment.and_then(Moment::known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_no_calendar_has_is_unknown() {
        let first = Moment::from(CALENDAR.0);
        let end = Moment::from(CALENDAR.1);
        assert_eq!(first.known(), Some(CALENDAR.0));
        assert_eq!(Moment::from_micros(first.micros() - 1).known(), None);
        assert_eq!(end.known(), None);
        assert_eq!(Moment::from_micros(i128::MAX).known(), None);
        assert_eq!(Moment::from_micros(i128::MIN).known(), None);
    }

    proptest! {
        #[test]
        fn no_number_is_a_crash_and_what_is_known_comes_back(micros in any::<i64>()) {
            let moment = Moment::from_micros(micros.into());
            if let Some(at) = moment.known() {
                prop_assert_eq!(Moment::from(at), moment);
            }
        }
    }
}
