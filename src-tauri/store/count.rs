//! How many rows a list has, as its first page says it.

use sqlx::FromRow;

use crate::domain::browse::Count;

/// More matching rows than this are not counted one by one.
const COUNT_LIMIT: u64 = 10_000;

/// The columns in which a page says how many rows its list has.
#[derive(Debug, Clone, Copy, FromRow)]
pub(in crate::store) struct CountRecord {
    /// Counted, as far as one more than the limit.
    #[sqlx(default)]
    matching_rows: Option<i64>,
    /// There are more than so many, which nobody counted one by one.
    #[sqlx(default)]
    matching_over: Option<i64>,
}

impl CountRecord {
    /// What the first row of a page says; a page without rows has none to count.
    pub(in crate::store) fn of_first(first: Option<&Self>) -> Count {
        first.map_or(Count::Exact(0), |record| match record.matching_over {
            Some(over) => Count::Over(whole(over)),
            None => counted(record.matching_rows),
        })
    }
}

/// Of what was counted, as far as one more than the limit.
pub(in crate::store) fn counted(matching: Option<i64>) -> Count {
    let matching = whole(matching.unwrap_or(0));
    if matching > COUNT_LIMIT {
        Count::Over(COUNT_LIMIT)
    } else {
        Count::Exact(matching)
    }
}

/// Counts are never negative.
fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
