//! A panel of a screen: its data with source and age, or why there is none.

use serde::Serialize;
use ts_rs::TS;

/// What one panel shows. Exactly one of `data` and `lacking` is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Panel<T> {
    /// Where the data comes from, in the service's own words, e.g. `"usage_daily"`.
    pub source: String,
    /// When it was read (RFC 3339, UTC).
    pub read_at: String,
    pub data: Option<T>,
    /// One sentence when this database has no such data, e.g. `"This database has no table invoices."`
    pub lacking: Option<String>,
}
