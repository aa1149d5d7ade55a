//! The days of an invoice: which period it bills, and since when it is due.

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::domain::period::Month;

/// The last moment of a day. Where a service records the day alone that something is due on, it is due until then in UTC.
const LAST: Time = match Time::from_hms_micro(23, 59, 59, 999_999) {
    Ok(time) => time,
    Err(_) => Time::MIDNIGHT,
};

/// A moment as it is recorded, and as the clocks of the fiscal time zone show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// As recorded.
    pub at: OffsetDateTime,
    /// On the clocks there.
    pub there: PrimitiveDateTime,
}

/// The period that is billed, in the days it is named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BilledPeriod {
    /// A whole month.
    Month(Month),
    /// From one day to another, both within it.
    Days(Date, Date),
    /// From that day; its end is not on record.
    From(Date),
    /// Up to that day; its beginning is not on record.
    To(Date),
}

impl BilledPeriod {
    /// The period from one moment up to another; `None` where neither is on record.
    ///
    /// Services count days in UTC, or where they do business: a period from midnight to midnight of UTC is named by
    /// its days there, any other by those of the fiscal time zone.
    #[must_use]
    pub fn of(start: Option<Shown>, end: Option<Shown>) -> Option<Self> {
        let there = (start.map(|start| start.there), end.map(|end| end.there));
        let utc = (
            start.map(|start| in_utc(start.at)),
            end.map(|end| in_utc(end.at)),
        );
        let midnights = [utc.0, utc.1]
            .into_iter()
            .flatten()
            .all(|edge| edge.time() == Time::MIDNIGHT);
        let (start, end) = match month(there) {
            Some(month) => return Some(Self::Month(month)),
            None if midnights => utc,
            None => there,
        };
        match (start, end.map(last_day)) {
            (None, None) => None,
            (Some(start), None) => Some(Self::From(start.date())),
            (None, Some(last)) => Some(Self::To(last)),
            (Some(first), Some(last)) => Some(month((start, end)).map_or_else(
                // One moment is a period as well: that of its day.
                || Self::Days(first.date(), last.max(first.date())),
                Self::Month,
            )),
        }
    }
}

/// The day that a due date names, where it names a day and no moment of it.
#[must_use]
pub fn whole_day(due: OffsetDateTime) -> Option<Date> {
    let due = due.to_offset(UtcOffset::UTC);
    (due.time() == LAST).then(|| due.date())
}

/// How many days ago it was due, by the calendar of the fiscal time zone; negative for what is due later.
#[must_use]
pub fn days_since(due: Shown, today: Date) -> i64 {
    let day = whole_day(due.at).unwrap_or_else(|| due.there.date());
    (today - day).whole_days()
}

fn in_utc(moment: OffsetDateTime) -> PrimitiveDateTime {
    let moment = moment.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(moment.date(), moment.time())
}

/// The last day before that moment: a period's end is the first instant after it.
fn last_day(end: PrimitiveDateTime) -> Date {
    end.checked_sub(Duration::SECOND).unwrap_or(end).date()
}

/// The month that begins and ends at these midnights.
fn month(edges: (Option<PrimitiveDateTime>, Option<PrimitiveDateTime>)) -> Option<Month> {
    let (begins, ends) = edges.0.zip(edges.1)?;
    let month = Month::of_date(begins.date());
    let next = month.last_day().next_day()?;
    let whole = begins == PrimitiveDateTime::new(month.first_day(), Time::MIDNIGHT)
        && ends == PrimitiveDateTime::new(next, Time::MIDNIGHT);
    whole.then_some(month)
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    /// As clocks that many hours east of UTC show it.
    fn east(hours: i64, at: OffsetDateTime) -> Shown {
        Shown {
            at,
            there: in_utc(at) + Duration::hours(hours),
        }
    }

    fn october() -> BilledPeriod {
        BilledPeriod::Month(Month::of_date(date!(2026 - 10 - 01)))
    }

    #[test]
    fn a_whole_month_is_one_as_it_is_recorded_there_or_in_utc() {
        let of =
            |hours, start, end| BilledPeriod::of(Some(east(hours, start)), Some(east(hours, end)));
        let utc = (
            datetime!(2026-10-01 0:00 UTC),
            datetime!(2026-11-01 0:00 UTC),
        );
        for hours in [-8, 0, 2, 13] {
            assert_eq!(of(hours, utc.0, utc.1), Some(october()), "{hours} h east");
        }
        let stockholm = BilledPeriod::of(
            Some(east(2, datetime!(2026-09-30 22:00 UTC))),
            Some(east(1, datetime!(2026-10-31 23:00 UTC))),
        );
        assert_eq!(stockholm, Some(october()));
    }

    #[test]
    fn other_periods_are_named_by_their_first_and_last_day() {
        let days =
            |hours, start, end| BilledPeriod::of(Some(east(hours, start)), Some(east(hours, end)));
        let first = date!(2026 - 10 - 03);
        assert_eq!(
            days(
                -8,
                datetime!(2026-10-03 0:00 UTC),
                datetime!(2026-10-17 0:00 UTC)
            ),
            Some(BilledPeriod::Days(first, date!(2026 - 10 - 16))),
            "from midnight to midnight in UTC they are the service's own days"
        );
        assert_eq!(
            days(
                2,
                datetime!(2026-10-02 22:30 UTC),
                datetime!(2026-10-16 22:30 UTC)
            ),
            Some(BilledPeriod::Days(first, date!(2026 - 10 - 17))),
        );
        let midnight = datetime!(2026-10-03 0:00 UTC);
        let moment = days(0, midnight, midnight);
        assert_eq!(moment, Some(BilledPeriod::Days(first, first)));
        let start = Some(east(2, datetime!(2026-10-02 22:30 UTC)));
        assert_eq!(
            BilledPeriod::of(start, None),
            Some(BilledPeriod::From(first))
        );
        assert_eq!(BilledPeriod::of(None, start), Some(BilledPeriod::To(first)));
        assert_eq!(BilledPeriod::of(None, None), None);
    }

    #[test]
    fn days_past_due_are_those_of_the_calendar() {
        let due = datetime!(2026-11-20 23:30 UTC);
        assert_eq!(days_since(east(0, due), date!(2026 - 11 - 21)), 1);
        assert_eq!(days_since(east(1, due), date!(2026 - 11 - 21)), 0);
        let day_alone = datetime!(2026-11-20 23:59:59.999_999 UTC);
        assert_eq!(whole_day(day_alone), Some(date!(2026 - 11 - 20)));
        for hours in [-8, 0, 13] {
            assert_eq!(days_since(east(hours, day_alone), date!(2026 - 11 - 21)), 1);
        }
        assert_eq!(whole_day(due), None);
        assert_eq!(days_since(east(0, due), date!(2026 - 11 - 18)), -2);
    }
}
