//! A panel of a screen: its data with source and age, or why there is none.

use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::wire::time::rfc3339;

/// What one panel shows. Exactly one of `data` and `lacking` is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Panel<T> {
    /// Where the data comes from, in the service's own words, e.g. `"usage_daily"`.
    pub source: String,
    /// When it was read (RFC 3339, UTC).
    pub read_at: String,
    /// As of when its figures were counted (RFC 3339, UTC), where that is not when they were read.
    pub as_of: Option<String>,
    pub data: Option<T>,
    /// One sentence when this database has no such data, e.g. `"This database has no table invoices."`
    pub lacking: Option<String>,
}

impl<T> Panel<T> {
    /// A panel with data, read at that moment.
    #[must_use]
    pub fn of(source: &str, read_at: OffsetDateTime, data: T) -> Self {
        Self {
            source: source.to_owned(),
            read_at: rfc3339(read_at),
            as_of: None,
            data: Some(data),
            lacking: None,
        }
    }

    /// The same, with figures that were counted at that moment.
    #[must_use]
    pub fn as_of(self, counted: Option<OffsetDateTime>) -> Self {
        Self {
            as_of: counted.map(rfc3339),
            ..self
        }
    }

    /// A panel that this database has no data for.
    #[must_use]
    pub fn lacking(source: &str, read_at: OffsetDateTime, sentence: &str) -> Self {
        Self {
            source: source.to_owned(),
            read_at: rfc3339(read_at),
            as_of: None,
            data: None,
            lacking: Some(sentence.to_owned()),
        }
    }
}
