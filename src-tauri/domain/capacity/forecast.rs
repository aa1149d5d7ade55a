//! When something runs out, from how it grew: a date with its range, or why there is none.
//!
//! The slope is the median of the slopes between every two days (Theil and Sen): a day on which somebody tried
//! something out does not turn it. Its range is that of Sen's confidence interval of 90 %, from Kendall's
//! variance (Hollander and Wolfe, *Nonparametric Statistical Methods*, §9.3). All in whole numbers.

use time::{Date, Duration};

/// A series whose last day is longer ago has ended: it says what was, and nothing of what comes.
const STALE_DAYS: i64 = 2;

/// Fewer days than this say nothing of a trend.
pub const FEWEST_DAYS: u32 = 14;

/// What is further away than this is not worth a date.
const HORIZON: i64 = 730;

/// Slopes are kept in so many parts of a unit a day.
const PARTS: i128 = 1_000_000;

/// Whether what was seen last on that day says nothing of this one.
#[must_use]
pub fn is_stale(last: Date, today: Date) -> bool {
    (today - last).whole_days() > STALE_DAYS
}

/// What was taken of something on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub day: Date,
    /// How much was taken.
    pub taken: i64,
}

/// What a forecast stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// Days that say something.
    pub days: u32,
    /// The first of them.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// When something runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// It is not known how much there is, or nothing was ever recorded.
    Unknown,
    /// It has not been recorded lately.
    Stale {
        /// The last day on which it was.
        last: Date,
    },
    /// There is none of it.
    None,
    /// Everything is taken.
    Full,
    /// Too few days are on record.
    TooShort {
        /// So many.
        days: u32,
    },
    /// It does not grow.
    NotGrowing(Basis),
    /// It grows, and lasts for more than two years.
    Far(Basis),
    /// It grows, and is full then.
    RunsOut {
        /// The likeliest day; never a past one: what should be full by now, and is not, is full any day now.
        day: Date,
        /// The earliest within the range.
        earliest: Date,
        /// The latest; none where it may as well not grow, or last for more than two years.
        latest: Option<Date>,
        /// What this stands on.
        basis: Basis,
    },
}

/// When `limit` is reached, by these days in their order, one point a day at most, as seen on `today`.
#[must_use]
pub fn forecast(points: &[Point], limit: Option<i64>, today: Date) -> Forecast {
    let (Some(limit), Some(first), Some(last)) = (limit, points.first(), points.last()) else {
        return Forecast::Unknown;
    };
    if is_stale(last.day, today) {
        return Forecast::Stale { last: last.day };
    }
    if limit <= 0 {
        return Forecast::None;
    }
    let left = i128::from(limit) - i128::from(last.taken);
    if left <= 0 {
        return Forecast::Full;
    }
    let days = u32::try_from(points.len()).unwrap_or(u32::MAX);
    if days < FEWEST_DAYS {
        return Forecast::TooShort { days };
    }
    let basis = Basis {
        days,
        from: first.day,
        to: last.day,
    };
    let slopes = slopes(points);
    let (low, middle, high) = interval(&slopes, i128::from(days));
    if middle <= 0 {
        return Forecast::NotGrowing(basis);
    }
    let reached = |slope| reached(last.day, left, slope).map(|day| day.max(today));
    match (reached(middle), reached(high)) {
        (Some(day), Some(earliest)) => Forecast::RunsOut {
            day,
            earliest,
            latest: reached(low),
            basis,
        },
        _ => Forecast::Far(basis),
    }
}

/// Between every two days, sorted.
fn slopes(points: &[Point]) -> Vec<i128> {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (n, to) in points.iter().enumerate() {
        for from in &points[..n] {
            let days = i128::from((to.day - from.day).whole_days());
            if days > 0 {
                slopes.push((i128::from(to.taken) - i128::from(from.taken)) * PARTS / days);
            }
        }
    }
    slopes.sort_unstable();
    slopes
}

/// The lower end, the median, and the upper end: of N slopes in order, counted from one, those at (N − C) / 2 and
/// (N + C) / 2 + 1, with halves rounded to the outside.
fn interval(slopes: &[i128], days: i128) -> (i128, i128, i128) {
    let count = i128::try_from(slopes.len()).unwrap_or_default();
    // 1.645 standard deviations of Kendall's statistic; its square is n(n−1)(2n+5)/18.
    let variance = days * (days - 1) * (2 * days + 5) / 18;
    let reach = (variance * 1_645 * 1_645).isqrt() / 1_000 + 1;
    let at = |place: i128| {
        let place = place.clamp(0, (count - 1).max(0));
        let place = usize::try_from(place).unwrap_or_default();
        slopes.get(place).copied().unwrap_or_default()
    };
    let middle = i128::midpoint(at((count - 1) / 2), at(count / 2));
    let lower = (count - reach).div_euclid(2) - 1;
    (at(lower), middle, at(count - 1 - lower))
}

/// The day on which nothing is left, within the horizon.
fn reached(from: Date, left: i128, slope: i128) -> Option<Date> {
    if slope <= 0 {
        return None;
    }
    let days = i64::try_from((left * PARTS).checked_add(slope - 1)? / slope).ok()?;
    (days <= HORIZON)
        .then(|| from.checked_add(Duration::days(days)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const FIRST: Date = date!(2026 - 01 - 01);

    /// As seen on the last of these days.
    fn forecast(points: &[Point], limit: Option<i64>) -> Forecast {
        let today = points.last().map_or(FIRST, |last| last.day);
        super::forecast(points, limit, today)
    }

    fn days(taken: impl IntoIterator<Item = i64>) -> Vec<Point> {
        (0..)
            .zip(taken)
            .map(|(n, taken)| Point {
                day: FIRST + Duration::days(n),
                taken,
            })
            .collect()
    }

    #[test]
    fn what_grows_evenly_runs_out_on_its_day() {
        // Ten a day from 100; after 20 days 290, with 210 left: 21 more days.
        let points = days((0..20).map(|n| 100 + 10 * n));
        let Forecast::RunsOut {
            day,
            earliest,
            latest,
            basis,
        } = forecast(&points, Some(500))
        else {
            panic!("it runs out");
        };
        assert_eq!(
            (day, earliest, latest),
            (date!(2026 - 02 - 10), day, Some(day))
        );
        assert_eq!(
            (basis.days, basis.from, basis.to),
            (20, FIRST, date!(2026 - 01 - 20))
        );
    }

    #[test]
    fn a_day_out_of_line_does_not_turn_it() {
        let mut points = days((0..30).map(|n| 100 + 10 * n));
        points[12].taken = 450;
        points[25].taken = 0;
        let Forecast::RunsOut {
            day,
            earliest,
            latest,
            ..
        } = forecast(&points, Some(600))
        else {
            panic!("it runs out");
        };
        assert_eq!(day, date!(2026 - 02 - 20));
        assert!(earliest <= day && latest.is_some_and(|latest| latest >= day));
    }

    #[test]
    fn a_guess_is_not_made() {
        assert_eq!(forecast(&[], Some(10)), Forecast::Unknown);
        assert_eq!(forecast(&days([1, 2]), None), Forecast::Unknown);
        assert_eq!(forecast(&days([0, 0]), Some(0)), Forecast::None);
        assert_eq!(forecast(&days([1, 12]), Some(10)), Forecast::Full);
        assert_eq!(
            forecast(&days(0..13), Some(100)),
            Forecast::TooShort { days: 13 }
        );
        assert!(matches!(
            forecast(&days([5; 30]), Some(100)),
            Forecast::NotGrowing(_)
        ));
        assert!(matches!(
            forecast(&days((0..30).rev()), Some(100)),
            Forecast::NotGrowing(_)
        ));
        assert!(matches!(
            forecast(&days(0..30), Some(1_000_000)),
            Forecast::Far(_)
        ));
    }

    #[test]
    fn what_may_as_well_not_grow_has_no_latest_day() {
        // All over the place around a faint rise: the lower end of the range falls.
        let points = days((0..30).map(|n| n * 37 % 83 + n / 2));
        let Forecast::RunsOut {
            day,
            earliest,
            latest,
            ..
        } = forecast(&points, Some(120))
        else {
            panic!("it runs out");
        };
        assert_eq!(
            (earliest, day),
            (date!(2026 - 02 - 15), date!(2026 - 03 - 19))
        );
        assert_eq!(latest, None);
    }

    #[test]
    fn a_day_in_the_past_is_no_forecast() {
        // One a day, one left: it would be full on the day after the last.
        let points = days(0..20);
        let last = date!(2026 - 01 - 20);
        let seen_on = |today| super::forecast(&points, Some(20), today);
        let runs_out = |forecast| match forecast {
            Forecast::RunsOut {
                day,
                earliest,
                latest,
                ..
            } => (day, earliest, latest),
            other => panic!("{other:?}"),
        };
        let next = date!(2026 - 01 - 21);
        assert_eq!(runs_out(seen_on(last)), (next, next, Some(next)));
        let now = date!(2026 - 01 - 22);
        assert_eq!(
            runs_out(seen_on(now)),
            (now, now, Some(now)),
            "it is due, and not full"
        );
        let late = date!(2026 - 01 - 23);
        assert_eq!(seen_on(late), Forecast::Stale { last });
        assert_eq!(
            super::forecast(&points, Some(5), late),
            Forecast::Stale { last },
            "what was full then may not be full now"
        );
    }

    #[test]
    fn the_range_is_that_of_the_tables() {
        // Kendall's variance for 14 days is 14 · 13 · 33 / 18 = 333; 1.645 of its root is 30.02, so of the 91
        // slopes in order the 30th and the 62nd are the ends.
        let slopes: Vec<i128> = (1..=91).collect();
        assert_eq!(interval(&slopes, 14), (30, 46, 62));
    }

    proptest! {
        #[test]
        fn the_range_holds_the_day(taken in proptest::collection::vec(0_i64..1_000_000, 14..60), limit in 1_i64..2_000_000) {
            let points = days(taken);
            if let Forecast::RunsOut { day, earliest, latest, basis } = forecast(&points, Some(limit)) {
                prop_assert!(earliest <= day && day > basis.to);
                prop_assert!(latest.is_none_or(|latest| latest >= day));
            }
        }

        #[test]
        fn no_figures_make_it_panic(taken in proptest::collection::vec(any::<i64>(), 0..40), limit in any::<Option<i64>>()) {
            let _ = forecast(&days(taken), limit);
        }
    }
}
