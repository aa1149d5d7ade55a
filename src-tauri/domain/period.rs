//! Months and day ranges in UTC, and the comparison of a month so far with the one before.

use std::fmt;

use thiserror::Error;
use time::{Date, Duration, Month as MonthName, OffsetDateTime, UtcOffset};

/// A calendar month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: MonthName,
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a month; write it as YYYY-MM")]
pub struct MonthError(String);

impl Month {
    /// The month of a moment, in UTC.
    #[must_use]
    pub fn of(moment: OffsetDateTime) -> Self {
        Self::of_date(moment.to_offset(UtcOffset::UTC).date())
    }

    /// The month a day is in.
    #[must_use]
    pub fn of_date(date: Date) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// Reads `YYYY-MM`.
    ///
    /// # Errors
    /// When the text has another form or names no month of the years 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, MonthError> {
        let refused = || MonthError(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(refused)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(refused());
        }
        let year = year
            .parse()
            .ok()
            .filter(|year| *year > 0)
            .ok_or_else(refused)?;
        let month = month
            .parse::<u8>()
            .ok()
            .and_then(|number| MonthName::try_from(number).ok())
            .ok_or_else(refused)?;
        Ok(Self { year, month })
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::from_calendar_date(self.year, self.month, 1).unwrap_or(Date::MIN)
    }

    /// The last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        let days = self.month.length(self.year);
        Date::from_calendar_date(self.year, self.month, days).unwrap_or(Date::MAX)
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        let year = if self.month == MonthName::January {
            self.year - 1
        } else {
            self.year
        };
        Self {
            year,
            month: self.month.previous(),
        }
    }

    /// The month after.
    #[must_use]
    pub fn after(self) -> Self {
        let year = if self.month == MonthName::December {
            self.year + 1
        } else {
            self.year
        };
        Self {
            year,
            month: self.month.next(),
        }
    }

    /// `Nov`.
    #[must_use]
    pub fn short_name(self) -> String {
        self.month.to_string().chars().take(3).collect()
    }

    /// `November 2026`.
    #[must_use]
    pub fn title(self) -> String {
        format!("{} {}", self.month, self.year)
    }
}

impl fmt::Display for Month {
    /// `2026-11`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, u8::from(self.month))
    }
}

/// Days from `first` to `last`, both included. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    first: Date,
    last: Date,
}

impl Days {
    /// Both ends in whichever order they come.
    #[must_use]
    pub fn between(one: Date, other: Date) -> Self {
        Self {
            first: one.min(other),
            last: one.max(other),
        }
    }

    /// The `count` days that end with `last`; at least one.
    #[must_use]
    pub fn ending(last: Date, count: u16) -> Self {
        let back = Duration::days(i64::from(count.max(1)) - 1);
        Self {
            first: last.checked_sub(back).unwrap_or(Date::MIN),
            last,
        }
    }

    /// The month from its first day to `today`.
    #[must_use]
    pub fn month_to(today: Date) -> Self {
        Self {
            first: Month::of_date(today).first_day(),
            last: today,
        }
    }

    /// The same days of the month before: as many days as that month has, so that 31 March is compared
    /// with the whole of February.
    #[must_use]
    pub fn a_month_before(self) -> Self {
        let before = Month::of_date(self.first).before();
        let last = before.first_day() + Duration::days(i64::from(self.last.day()) - 1);
        Self {
            first: before.first_day(),
            last: last.min(before.last_day()),
        }
    }

    /// The first day.
    #[must_use]
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day, included.
    #[must_use]
    pub fn last(self) -> Date {
        self.last
    }

    /// How many days; 1 or more.
    #[must_use]
    pub fn count(self) -> u32 {
        u32::try_from((self.last - self.first).whole_days() + 1).unwrap_or(1)
    }

    /// Each day, oldest first.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.first), |day| day.next_day())
            .take_while(move |day| *day <= self.last)
    }

    /// `Nov 1–20`, or `Nov 1` for a single day. The days are taken to be of one month.
    #[must_use]
    pub fn shown(self) -> String {
        let month = Month::of_date(self.first).short_name();
        if self.first == self.last {
            format!("{month} {}", self.first.day())
        } else {
            format!("{month} {}\u{2013}{}", self.first.day(), self.last.day())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn the_month_is_the_one_in_utc() {
        let new_year_in_tokyo = datetime!(2027-01-01 03:00 +9);
        assert_eq!(Month::of(new_year_in_tokyo).to_string(), "2026-12");
    }

    #[test]
    fn the_last_of_march_is_compared_with_the_whole_of_february() {
        let february = Days::month_to(date!(2026 - 03 - 31)).a_month_before();
        assert_eq!(
            (february.first(), february.last()),
            (date!(2026 - 02 - 01), date!(2026 - 02 - 28))
        );
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in [
            "", "2026", "2026-13", "2026-00", "26-01", "2026-1", "2026-011", "+026-01",
        ] {
            assert!(Month::parse(text).is_err(), "{text} must be refused");
        }
        assert_eq!(
            Month::parse("2026-02").map(Month::last_day),
            Ok(date!(2026 - 02 - 28))
        );
    }

    #[test]
    fn days_are_shown_short() {
        assert_eq!(
            Days::month_to(date!(2026 - 11 - 20)).shown(),
            "Nov 1\u{2013}20"
        );
        assert_eq!(Days::month_to(date!(2026 - 11 - 01)).shown(), "Nov 1");
    }

    proptest! {
        #[test]
        fn a_range_has_as_many_days_as_it_counts(start in 2_440_000_i32..2_500_000, count in 1_u16..800) {
            let last = Date::from_julian_day(start).expect("a day");
            let days = Days::ending(last, count);
            prop_assert_eq!(days.count(), u32::from(count));
            prop_assert_eq!(days.iter().count(), usize::from(count));
            prop_assert_eq!(days.iter().last(), Some(last));
        }

        #[test]
        fn the_month_before_ends_the_day_before_this_one_begins(day in 2_440_000_i32..2_500_000) {
            let month = Month::of_date(Date::from_julian_day(day).expect("a day"));
            prop_assert_eq!(month.before().last_day().next_day(), Some(month.first_day()));
            prop_assert_eq!(Month::parse(&month.to_string()), Ok(month));
        }
    }
}
