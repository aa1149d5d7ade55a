//! What was kept of a cluster's forecasts, and what it comes to when it is read later: the nearest end, or why there is none.

use time::{Date, Duration, OffsetDateTime, UtcOffset};

use crate::domain::capacity::forecast::{Forecast, is_stale};
use crate::domain::capacity::recorded::Limited;

/// What runs out sooner wants doing something about now.
pub const SOON: Duration = Duration::days(30);

/// The forecasts of a cluster as they were worked out at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When that was.
    pub made_at: OffsetDateTime,
    /// Each of what it may run out of, once, in the order of [`Limited::ALL`].
    pub forecasts: Vec<(Limited, Forecast)>,
}

/// What a cluster's forecasts come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// All of this is taken.
    Full(Limited),
    /// This ends first.
    RunsOut {
        /// What.
        limited: Limited,
        /// The likeliest day, not a past one.
        day: Date,
        /// The earliest.
        earliest: Date,
        /// The latest; none: it may as well last.
        latest: Option<Date>,
    },
    /// Nothing ends in sight, and of something too little is on record to say so much.
    TooShort,
    /// Something grows, and lasts for more than two years.
    Far,
    /// Nothing grows.
    NotGrowing,
    /// Nothing ends in sight of what is seen, and something has not been since that day: what was said then says
    /// nothing of now.
    Stale {
        /// The day.
        last: Date,
    },
    /// It is not known how much there is of anything.
    Unknown,
}

impl Outlook {
    /// Whether it is said of this.
    #[must_use]
    pub fn is_of(&self, what: Limited) -> bool {
        match self {
            Self::Full(limited) | Self::RunsOut { limited, .. } => *limited == what,
            _ => false,
        }
    }
}

impl Kept {
    /// What ends first, as it is to be taken at that moment.
    #[must_use]
    pub fn outlook(&self, now: OffsetDateTime) -> Outlook {
        let ends = self.ends(now);
        if let Some(first) = ends.first() {
            return *first;
        }
        let today = utc(now);
        let made_on = utc(self.made_at);
        if is_stale(made_on, today) {
            return Outlook::Stale { last: made_on };
        }
        let each = || self.forecasts.iter().map(|(_, forecast)| forecast);
        // What has not been seen lately may have begun to grow.
        let unseen = each().filter_map(|forecast| match forecast {
            Forecast::Stale { last } => Some(*last),
            Forecast::RunsOut { basis, .. }
            | Forecast::Far(basis)
            | Forecast::NotGrowing(basis) => is_stale(basis.to, today).then_some(basis.to),
            _ => None,
        });
        if let Some(last) = unseen.min() {
            return Outlook::Stale { last };
        }
        let has = |wanted: fn(&Forecast) -> bool| each().any(wanted);
        if has(|forecast| matches!(forecast, Forecast::TooShort { .. })) {
            Outlook::TooShort
        } else if has(|forecast| matches!(forecast, Forecast::Far(_))) {
            Outlook::Far
        } else if has(|forecast| matches!(forecast, Forecast::NotGrowing(_))) {
            Outlook::NotGrowing
        } else {
            Outlook::Unknown
        }
    }

    /// What is full or ends within [`SOON`], the nearest first.
    #[must_use]
    pub fn soon(&self, now: OffsetDateTime) -> Vec<Outlook> {
        let until = utc(now) + SOON;
        let mut ends = self.ends(now);
        ends.retain(|end| match end {
            Outlook::RunsOut { day, .. } => *day < until,
            _ => true,
        });
        ends
    }

    /// What is full, then what ends, the nearest first; nothing of what is too old to be said of now.
    fn ends(&self, now: OffsetDateTime) -> Vec<Outlook> {
        let today = utc(now);
        if is_stale(utc(self.made_at), today) {
            return Vec::new();
        }
        let mut ends: Vec<(Option<Date>, Outlook)> = self
            .forecasts
            .iter()
            .filter_map(|(limited, forecast)| match *forecast {
                Forecast::Full => Some((None, Outlook::Full(*limited))),
                Forecast::RunsOut {
                    day,
                    earliest,
                    latest,
                    basis,
                } if !is_stale(basis.to, today) => {
                    // Days go by between being worked out and being read.
                    let day = day.max(today);
                    let end = Outlook::RunsOut {
                        limited: *limited,
                        day,
                        earliest: earliest.max(today),
                        latest: latest.map(|latest| latest.max(today)),
                    };
                    Some((Some(day), end))
                }
                _ => None,
            })
            .collect();
        ends.sort_by_key(|(day, _)| *day);
        ends.into_iter().map(|(_, end)| end).collect()
    }
}

fn utc(moment: OffsetDateTime) -> Date {
    moment.to_offset(UtcOffset::UTC).date()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    use super::*;
    use crate::domain::capacity::forecast::Basis;

    const MADE: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    const BASIS: Basis = Basis {
        days: 40,
        from: date!(2026 - 10 - 18),
        to: date!(2026 - 11 - 26),
    };

    fn ends_on(day: Date) -> Forecast {
        Forecast::RunsOut {
            day,
            earliest: day,
            latest: None,
            basis: BASIS,
        }
    }

    fn kept(forecasts: &[(Limited, Forecast)]) -> Kept {
        Kept {
            made_at: MADE,
            forecasts: forecasts.to_vec(),
        }
    }

    fn of(outlook: Outlook) -> Option<(Limited, Option<Date>)> {
        match outlook {
            Outlook::Full(limited) => Some((limited, None)),
            Outlook::RunsOut { limited, day, .. } => Some((limited, Some(day))),
            _ => None,
        }
    }

    #[test]
    fn the_nearest_end_counts_and_what_is_full_is_nearest() {
        let some = kept(&[
            (Limited::Seats, ends_on(date!(2027 - 02 - 01))),
            (Limited::Cpu, ends_on(date!(2026 - 12 - 20))),
            (Limited::Memory, Forecast::TooShort { days: 3 }),
            (Limited::Gpu, Forecast::None),
            (Limited::NodeDisk, Forecast::Far(BASIS)),
        ]);
        let nearest = Some((Limited::Cpu, Some(date!(2026 - 12 - 20))));
        assert_eq!(of(some.outlook(MADE)), nearest);
        let soon: Vec<_> = some.soon(MADE).into_iter().map(of).collect();
        assert_eq!(soon, [nearest], "February is not within thirty days");
        let full = kept(&[
            (Limited::Cpu, ends_on(date!(2026 - 11 - 27))),
            (Limited::Gpu, Forecast::Full),
        ]);
        assert_eq!(full.outlook(MADE), Outlook::Full(Limited::Gpu));
        assert_eq!(full.soon(MADE).len(), 2);
    }

    #[test]
    fn where_nothing_ends_it_is_said_why_and_no_guess_is_made() {
        let outlook = |forecasts: &[Forecast]| {
            let named: Vec<_> = Limited::ALL
                .into_iter()
                .zip(forecasts.iter().copied())
                .collect();
            kept(&named).outlook(MADE)
        };
        let last = date!(2026 - 11 - 20);
        let (calm, far) = (Forecast::NotGrowing(BASIS), Forecast::Far(BASIS));
        let short = Forecast::TooShort { days: 13 };
        assert_eq!(outlook(&[calm, short]), Outlook::TooShort);
        assert_eq!(outlook(&[calm, far]), Outlook::Far);
        assert_eq!(outlook(&[calm, Forecast::Unknown]), Outlook::NotGrowing);
        assert_eq!(
            outlook(&[Forecast::Unknown, Forecast::None]),
            Outlook::Unknown
        );
        let unseen = Forecast::Stale { last };
        for others in [Forecast::Unknown, calm, far, short] {
            assert_eq!(outlook(&[others, unseen]), Outlook::Stale { last });
        }
    }

    #[test]
    fn what_was_worked_out_long_ago_says_nothing_of_now() {
        let day = date!(2026 - 11 - 27);
        let some = kept(&[(Limited::Cpu, ends_on(day)), (Limited::Gpu, Forecast::Full)]);
        let at = |days| MADE + Duration::days(days);
        assert_eq!(some.outlook(at(2)), Outlook::Full(Limited::Gpu));
        let last = date!(2026 - 11 - 26);
        assert_eq!(some.outlook(at(3)), Outlook::Stale { last });
        assert_eq!(some.soon(at(3)), []);
        let mut grown = ends_on(day);
        if let Forecast::RunsOut { basis, .. } = &mut grown {
            basis.to = date!(2026 - 11 - 20);
        }
        let unseen = kept(&[
            (Limited::Seats, Forecast::NotGrowing(BASIS)),
            (Limited::Cpu, grown),
        ]);
        let last = date!(2026 - 11 - 20);
        assert_eq!(unseen.outlook(MADE), Outlook::Stale { last });
        assert_eq!(unseen.soon(MADE), []);
        let due = kept(&[(Limited::Cpu, ends_on(day))]).outlook(at(2));
        let today = date!(2026 - 11 - 28);
        assert_eq!(
            of(due),
            Some((Limited::Cpu, Some(today))),
            "a past day is none"
        );
    }

    proptest! {
        #[test]
        fn no_end_is_before_today(days in 0_i64..400, age in 0_i64..10) {
            let now = MADE + Duration::days(age);
            let some = kept(&[(Limited::Cpu, ends_on(MADE.date() + Duration::days(days)))]);
            if let Outlook::RunsOut { day, earliest, .. } = some.outlook(now) {
                prop_assert!(day >= now.date() && earliest >= now.date() && earliest <= day && age <= 2);
            } else {
                prop_assert!(age > 2);
            }
        }
    }
}
