//! What comes after something has not happened: again with growing pauses and jitter, or a person must look.

use std::time::Duration;

/// The pause after the first failure.
const FIRST: Duration = Duration::from_secs(5);

/// No pause is longer after a failure of our own.
const LONGEST: Duration = Duration::from_secs(3600);

/// No pause is longer before another system is asked again: once it is back, nobody waits for long.
const LONGEST_OUTSIDE: Duration = Duration::from_secs(300);

/// What this program lacks is looked for again this much later.
pub const UNABLE: Duration = Duration::from_secs(900);

/// How often a thing is tried before somebody has to look at it: for about half an hour.
pub const MAX_ATTEMPTS: i32 = 10;

/// How often something outside is tried that may be down for days: between two and three and a half of them.
pub const PATIENT_ATTEMPTS: i32 = 1000;

/// Why something has not happened, as far as that decides what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setback {
    /// Others were in its way. They go away, so it is never given up for them.
    Held,
    /// It failed by itself, and may always do so.
    Failed,
    /// Another system is away, or declines for now.
    Away,
    /// This program lacks a key, a setting or a version for it.
    Unable,
    /// It cannot happen, however often it is tried.
    Never,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another attempt, this much later.
    Again(Duration),
    /// A person must look.
    GiveUp,
}

impl Setback {
    /// What comes after the `failures`-th failure in a row, this one included. `random` spreads what failed
    /// together.
    #[must_use]
    pub fn next(self, failures: i32, random: u128) -> Next {
        match self {
            Self::Held => Next::Again(pause(1, random)),
            Self::Failed if failures < MAX_ATTEMPTS => Next::Again(pause(failures, random)),
            Self::Away if failures < PATIENT_ATTEMPTS => {
                Next::Again(patient_pause(failures, random))
            }
            Self::Unable => Next::Again(UNABLE),
            Self::Failed | Self::Away | Self::Never => Next::GiveUp,
        }
    }
}

/// As [`pause`], and never more than five minutes.
#[must_use]
pub fn patient_pause(failures: i32, random: u128) -> Duration {
    pause_within(failures, random, LONGEST_OUTSIDE)
}

/// The pause after the `failures`-th failure in a row: 5 s, doubled each time up to an hour, of which
/// the second half is left to chance so that what failed together does not come back together. Ten
/// attempts span about half an hour, and never more than 43 minutes.
#[must_use]
pub fn pause(failures: i32, random: u128) -> Duration {
    pause_within(failures, random, LONGEST)
}

fn pause_within(failures: i32, random: u128, longest: Duration) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 20)).unwrap_or(0);
    let half = FIRST.saturating_mul(1 << doublings).min(longest) / 2;
    let millis = half.as_millis().max(1);
    // Less than `millis`, which fits: half an hour.
    let jitter = u64::try_from(random % millis).unwrap_or(0);
    half + Duration::from_millis(jitter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    #[test]
    fn ten_attempts_span_between_21_and_43_minutes() {
        let least: Duration = (1..MAX_ATTEMPTS).map(|n| pause(n, 0)).sum();
        assert_eq!(least.as_secs() / 60, 21);
        let most: Duration = (1..MAX_ATTEMPTS)
            .map(|n| pause(n, pause(n, 0).as_millis() - 1))
            .sum();
        assert_eq!(most.as_secs() / 60, 42);
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause(1, 0), Duration::from_millis(2500));
        assert_eq!(pause(2, 0), Duration::from_secs(5));
        assert_eq!(pause(3, 2_000), Duration::from_secs(12));
        assert_eq!(pause(i32::MAX, 0), Duration::from_secs(1800));
    }

    #[test]
    fn patience_lasts_days_and_asks_every_few_minutes() {
        let hours = |random: fn(i32) -> u128| {
            let all: Duration = (1..PATIENT_ATTEMPTS)
                .map(|n| patient_pause(n, random(n)))
                .sum();
            all.as_secs() / 3600
        };
        assert_eq!(hours(|_| 0), 41);
        assert_eq!(hours(|n| patient_pause(n, 0).as_millis() - 1), 82);
        assert!(patient_pause(i32::MAX, u128::MAX) <= LONGEST_OUTSIDE);
    }

    #[test]
    fn what_fails_by_itself_is_given_up_and_what_others_hold_never_is() {
        let given_up = |setback: Setback| {
            let tries = [
                1,
                MAX_ATTEMPTS - 1,
                MAX_ATTEMPTS,
                PATIENT_ATTEMPTS,
                i32::MAX,
            ];
            tries.map(|failures| setback.next(failures, 0) == Next::GiveUp)
        };
        assert_eq!(given_up(Setback::Held), [false; 5]);
        assert_eq!(given_up(Setback::Failed), [false, false, true, true, true]);
        assert_eq!(given_up(Setback::Away), [false, false, false, true, true]);
        assert_eq!(given_up(Setback::Unable), [false; 5]);
        assert_eq!(given_up(Setback::Never), [true; 5]);
    }

    #[test]
    fn what_others_hold_is_tried_soon_however_often() {
        let soon = Next::Again(Duration::from_millis(2500));
        assert_eq!(Setback::Held.next(i32::MAX, 0), soon);
    }

    proptest! {
        #[test]
        fn a_pause_is_never_none_and_never_over_an_hour(failures in any::<i32>(), random in any::<u128>()) {
            let pause = pause(failures, random);
            prop_assert!(pause >= FIRST / 2 && pause <= LONGEST);
        }
    }
}
