//! The measures that usage statements have in common, as their columns are called.

use rust_decimal::Decimal;
use sqlx::FromRow;

use crate::domain::measures::Measures;

/// Sums of a period; null where nothing of the kind was recorded.
#[derive(Debug, Clone, Copy, FromRow)]
pub(in crate::store) struct MeasuresRecord {
    total_cost: Option<Decimal>,
    cpu_hours: Option<Decimal>,
    gpu_hours: Option<Decimal>,
    storage_gb: Option<Decimal>,
    feature_store_api_calls: Option<Decimal>,
    model_inference_calls: Option<Decimal>,
}

impl From<MeasuresRecord> for Measures {
    fn from(record: MeasuresRecord) -> Self {
        Self {
            cost: record.total_cost,
            cpu_hours: record.cpu_hours,
            gpu_hours: record.gpu_hours,
            storage_gb_days: record.storage_gb,
            feature_store_calls: record.feature_store_api_calls,
            inference_calls: record.model_inference_calls,
        }
    }
}
