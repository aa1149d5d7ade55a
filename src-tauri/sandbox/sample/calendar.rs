//! Days counted from today: 0 is today, −1 yesterday. Written once, since every row shows some.

use time::{Date, Duration, Weekday};

/// How far ahead rows may point: due dates, invitations, ends of periods.
const AHEAD: i32 = 70;

/// A moment, in UTC. All but planned ones lie before today's first second, so that samples do not
/// depend on the hour they are made at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Day, counted from today.
    pub(super) day: i32,
    /// Second of the day.
    pub(super) second: u32,
}

impl Moment {
    pub(super) fn at(day: i32, second: u32) -> Self {
        Self { day, second }
    }

    pub(super) fn midnight(day: i32) -> Self {
        Self { day, second: 0 }
    }

    /// Later on the same day, at its last second at most.
    pub(super) fn plus(self, seconds: u32) -> Self {
        Self {
            second: (self.second + seconds).min(86_399),
            ..self
        }
    }
}

#[derive(Debug)]
struct Day {
    text: String,
    weekend: bool,
    festive: bool,
    /// Months since year 0.
    month: i32,
    of_month: u8,
}

/// The days that samples speak of.
#[derive(Debug)]
pub(super) struct Calendar {
    first: i32,
    days: Vec<Day>,
}

impl Calendar {
    /// From `back` days before today on.
    pub(super) fn new(today: Date, back: i32) -> Self {
        let days = (-back..=AHEAD)
            .map(|offset| {
                let date = today
                    .checked_add(Duration::days(i64::from(offset)))
                    .unwrap_or(today);
                let month = u8::from(date.month());
                Day {
                    text: format!("{:04}-{month:02}-{:02}", date.year(), date.day()),
                    weekend: matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
                    festive: (month == 12 && date.day() > 22) || (month == 1 && date.day() < 3),
                    month: date.year() * 12 + i32::from(month) - 1,
                    of_month: date.day(),
                }
            })
            .collect();
        Self { first: -back, days }
    }

    fn day(&self, day: i32) -> &Day {
        let last = self.days.len() - 1;
        let index = usize::try_from(day - self.first).unwrap_or(0);
        &self.days[index.min(last)]
    }

    /// `2026-11-20`.
    pub(super) fn text(&self, day: i32) -> &str {
        &self.day(day).text
    }

    pub(super) fn weekend(&self, day: i32) -> bool {
        self.day(day).weekend
    }

    /// Few people work between the years.
    pub(super) fn festive(&self, day: i32) -> bool {
        self.day(day).festive
    }

    /// A number for the calendar month; the next month has the next number.
    pub(super) fn month(&self, day: i32) -> i32 {
        self.day(day).month
    }

    /// The first day of the month `day` is in.
    pub(super) fn month_start(&self, day: i32) -> i32 {
        day + 1 - i32::from(self.day(day).of_month)
    }

    /// The first day of the next month.
    pub(super) fn next_month(&self, day: i32) -> i32 {
        let month = self.month(day);
        (day..day + 32)
            .find(|other| self.month(*other) > month)
            .unwrap_or(day + 31)
    }
}
