//! Times and dates as they cross: RFC 3339 in UTC, ISO dates, and the short forms people read.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::domain::invoice_days::whole_day;
use crate::domain::period::{Days, Month};

/// `2026-11-20T13:05:00Z`.
#[must_use]
pub fn rfc3339(moment: OffsetDateTime) -> String {
    moment
        .to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// When something is due: a moment, or a day where no time of day is on record.
#[must_use]
pub fn due(moment: OffsetDateTime) -> String {
    whole_day(moment).map_or_else(|| rfc3339(moment), iso_date)
}

/// `2026-11-20`.
#[must_use]
pub fn iso_date(date: Date) -> String {
    date.to_string()
}

/// `20 Nov`, with the year when it is not the present one.
#[must_use]
pub fn day_shown(date: Date, today: Date) -> String {
    let month = short(&date.month().to_string());
    if date.year() == today.year() {
        format!("{} {month}", date.day())
    } else {
        format!("{} {month} {}", date.day(), date.year())
    }
}

/// `Tue 20 Oct 2026`.
#[must_use]
pub fn weekday_shown(date: Date) -> String {
    let (weekday, month) = (
        short(&date.weekday().to_string()),
        short(&date.month().to_string()),
    );
    format!("{weekday} {} {month} {}", date.day(), date.year())
}

/// `20 Nov 2026`, `1–20 Nov 2026`, `23 Aug – 20 Nov 2026`, and a whole month by its name: `October 2026`.
#[must_use]
pub fn days_shown(days: Days) -> String {
    let (first, last) = (days.first(), days.last());
    let month = Month::of_date(first);
    let name = |date: Date| short(&date.month().to_string());
    if first == month.first_day() && last == month.last_day() {
        month.title()
    } else if first == last {
        format!("{} {} {}", last.day(), name(last), last.year())
    } else if month == Month::of_date(last) {
        format!(
            "{}\u{2013}{} {} {}",
            first.day(),
            last.day(),
            name(last),
            last.year()
        )
    } else if first.year() == last.year() {
        format!(
            "{} {} \u{2013} {} {} {}",
            first.day(),
            name(first),
            last.day(),
            name(last),
            last.year()
        )
    } else {
        format!(
            "{} {} {} \u{2013} {} {} {}",
            first.day(),
            name(first),
            first.year(),
            last.day(),
            name(last),
            last.year()
        )
    }
}

fn short(name: &str) -> String {
    name.chars().take(3).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn times_cross_in_utc() {
        assert_eq!(
            rfc3339(datetime!(2026-11-20 15:05 +2)),
            "2026-11-20T13:05:00Z"
        );
    }

    #[test]
    fn stretches_of_days_are_written_short() {
        for (first, last, shown) in [
            (date!(2026 - 10 - 01), date!(2026 - 10 - 31), "October 2026"),
            (
                date!(2026 - 11 - 01),
                date!(2026 - 11 - 20),
                "1\u{2013}20 Nov 2026",
            ),
            (date!(2026 - 11 - 20), date!(2026 - 11 - 20), "20 Nov 2026"),
            (
                date!(2026 - 08 - 23),
                date!(2026 - 11 - 20),
                "23 Aug \u{2013} 20 Nov 2026",
            ),
            (
                date!(2025 - 12 - 01),
                date!(2026 - 11 - 20),
                "1 Dec 2025 \u{2013} 20 Nov 2026",
            ),
        ] {
            assert_eq!(days_shown(Days::between(first, last)), shown);
        }
    }

    #[test]
    fn days_are_written_short() {
        assert_eq!(weekday_shown(date!(2026 - 10 - 20)), "Tue 20 Oct 2026");
        assert_eq!(
            day_shown(date!(2026 - 11 - 22), date!(2026 - 11 - 20)),
            "22 Nov"
        );
        assert_eq!(
            day_shown(date!(2027 - 01 - 02), date!(2026 - 11 - 20)),
            "2 Jan 2027"
        );
    }
}
