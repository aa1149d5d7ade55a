//! When a cluster runs out of what, in words.

use serde::Serialize;
use time::{Date, Duration, OffsetDateTime};
use ts_rs::TS;

use crate::domain::capacity::forecast::{Basis, FEWEST_DAYS, Forecast};
use crate::domain::capacity::outlook::{Kept, Outlook, SOON};
use crate::domain::capacity::recorded::Limited;
use crate::wire::amounts::count_of;
use crate::wire::capacity::STALE;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, iso_date, rfc3339};

/// What runs out sooner wants planning.
const WITHIN_SIGHT: Duration = Duration::days(90);

/// What a cluster may run out of.
#[must_use]
pub(in crate::wire) const fn name_of(limited: Limited) -> &'static str {
    match limited {
        Limited::Seats => "Seats",
        Limited::Cpu => "CPU",
        Limited::Memory => "Memory",
        Limited::Gpu => "GPU",
        Limited::NodeDisk => "Node disk",
    }
}

/// When a cluster runs out of what first, by what was kept with its last snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RunsOutShown {
    pub severity: Severity,
    /// `"CPU, 12 Dec"`, `"GPU full"`, `"not enough history"`; null: nothing is known of it.
    pub word: Option<String>,
    /// Each of them, `"CPU around 12 Dec, between 5 Dec and 30 Jan; Memory does not grow"`.
    pub each: String,
    /// When it was worked out.
    pub made_at: Option<String>,
    /// Whether that was longer ago than it should be.
    pub stale: bool,
}

impl RunsOutShown {
    /// What is kept, in words.
    #[must_use]
    pub fn new(kept: Option<&Kept>, now: OffsetDateTime) -> Self {
        let Some(kept) = kept else {
            return Self {
                severity: Severity::Muted,
                word: None,
                each: "Nobody has looked at it yet".to_owned(),
                made_at: None,
                stale: false,
            };
        };
        let today = now.date();
        let (severity, word) = match kept.outlook(now) {
            Outlook::Full(limited) => (Severity::Bad, Some(format!("{} full", name_of(limited)))),
            Outlook::RunsOut { limited, day, .. } => {
                let when = if day <= today {
                    "any day".to_owned()
                } else {
                    day_shown(day, today)
                };
                let word = format!("{}, {when}", name_of(limited));
                (severity_of(day, today), Some(word))
            }
            Outlook::TooShort => (Severity::Muted, Some("not enough history".to_owned())),
            Outlook::Far => (Severity::Ok, Some("not within two years".to_owned())),
            Outlook::NotGrowing => (Severity::Ok, Some("does not grow".to_owned())),
            Outlook::Stale { last } => {
                let word = format!("stale: {}", day_shown(last, today));
                (Severity::Muted, Some(word))
            }
            Outlook::Unknown => (Severity::Muted, None),
        };
        let each = kept.forecasts.iter().map(|forecast| {
            let shown = ForecastShown::new(*forecast, now);
            let range = shown
                .range
                .map_or_else(String::new, |range| format!(", {range}"));
            format!("{} {}{range}", shown.name, shown.word)
        });
        Self {
            severity,
            word,
            each: each.collect::<Vec<_>>().join("; "),
            made_at: Some(rfc3339(kept.made_at)),
            stale: now - kept.made_at > STALE,
        }
    }
}

/// How near a day is.
fn severity_of(day: Date, today: Date) -> Severity {
    match day - today {
        left if left < SOON => Severity::Bad,
        left if left < WITHIN_SIGHT => Severity::Warn,
        _ => Severity::Ok,
    }
}

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
        let name = name_of(limited);
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
                severity: severity_of(day, today),
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
    fn what_is_kept_is_shown_by_its_nearest_end_and_its_age() {
        let shown = |forecasts: &[(Limited, Forecast)], age| {
            let kept = Kept {
                made_at: NOW - age,
                forecasts: forecasts.to_vec(),
            };
            RunsOutShown::new(Some(&kept), NOW)
        };
        let cpu = Forecast::RunsOut {
            day: date!(2026 - 12 - 20),
            earliest: date!(2026 - 12 - 05),
            latest: None,
            basis: basis(),
        };
        let both = [
            (Limited::Seats, Forecast::NotGrowing(basis())),
            (Limited::Cpu, cpu),
        ];
        let fresh = shown(&both, Duration::minutes(5));
        assert_eq!(
            (fresh.word.as_deref(), fresh.severity, fresh.stale),
            (Some("CPU, 20 Dec"), Severity::Bad, false)
        );
        assert_eq!(
            fresh.each,
            "Seats does not grow; CPU around 20 Dec, no sooner than 5 Dec, or not at all"
        );
        assert_eq!(fresh.made_at.as_deref(), Some("2026-11-26T11:55:00Z"));
        assert!(shown(&both, Duration::minutes(20)).stale);
        let ended = shown(&both, Duration::days(3));
        assert_eq!(
            (ended.word.as_deref(), ended.severity),
            (Some("stale: 23 Nov"), Severity::Muted),
            "it is not shown as if it were of now"
        );
        let short = shown(
            &[(Limited::Cpu, Forecast::TooShort { days: 3 })],
            Duration::ZERO,
        );
        assert_eq!(short.word.as_deref(), Some("not enough history"));
        let full = shown(&[(Limited::Gpu, Forecast::Full)], Duration::ZERO);
        assert_eq!(
            (full.word.as_deref(), full.severity),
            (Some("GPU full"), Severity::Bad)
        );
        assert_eq!(RunsOutShown::new(None, NOW).word, None);
    }

    #[test]
    fn too_little_is_said_to_be_too_little() {
        let short = ForecastShown::new((Limited::Seats, Forecast::TooShort { days: 1 }), NOW);
        assert_eq!(short.word, "not enough history");
        assert_eq!(short.basis, "1 day is on record; a trend takes 14.");
        assert_eq!((short.day, short.range), (None, None));
    }
}
