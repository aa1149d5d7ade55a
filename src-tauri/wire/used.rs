//! What somebody used over a period, measure by measure, as it crosses to the window.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use ts_rs::TS;

use crate::domain::fleet::Sums;
use crate::domain::measures::{Measures, period_unit};
use crate::domain::money::{count_shown, quantity_shown};
use crate::domain::overview::Compared;
use crate::domain::teams::share;
use crate::domain::usage::Metric;
use crate::wire::money::{Change, Money, Quantity};

/// Sums of a period. Null where nothing of the kind was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Used {
    pub cost: Option<Money>,
    pub cpu_hours: Option<Quantity>,
    pub gpu_hours: Option<Quantity>,
    /// In GB-months: thirty days of a GB.
    pub storage_gb: Option<Quantity>,
    pub feature_store_calls: Option<Quantity>,
    pub inference_calls: Option<Quantity>,
}

/// Each measure beside the period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsedChange {
    pub cost: Change,
    pub cpu_hours: Change,
    pub gpu_hours: Change,
    pub storage_gb: Change,
    pub feature_store_calls: Change,
    pub inference_calls: Change,
}

/// Each measure as a part of a whole, e.g. `"12.4 %"`; null when there is no whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsedShare {
    pub cost: Option<String>,
    pub cpu_hours: Option<String>,
    pub gpu_hours: Option<String>,
    pub storage_gb: Option<String>,
    pub feature_store_calls: Option<String>,
    pub inference_calls: Option<String>,
}

impl UsedShare {
    /// What part of `whole` each measure of `part` is.
    #[must_use]
    pub fn of(part: &Measures, whole: &Measures) -> Self {
        let share = |metric| share_shown(part.of(metric), whole.of(metric));
        Self {
            cost: share(Metric::Cost),
            cpu_hours: share(Metric::CpuHours),
            gpu_hours: share(Metric::GpuHours),
            storage_gb: share(Metric::StorageGb),
            feature_store_calls: share(Metric::FeatureStoreCalls),
            inference_calls: share(Metric::InferenceCalls),
        }
    }
}

impl From<Measures> for Used {
    fn from(measures: Measures) -> Self {
        let quantity = |metric| {
            let value = measures.shown(metric)?;
            Some(Quantity {
                value: value.to_string(),
                shown: metric_shown(metric, value),
                unit: period_unit(metric).to_owned(),
            })
        };
        Self {
            cost: measures.cost.map(Money::usd),
            cpu_hours: quantity(Metric::CpuHours),
            gpu_hours: quantity(Metric::GpuHours),
            storage_gb: quantity(Metric::StorageGb),
            feature_store_calls: quantity(Metric::FeatureStoreCalls),
            inference_calls: quantity(Metric::InferenceCalls),
        }
    }
}

impl From<Sums> for UsedChange {
    fn from(sums: Sums) -> Self {
        let change = |metric| {
            Change::from(Compared {
                now: sums.now.measures.of(metric),
                before: sums.before.measures.of(metric),
            })
        };
        Self {
            cost: change(Metric::Cost),
            cpu_hours: change(Metric::CpuHours),
            gpu_hours: change(Metric::GpuHours),
            storage_gb: change(Metric::StorageGb),
            feature_store_calls: change(Metric::FeatureStoreCalls),
            inference_calls: change(Metric::InferenceCalls),
        }
    }
}

/// A value of a measure: calls are whole, everything else has two decimals.
#[must_use]
pub fn metric_shown(metric: Metric, value: Decimal) -> String {
    match metric {
        Metric::FeatureStoreCalls | Metric::InferenceCalls => {
            u64::try_from(value.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven))
                .map_or_else(|_| quantity_shown(value), count_shown)
        }
        _ => quantity_shown(value),
    }
}

/// The part of a whole: `"12.4 %"`, `"under 0.1 %"`; null when there is no whole.
#[must_use]
pub fn share_shown(part: Option<Decimal>, whole: Option<Decimal>) -> Option<String> {
    let percent = share(part, whole)?;
    let mut rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointNearestEven);
    rounded.rescale(1);
    Some(if rounded.is_zero() && percent > Decimal::ZERO {
        "under 0.1 %".to_owned()
    } else {
        format!("{rounded} %")
    })
}

/// Measures a database has no column for, by their names in [`Used`].
pub fn lacking_measures(lacks: impl Fn(&str) -> bool) -> Vec<String> {
    Metric::ALL
        .into_iter()
        .filter(|metric| lacks(metric.column()))
        .map(|metric| metric_name(metric).to_owned())
        .collect()
}

fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Cost => "cost",
        Metric::CpuHours => "cpu_hours",
        Metric::GpuHours => "gpu_hours",
        Metric::StorageGb => "storage_gb",
        Metric::FeatureStoreCalls => "feature_store_calls",
        Metric::InferenceCalls => "inference_calls",
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn storage_is_shown_in_gb_months_and_calls_are_whole() {
        let used = Used::from(Measures {
            storage_gb_days: Some(dec!(45)),
            feature_store_calls: Some(dec!(12345)),
            ..Measures::default()
        });
        let storage = used.storage_gb.expect("storage");
        assert_eq!(
            (storage.shown.as_str(), storage.unit.as_str()),
            ("1.50", "GB-months")
        );
        assert_eq!(used.feature_store_calls.expect("calls").shown, "12,345");
        assert_eq!(used.cost, None, "what is not recorded is no zero");
    }

    #[test]
    fn a_small_share_is_not_none() {
        let shown = |part| share_shown(Some(part), Some(dec!(10000)));
        assert_eq!(shown(dec!(1234)).as_deref(), Some("12.3 %"));
        assert_eq!(shown(dec!(1)).as_deref(), Some("under 0.1 %"));
        assert_eq!(shown(dec!(0)).as_deref(), Some("0.0 %"));
        assert_eq!(share_shown(Some(dec!(1)), None), None);
    }

    #[test]
    fn what_a_database_lacks_goes_by_its_name_here() {
        let lacking = lacking_measures(|column| column == "gpu_hours" || column == "storage_gb");
        assert_eq!(lacking, ["gpu_hours", "storage_gb"]);
    }
}
