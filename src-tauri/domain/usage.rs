//! Usage per day, as charts and tables show it.

use rust_decimal::Decimal;
use time::Date;

use crate::domain::money::exact_sum;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// USD.
    Cost,
    /// CPU hours.
    CpuHours,
    /// GPU hours.
    GpuHours,
    /// GB at the day's snapshot.
    StorageGb,
    /// Calls of the feature store's API.
    FeatureStoreCalls,
    /// Calls of deployed models.
    InferenceCalls,
}

impl Metric {
    /// All of them, in the order in which screens show them.
    pub const ALL: [Self; 6] = [
        Self::Cost,
        Self::CpuHours,
        Self::GpuHours,
        Self::StorageGb,
        Self::FeatureStoreCalls,
        Self::InferenceCalls,
    ];

    /// The unit on the axis.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Cost => "USD",
            Self::CpuHours => "CPU h",
            Self::GpuHours => "GPU h",
            Self::StorageGb => "GB",
            Self::FeatureStoreCalls | Self::InferenceCalls => "calls",
        }
    }

    /// The column of the canonical view.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Self::Cost => "total_cost",
            Self::CpuHours => "cpu_hours",
            Self::GpuHours => "gpu_hours",
            Self::StorageGb => "storage_gb",
            Self::FeatureStoreCalls => "feature_store_api_calls",
            Self::InferenceCalls => "model_inference_calls",
        }
    }

    /// Whether days add up. Storage is a level: its mean over the days says something, its sum nothing.
    #[must_use]
    pub fn adds_up(self) -> bool {
        self != Self::StorageGb
    }
}

/// One day; `None` on a day without a row: a gap, not a zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayValue {
    /// UTC.
    pub date: Date,
    /// Exact.
    pub value: Option<Decimal>,
}

/// A metric over consecutive days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageSeries {
    /// What is measured.
    pub metric: Metric,
    /// One a day, oldest first, none left out.
    pub days: Vec<DayValue>,
}

impl UsageSeries {
    /// Sum, or mean of the recorded days where days do not add up. `None` without any recorded day.
    #[must_use]
    pub fn total(&self) -> Option<Decimal> {
        let recorded: Vec<_> = self.days.iter().filter_map(|day| day.value).collect();
        let sum = exact_sum(recorded.iter().copied()).filter(|_| !recorded.is_empty())?;
        if self.metric.adds_up() {
            Some(sum)
        } else {
            sum.checked_div(recorded.len().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    #[test]
    fn hours_add_up_and_storage_averages_over_recorded_days() {
        let days = vec![
            DayValue {
                date: date!(2026 - 11 - 01),
                value: Some(dec!(10)),
            },
            DayValue {
                date: date!(2026 - 11 - 02),
                value: None,
            },
            DayValue {
                date: date!(2026 - 11 - 03),
                value: Some(dec!(20)),
            },
        ];
        let total = |metric| {
            UsageSeries {
                metric,
                days: days.clone(),
            }
            .total()
        };
        assert_eq!(total(Metric::CpuHours), Some(dec!(30)));
        assert_eq!(total(Metric::StorageGb), Some(dec!(15)));
    }

    #[test]
    fn no_recorded_day_has_no_total() {
        let days = vec![DayValue {
            date: date!(2026 - 11 - 01),
            value: None,
        }];
        assert_eq!(
            UsageSeries {
                metric: Metric::Cost,
                days
            }
            .total(),
            None
        );
    }
}
