//! Tell a customer what they used, where they work and what they owe.

use serde_json::{Map, Value, json};
use time::{Date, Duration, Month};

use crate::store::customers::{Answered, Question, ask};
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// Months that are summed up, the current one included.
const MONTHS: u8 = 12;

/// A month of the calendar, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarMonth {
    first: Date,
}

impl CalendarMonth {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self {
            first: day.replace_day(1).unwrap_or(day),
        }
    }

    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 || !text.is_ascii() {
            return None;
        }
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        let year = year.parse::<i32>().ok().filter(|year| *year >= 1970)?;
        let first = Date::from_calendar_date(year, month, 1).ok()?;
        Some(Self { first })
    }

    fn before(self, months: u8) -> Self {
        (0..months).fold(self, |month, _| Self::of(month.first - Duration::DAY))
    }

    fn after(self) -> Self {
        Self::of(self.first + Duration::days(31))
    }
}

impl std::fmt::Display for CalendarMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:04}-{:02}",
            self.first.year(),
            u8::from(self.first.month())
        )
    }
}

/// The days of a month, and the last twelve months summed up.
///
/// # Errors
/// Whatever the database says.
pub async fn customer_usage(
    store: &Store,
    claims: String,
    today: Date,
    asked: Option<CalendarMonth>,
) -> Result<Answered, StoreError> {
    let current = CalendarMonth::of(today);
    let until = current.after().first;
    let from = current.before(MONTHS - 1).first;
    let usage = Question::Usage { from, until };
    let mut whole = match ask(store, claims.clone(), usage).await? {
        Answered::With(whole) => whole,
        refused @ Answered::Refused(_) => return Ok(refused),
    };
    let mut days = whole["days"].take();
    let month = asked.unwrap_or(current);
    if month.first < from || month.first >= until {
        let usage = Question::Usage {
            from: month.first,
            until: month.after().first,
        };
        if let Answered::With(mut other) = ask(store, claims, usage).await? {
            days = other["days"].take();
        }
    }
    let name = month.to_string();
    let of_month = |day: &Value| {
        day["date"]
            .as_str()
            .is_some_and(|date| date.starts_with(&name))
    };
    let days: Vec<Value> = match days {
        Value::Array(days) => days.into_iter().filter(of_month).collect(),
        _ => Vec::new(),
    };
    let mut months = match whole["months"].take() {
        Value::Array(months) => months,
        _ => Vec::new(),
    };
    let this_month = if months.is_empty() {
        Value::Object(Map::new())
    } else {
        months.remove(0)
    };
    Ok(Answered::With(json!({
        "current_month": this_month, "previous_months": months, "month": name, "days": days,
    })))
}

/// Where the customer works.
///
/// # Errors
/// Whatever the database says.
pub async fn customer_instance(store: &Store, claims: String) -> Result<Answered, StoreError> {
    ask(store, claims, Question::Instance).await
}

/// What the customer owes and has.
///
/// # Errors
/// Whatever the database says.
pub async fn customer_billing(
    store: &Store,
    claims: String,
    today: Date,
) -> Result<Answered, StoreError> {
    ask(store, claims, Question::Billing { today }).await
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn months_follow_the_calendar() {
        let month = CalendarMonth::of(date!(2026 - 01 - 31));
        assert_eq!(month.to_string(), "2026-01");
        assert_eq!(month.after().to_string(), "2026-02");
        assert_eq!(month.before(1).to_string(), "2025-12");
        assert_eq!(month.before(11).to_string(), "2025-02");
        assert_eq!(CalendarMonth::parse("2026-01"), Some(month));
        for wrong in [
            "",
            "2026",
            "2026-13",
            "2026-1",
            "26-01",
            "2026-01-01",
            "٢٠٢٦-01",
            "0001-01",
        ] {
            assert_eq!(CalendarMonth::parse(wrong), None, "{wrong}");
        }
    }
}
