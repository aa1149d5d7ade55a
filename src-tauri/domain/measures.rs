//! What somebody used over some time, measure by measure, exact.

use rust_decimal::Decimal;

use crate::domain::usage::Metric;

/// Days of a month as storage is billed: a day's snapshot counts a thirtieth of a GB-month.
pub const BILLED_DAYS: u32 = 30;

/// Sums over days. `None` where nothing of the kind was recorded on any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// USD.
    pub cost: Option<Decimal>,
    /// Core hours.
    pub cpu_hours: Option<Decimal>,
    /// Hours of whole GPUs.
    pub gpu_hours: Option<Decimal>,
    /// GB-days: what was kept on each day, added up.
    pub storage_gb_days: Option<Decimal>,
    /// Calls of the feature store's API.
    pub feature_store_calls: Option<Decimal>,
    /// Calls of deployed models.
    pub inference_calls: Option<Decimal>,
}

impl Measures {
    /// One of them as it adds up: storage in GB-days.
    #[must_use]
    pub fn of(&self, metric: Metric) -> Option<Decimal> {
        match metric {
            Metric::Cost => self.cost,
            Metric::CpuHours => self.cpu_hours,
            Metric::GpuHours => self.gpu_hours,
            Metric::StorageGb => self.storage_gb_days,
            Metric::FeatureStoreCalls => self.feature_store_calls,
            Metric::InferenceCalls => self.inference_calls,
        }
    }

    /// One of them as it is shown: storage in GB-months.
    #[must_use]
    pub fn shown(&self, metric: Metric) -> Option<Decimal> {
        let value = self.of(metric)?;
        if metric == Metric::StorageGb {
            gb_months(value)
        } else {
            Some(value)
        }
    }

    /// The sum of both, exact. What neither recorded stays unknown; what only one did is that one's.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            cost: sum(self.cost, other.cost),
            cpu_hours: sum(self.cpu_hours, other.cpu_hours),
            gpu_hours: sum(self.gpu_hours, other.gpu_hours),
            storage_gb_days: sum(self.storage_gb_days, other.storage_gb_days),
            feature_store_calls: sum(self.feature_store_calls, other.feature_store_calls),
            inference_calls: sum(self.inference_calls, other.inference_calls),
        }
    }
}

/// The unit in which a measure is shown over a period.
#[must_use]
pub fn period_unit(metric: Metric) -> &'static str {
    if metric == Metric::StorageGb {
        "GB-months"
    } else {
        metric.unit()
    }
}

/// GB-days as GB-months, which is how storage is billed. For presentation: a thirtieth has no end.
#[must_use]
pub fn gb_months(gb_days: Decimal) -> Option<Decimal> {
    gb_days.checked_div(BILLED_DAYS.into())
}

fn sum(one: Option<Decimal>, other: Option<Decimal>) -> Option<Decimal> {
    match (one, other) {
        (Some(one), Some(other)) => one.checked_add(other),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn thirty_gb_days_are_a_gb_month() {
        let kept = Measures {
            storage_gb_days: Some(dec!(60)),
            ..Measures::default()
        };
        assert_eq!(kept.shown(Metric::StorageGb), Some(dec!(2)));
        assert_eq!(kept.of(Metric::StorageGb), Some(dec!(60)));
        assert_eq!(
            kept.shown(Metric::Cost),
            None,
            "what is not recorded is no zero"
        );
    }

    fn measure() -> impl Strategy<Value = Option<Decimal>> {
        prop::option::of(
            (-1_000_000_000_i64..1_000_000_000, 0_u32..10).prop_map(|(d, s)| Decimal::new(d, s)),
        )
    }

    fn measures() -> impl Strategy<Value = Measures> {
        (measure(), measure(), measure()).prop_map(|(cost, cpu_hours, storage_gb_days)| Measures {
            cost,
            cpu_hours,
            storage_gb_days,
            ..Measures::default()
        })
    }

    proptest! {
        #[test]
        fn sums_do_not_depend_on_the_order(one in measures(), two in measures(), three in measures()) {
            prop_assert_eq!(one.plus(&two), two.plus(&one));
            prop_assert_eq!(one.plus(&two).plus(&three), one.plus(&two.plus(&three)));
            prop_assert_eq!(one.plus(&Measures::default()), one);
        }
    }
}
