//! The period that usage is looked at over, the one it is compared with, and what both are read from.

use thiserror::Error;
use time::{Date, Duration};

use crate::domain::period::{Days, Month};

/// Longest period one can look at: ten years.
pub const LONGEST: u32 = 3_653;

/// A period that cannot be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// It ends before it begins.
    #[error("ends before it begins")]
    Backwards,
    /// It begins after today.
    #[error("begins after today, so there is nothing to see yet")]
    Ahead,
    /// Over ten years.
    #[error("is longer than ten years")]
    TooLong,
}

/// A period seen from a day: it never ends after that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    days: Days,
    today: Date,
}

/// What a period's account totals are added up from: whole months out of the monthly sums, and the days
/// at its ends one by one. Together they are the period, each day once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// First and last of the whole months.
    pub months: Option<(Month, Month)>,
    /// At most two stretches of days, neither a whole month.
    pub edges: Vec<Days>,
}

impl Period {
    /// From one day to another, both included; what lies ahead of today is cut off.
    ///
    /// # Errors
    /// When it ends before it begins, begins after today, or is longer than [`LONGEST`] days.
    pub fn between(first: Date, last: Date, today: Date) -> Result<Self, PeriodError> {
        if last < first {
            return Err(PeriodError::Backwards);
        }
        if first > today {
            return Err(PeriodError::Ahead);
        }
        let days = Days::between(first, last.min(today));
        if days.count() > LONGEST {
            return Err(PeriodError::TooLong);
        }
        Ok(Self { days, today })
    }

    /// Its days.
    #[must_use]
    pub fn days(self) -> Days {
        self.days
    }

    /// The month, when it is one: a whole one, or the present one so far.
    #[must_use]
    pub fn month(self) -> Option<Month> {
        let parts = self.parts();
        match parts.months {
            Some((first, last)) if first == last && parts.edges.is_empty() => Some(first),
            _ => None,
        }
    }

    /// Whether it ends today, in the middle of its last month.
    #[must_use]
    pub fn is_so_far(self) -> bool {
        self.days.last() == self.today && self.starts_a_month()
    }

    /// What it is compared with.
    ///
    /// Whole months are compared with as many whole months before them; months that are not over yet with
    /// the same days as many months earlier (as far as that month goes: 31 March with all of February); a
    /// year so far with the same days of last year; any other days with as many days right before them.
    #[must_use]
    pub fn previous(self) -> Days {
        let (first, last) = (self.days.first(), self.days.last());
        let (from, to) = (Month::of_date(first), Month::of_date(last));
        let count = months_between(from, to) + 1;
        if self.is_so_far() {
            let year =
                from.first_day().month() == time::Month::January && (2..=12).contains(&count);
            let count = if year { 12 } else { count };
            let ends_in = months_before(to, count);
            let day = ends_in.first_day() + Duration::days(i64::from(last.day()) - 1);
            return Days::between(
                months_before(from, count).first_day(),
                day.min(ends_in.last_day()),
            );
        }
        if self.starts_a_month() && last == to.last_day() {
            return Days::between(
                months_before(from, count).first_day(),
                months_before(to, count).last_day(),
            );
        }
        let length = Duration::days(i64::from(self.days.count()));
        let back = |day: Date| day.checked_sub(length).unwrap_or(Date::MIN);
        Days::between(back(first), back(last))
    }

    /// The whole months in it and the days at its ends. The present month counts as whole when it is
    /// there from its first day to today: its sums have no more than that.
    #[must_use]
    pub fn parts(self) -> Parts {
        Parts::of(self.days, self.today)
    }

    fn starts_a_month(self) -> bool {
        self.days.first().day() == 1
    }
}

impl Parts {
    /// The parts of any days, seen from `today`.
    #[must_use]
    pub fn of(days: Days, today: Date) -> Self {
        let (first, last) = (days.first(), days.last());
        let begins = Month::of_date(first);
        let from = if first.day() == 1 {
            begins
        } else {
            begins.after()
        };
        let ends = Month::of_date(last);
        let to = if last == ends.last_day() || last == today {
            ends
        } else {
            ends.before()
        };
        if from > to {
            return Self {
                months: None,
                edges: vec![days],
            };
        }
        let mut edges = Vec::new();
        if first < from.first_day() {
            edges.push(Days::between(
                first,
                from.first_day().previous_day().unwrap_or(first),
            ));
        }
        if last > to.last_day() {
            edges.push(Days::between(to.after().first_day(), last));
        }
        Self {
            months: Some((from, to)),
            edges,
        }
    }

    /// All of it day by day.
    #[must_use]
    pub fn by_day(days: Days) -> Self {
        Self {
            months: None,
            edges: vec![days],
        }
    }

    /// How many whole months.
    #[must_use]
    pub fn month_count(&self) -> u32 {
        self.months
            .map_or(0, |(first, last)| months_between(first, last) + 1)
    }

    /// How many days beside them.
    #[must_use]
    pub fn day_count(&self) -> u32 {
        self.edges.iter().map(|days| days.count()).sum()
    }
}

/// How many months `to` is after `from`.
fn months_between(from: Month, to: Month) -> u32 {
    let number = |month: Month| {
        let first = month.first_day();
        first.year() * 12 + i32::from(u8::from(first.month()))
    };
    u32::try_from(number(to) - number(from)).unwrap_or(0)
}

fn months_before(month: Month, count: u32) -> Month {
    (0..count).fold(month, |month, _| month.before())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn between(first: Date, last: Date, today: Date) -> Period {
        Period::between(first, last, today).expect("a period")
    }

    fn ends(days: Days) -> (Date, Date) {
        (days.first(), days.last())
    }

    #[test]
    fn months_are_compared_with_months_and_days_with_days() {
        let today = date!(2028 - 11 - 20);
        for (first, last, before) in [
            // A leap February with the January before it.
            (
                date!(2028 - 02 - 01),
                date!(2028 - 02 - 29),
                (date!(2028 - 01 - 01), date!(2028 - 01 - 31)),
            ),
            // March with the leap February, whatever their lengths.
            (
                date!(2028 - 03 - 01),
                date!(2028 - 03 - 31),
                (date!(2028 - 02 - 01), date!(2028 - 02 - 29)),
            ),
            // A quarter with the quarter before it.
            (
                date!(2028 - 01 - 01),
                date!(2028 - 03 - 31),
                (date!(2027 - 10 - 01), date!(2027 - 12 - 31)),
            ),
            // The month so far with the same days.
            (
                date!(2028 - 11 - 01),
                date!(2028 - 11 - 20),
                (date!(2028 - 10 - 01), date!(2028 - 10 - 20)),
            ),
            // The year so far with the same days of last year.
            (
                date!(2028 - 01 - 01),
                date!(2028 - 11 - 20),
                (date!(2027 - 01 - 01), date!(2027 - 11 - 20)),
            ),
            // Twelve months, the present one so far, with the twelve before.
            (
                date!(2027 - 12 - 01),
                date!(2028 - 11 - 20),
                (date!(2026 - 12 - 01), date!(2027 - 11 - 20)),
            ),
            // A week with the week before it.
            (
                date!(2028 - 03 - 01),
                date!(2028 - 03 - 07),
                (date!(2028 - 02 - 23), date!(2028 - 02 - 29)),
            ),
        ] {
            assert_eq!(
                ends(between(first, last, today).previous()),
                before,
                "{first} – {last}"
            );
        }
    }

    #[test]
    fn the_end_of_a_month_that_is_today_is_so_far_and_stops_where_the_month_before_does() {
        let march = between(
            date!(2028 - 03 - 01),
            date!(2028 - 03 - 31),
            date!(2028 - 03 - 31),
        );
        assert_eq!(
            ends(march.previous()),
            (date!(2028 - 02 - 01), date!(2028 - 02 - 29))
        );
        // February is over tonight, but until then it is compared as the Overview does.
        let february = between(
            date!(2027 - 02 - 01),
            date!(2027 - 02 - 28),
            date!(2027 - 02 - 28),
        );
        assert_eq!(
            ends(february.previous()),
            (date!(2027 - 01 - 01), date!(2027 - 01 - 28))
        );
    }

    #[test]
    fn what_cannot_be_looked_at_is_refused() {
        let today = date!(2026 - 11 - 20);
        let refused = |first, last| Period::between(first, last, today).expect_err("a refusal");
        assert_eq!(
            refused(date!(2026 - 11 - 02), date!(2026 - 11 - 01)),
            PeriodError::Backwards
        );
        assert_eq!(
            refused(date!(2026 - 11 - 21), date!(2026 - 11 - 30)),
            PeriodError::Ahead
        );
        assert_eq!(
            refused(date!(2016 - 11 - 01), date!(2026 - 11 - 20)),
            PeriodError::TooLong
        );
        let cut = between(date!(2026 - 11 - 01), date!(2026 - 11 - 30), today);
        assert_eq!(cut.days(), Days::month_to(today));
        assert_eq!(
            cut.month().map(|month| month.to_string()).as_deref(),
            Some("2026-11")
        );
    }

    fn day() -> impl Strategy<Value = Date> {
        (2_455_000_i32..2_465_000).prop_map(|day| Date::from_julian_day(day).expect("a day"))
    }

    proptest! {
        #[test]
        fn parts_are_the_period_with_each_day_once(first in day(), length in 0_i64..900, ahead in 0_i64..40) {
            let last = first + Duration::days(length);
            let today = last + Duration::days(ahead);
            let period = between(first, last, today);
            let parts = period.parts();
            let mut seen: Vec<Date> = parts.edges.iter().flat_map(|days| days.iter()).collect();
            if let Some((from, to)) = parts.months {
                prop_assert!(from <= to);
                seen.extend(Days::between(from.first_day(), to.last_day().min(today)).iter());
            }
            seen.sort();
            let all: Vec<Date> = period.days().iter().collect();
            prop_assert_eq!(seen, all);
            for edge in &parts.edges {
                prop_assert!(edge.count() <= 60, "at most two parts of months: {:?}", edge);
            }
            prop_assert!(parts.day_count() <= 60);
        }

        #[test]
        fn what_it_is_compared_with_comes_before_it_and_is_as_long(first in day(), length in 0_i64..900, ahead in 0_i64..3) {
            let last = first + Duration::days(length);
            let period = between(first, last, last + Duration::days(ahead));
            let before = period.previous();
            prop_assert!(before.last() < first, "they do not overlap");
            if period.is_so_far() {
                prop_assert_eq!(before.first().day(), 1);
                prop_assert!(before.last().day() == last.day()
                    || before.last() == Month::of_date(before.last()).last_day() && before.last().day() < last.day());
            } else if first.day() == 1 && last == Month::of_date(last).last_day() {
                prop_assert_eq!(before.last().next_day(), Some(first));
                prop_assert_eq!(before.first().day(), 1);
                prop_assert_eq!(Parts::of(before, last).month_count(), period.parts().month_count());
            } else {
                prop_assert_eq!(before.last().next_day(), Some(first));
                prop_assert_eq!(before.count(), period.days().count());
            }
        }
    }
}
