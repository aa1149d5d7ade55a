//! When a cluster runs out of what, in words.

use serde::Serialize;
use time::{Date, Duration, OffsetDateTime};
use ts_rs::TS;

use crate::domain::capacity::forecast::{Basis, FEWEST_DAYS, Forecast};
use crate::domain::capacity::recorded::Limited;
use crate::wire::amounts::count_of;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, iso_date};

/// What runs out sooner wants doing something about now.
const SOON: Duration = Duration::days(30);

/// What runs out sooner wants planning.
const WITHIN_SIGHT: Duration = Duration::days(90);

/// When one thing runs out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ForecastShown {
    /// `"CPU"`.
    pub name: String,
    pub severity: Severity,
    /// `"around 12 Mar 2027"`, `"does not grow"`, `"not enough history"`.
    pub word: String,
    /// The likeliest day (`2027-03-12`); null where there is none.
    pub day: Option<String>,
    /// `"between 2 Feb and 30 Jun 2027"`, `"no sooner than 2 Feb 2027"`.
    pub range: Option<String>,
    /// What it stands on, or why there is none.
    pub basis: String,
}

impl ForecastShown {
    /// A forecast in words.
    #[must_use]
    pub fn new((limited, forecast): (Limited, Forecast), now: OffsetDateTime) -> Self {
        let today = now.date();
        let shown = |day: Date| day_shown(day, today);
        let name = match limited {
            Limited::Seats => "Seats",
            Limited::Cpu => "CPU",
            Limited::Memory => "Memory",
            Limited::Gpu => "GPU",
            Limited::NodeDisk => "Node disk",
        };
        let says = |severity, word: &str, basis: String| Self {
            name: name.to_owned(),
            severity,
            word: word.to_owned(),
            day: None,
            range: None,
            basis,
        };
        let by = |basis: Basis| {
            format!(
                "By {}, {} to {}.",
                count_of(basis.days.into(), "day", "days"),
                shown(basis.from),
                shown(basis.to)
            )
        };
        match forecast {
            Forecast::Unknown => {
                let why = "It is not on record how much there is.".to_owned();
                says(Severity::Muted, "not known", why)
            }
            Forecast::Stale { last } => {
                let why = "Nothing was recorded since, so nothing can be said of what comes.";
                let word = format!("stale: last seen {}", shown(last));
                says(Severity::Muted, &word, why.to_owned())
            }
            Forecast::None => says(
                Severity::Muted,
                "none here",
                "There is none of it.".to_owned(),
            ),
            Forecast::Full => says(Severity::Bad, "full", "Everything is taken.".to_owned()),
            Forecast::TooShort { days } => {
                let have = count_of(days.into(), "day is", "days are");
                let why = format!("{have} on record; a trend takes {FEWEST_DAYS}.");
                says(Severity::Muted, "not enough history", why)
            }
            Forecast::NotGrowing(basis) => says(Severity::Ok, "does not grow", by(basis)),
            Forecast::Far(basis) => says(Severity::Ok, "not within two years", by(basis)),
            Forecast::RunsOut {
                day,
                earliest,
                latest,
                basis,
            } => Self {
                name: name.to_owned(),
                severity: match day - today {
                    left if left < SOON => Severity::Bad,
                    left if left < WITHIN_SIGHT => Severity::Warn,
                    _ => Severity::Ok,
                },
                word: if day <= today {
                    "any day now".to_owned()
                } else {
                    format!("around {}", shown(day))
                },
                day: Some(iso_date(day)),
                range: Some(match latest {
                    _ if day <= today => {
                        "by its trend it is due, and it is not full yet".to_owned()
                    }
                    Some(latest) => format!("between {} and {}", shown(earliest), shown(latest)),
                    None => format!("no sooner than {}, or not at all", shown(earliest)),
                }),
                basis: by(basis),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    fn basis() -> Basis {
        Basis {
            days: 34,
            from: date!(2026 - 10 - 20),
            to: date!(2026 - 11 - 26),
        }
    }

    #[test]
    fn a_day_comes_with_its_range_and_what_it_stands_on() {
        let runs_out = |day, latest| {
            let forecast = Forecast::RunsOut {
                day,
                earliest: date!(2026 - 12 - 05),
                latest,
                basis: basis(),
            };
            ForecastShown::new((Limited::Cpu, forecast), NOW)
        };
        let soon = runs_out(date!(2026 - 12 - 20), Some(date!(2027 - 01 - 30)));
        assert_eq!(
            (soon.severity, soon.day.as_deref()),
            (Severity::Bad, Some("2026-12-20"))
        );
        assert_eq!(soon.range.as_deref(), Some("between 5 Dec and 30 Jan 2027"));
        assert_eq!(soon.basis, "By 34 days, 20 Oct to 26 Nov.");
        let open = runs_out(date!(2027 - 01 - 20), None);
        assert_eq!(open.severity, Severity::Warn);
        assert_eq!(
            open.range.as_deref(),
            Some("no sooner than 5 Dec, or not at all")
        );
    }

    #[test]
    fn what_ended_and_what_is_due_are_said_as_such() {
        let last = date!(2026 - 08 - 01);
        let ended = ForecastShown::new((Limited::Cpu, Forecast::Stale { last }), NOW);
        assert_eq!(
            (ended.word.as_str(), ended.day),
            ("stale: last seen 1 Aug", None)
        );
        let today = NOW.date();
        let due = Forecast::RunsOut {
            day: today,
            earliest: today,
            latest: Some(today),
            basis: basis(),
        };
        let due = ForecastShown::new((Limited::Cpu, due), NOW);
        assert_eq!(
            (due.word.as_str(), due.severity),
            ("any day now", Severity::Bad)
        );
    }

    #[test]
    fn too_little_is_said_to_be_too_little() {
        let short = ForecastShown::new((Limited::Seats, Forecast::TooShort { days: 1 }), NOW);
        assert_eq!(short.word, "not enough history");
        assert_eq!(short.basis, "1 day is on record; a trend takes 14.");
        assert_eq!((short.day, short.range), (None, None));
    }
}
