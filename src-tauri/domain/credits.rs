//! Credits of a prepaid account: what is left, and when it runs out at the present pace.

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};

use crate::domain::directory::Person;

/// Days over which the pace is measured. Two whole weeks, so that weekends weigh as they do.
pub const PACE_DAYS: u16 = 14;

/// An account that runs out within this many days wants attention.
pub const LOW_DAYS: i64 = 7;

/// Further ahead than this nobody should plan on a pace of two weeks.
pub const FORECAST_DAYS: i64 = 730;

/// What an account bought, was given and spent, in USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Credits {
    /// Bought so far.
    pub purchased: Decimal,
    /// Spent of what was bought.
    pub used: Decimal,
    /// Given for free.
    pub granted: Decimal,
    /// Spent of what was given.
    pub granted_used: Decimal,
}

impl Credits {
    /// Paid credits left; negative when more was used than bought.
    #[must_use]
    pub fn paid_left(self) -> Decimal {
        self.purchased - self.used
    }

    /// Free credits left.
    #[must_use]
    pub fn free_left(self) -> Decimal {
        self.granted - self.granted_used
    }

    /// The balance: paid and free together.
    #[must_use]
    pub fn balance(self) -> Decimal {
        self.paid_left() + self.free_left()
    }
}

/// Credits of the account that pays for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountCredits {
    /// Who pays.
    pub payer: Person,
    /// It is not the user but the owner of the team.
    pub paid_by_another: bool,
    /// `None` when the account has no credits on record.
    pub credits: Option<Credits>,
    /// Mean cost a day over the last fourteen days, in USD.
    pub per_day: Decimal,
    /// Bought last.
    pub last_purchase_at: Option<OffsetDateTime>,
}

/// When credits run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOut {
    /// The balance is zero or less.
    Already,
    /// About this day, at the present pace.
    About(Date),
    /// Not within two years.
    Far,
    /// Nothing was used lately, so there is no pace.
    NoPace,
}

impl RunOut {
    /// When a balance lasts that loses `per_day` a day from `today` on.
    #[must_use]
    pub fn forecast(balance: Decimal, per_day: Decimal, today: Date) -> Self {
        if balance <= Decimal::ZERO {
            return Self::Already;
        }
        if per_day <= Decimal::ZERO {
            return Self::NoPace;
        }
        let days = balance
            .checked_div(per_day)
            .and_then(|days| i64::try_from(days.trunc()).ok());
        match days.filter(|days| *days <= FORECAST_DAYS) {
            Some(days) => today
                .checked_add(Duration::days(days))
                .map_or(Self::Far, Self::About),
            None => Self::Far,
        }
    }

    /// Whether it runs out within [`LOW_DAYS`] of `today`, or has.
    #[must_use]
    pub fn is_low(self, today: Date) -> bool {
        match self {
            Self::Already => true,
            Self::About(day) => (day - today).whole_days() <= LOW_DAYS,
            Self::Far | Self::NoPace => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 20);

    #[test]
    fn the_balance_counts_paid_and_free() {
        let credits = Credits {
            purchased: dec!(250),
            used: dec!(231.6),
            granted: dec!(25),
            granted_used: dec!(25),
        };
        assert_eq!(credits.balance(), dec!(18.4));
    }

    #[test]
    fn a_balance_lasts_as_many_whole_days_as_it_pays_for() {
        let day = RunOut::forecast(dec!(18.40), dec!(9.10), TODAY);
        assert_eq!(day, RunOut::About(date!(2026 - 11 - 22)));
        assert!(day.is_low(TODAY));
    }

    #[test]
    fn no_balance_no_pace_and_a_crawl_are_told_apart() {
        assert_eq!(RunOut::forecast(dec!(0), dec!(1), TODAY), RunOut::Already);
        assert_eq!(RunOut::forecast(dec!(5), dec!(0), TODAY), RunOut::NoPace);
        assert_eq!(
            RunOut::forecast(dec!(5), dec!(0.0000001), TODAY),
            RunOut::Far
        );
        assert_eq!(
            RunOut::forecast(Decimal::MAX, dec!(0.0000000001), TODAY),
            RunOut::Far
        );
    }

    proptest! {
        #[test]
        fn a_larger_balance_never_runs_out_sooner(
            cents in 1_i64..1_000_000, more in 0_i64..1_000_000, pace in 1_i64..100_000,
        ) {
            let day = |cents: i64| match RunOut::forecast(
                Decimal::new(cents, 2), Decimal::new(pace, 2), TODAY,
            ) {
                RunOut::About(day) => day,
                _ => Date::MAX,
            };
            prop_assert!(day(cents) <= day(cents + more));
        }
    }
}
