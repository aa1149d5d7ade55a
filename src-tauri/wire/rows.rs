//! Rows of a list inside a panel, with source and age, or why there are none.

use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::browse::Count;
use crate::domain::money::count_shown;
use crate::domain::slice::{Part, Slice};
use crate::wire::cursor;
use crate::wire::time::rfc3339;

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Rows<T> {
    pub rows: Vec<T>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages, and where nobody counts.
    pub count: Option<String>,
    /// One sentence when this database has no such data; there are no rows then.
    pub missing: Option<String>,
    /// Sentences about a part of the data that this database does not record.
    pub notes: Vec<String>,
    /// Where the data comes from, in the service's own words.
    pub source: String,
    /// When it was read (RFC 3339, UTC).
    pub read_at: String,
    /// Age of the figures in it, where they were summed up earlier (RFC 3339, UTC).
    pub as_of: Option<String>,
}

impl<T> Rows<T> {
    /// Rows as read.
    #[must_use]
    pub fn of<D>(
        source: &str,
        now: OffsetDateTime,
        slice: Slice<D>,
        into: impl FnMut(D) -> T,
    ) -> Self {
        Self {
            next: slice.next.as_ref().map(cursor::encode),
            count: slice.count.map(|count| match count {
                Count::Exact(count) => count_shown(count),
                Count::Over(count) => format!("over {}", count_shown(count)),
            }),
            rows: slice.rows.into_iter().map(into).collect(),
            missing: None,
            notes: Vec::new(),
            source: source.to_owned(),
            read_at: rfc3339(now),
            as_of: None,
        }
    }

    /// No rows, since this database has no such data.
    #[must_use]
    pub fn missing(source: &str, now: OffsetDateTime, sentence: &str) -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            count: None,
            missing: Some(sentence.to_owned()),
            notes: Vec::new(),
            source: source.to_owned(),
            read_at: rfc3339(now),
            as_of: None,
        }
    }

    /// The same with what a part of the data lacks; nothing where that is `None`.
    #[must_use]
    pub fn noting(mut self, sentence: Option<&str>) -> Self {
        self.notes.extend(sentence.map(str::to_owned));
        self
    }

    /// The same with the age of figures that were summed up earlier.
    #[must_use]
    pub fn as_of(mut self, at: Option<OffsetDateTime>) -> Self {
        self.as_of = at.map(rfc3339);
        self
    }
}

/// Where to read, from what the window hands back; `None` when `after` is not one that was handed out.
#[must_use]
pub fn part(after: Option<&str>, limit: u16) -> Option<Part> {
    let after = match after {
        None => None,
        Some(text) => Some(cursor::decode(text)?),
    };
    Some(Part { after, limit })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use crate::domain::browse::{Cursor, CursorKey};

    use super::*;

    #[test]
    fn what_is_handed_out_leads_to_the_next_rows() {
        let cursor = Cursor {
            key: CursorKey::Time(datetime!(2026-11-20 13:05:07.123456 UTC).into()),
            id: "a".to_owned(),
        };
        let slice = Slice {
            rows: vec![1],
            next: Some(cursor.clone()),
            count: Some(Count::Over(10_000)),
        };
        let rows = Rows::of("t", datetime!(2026-11-20 13:05 UTC), slice, |row| row);
        assert_eq!(rows.count.as_deref(), Some("over 10,000"));
        let next = part(rows.next.as_deref(), 5).expect("our own text");
        assert_eq!(next.after, Some(cursor));
        assert_eq!(part(Some("nonsense"), 5), None);
    }
}
