//! Amounts that are looked for, as statements take them: a range that is open on one side.

use std::ops::Bound;

use rust_decimal::Decimal;
use sqlx::postgres::types::PgRange;

use crate::domain::edge::Edge;

/// All amounts over the edge.
pub(in crate::store) fn over(edge: Option<Edge>) -> Option<PgRange<Decimal>> {
    edge.map(|Edge { amount, above }| PgRange {
        start: if above {
            Bound::Excluded(amount)
        } else {
            Bound::Included(amount)
        },
        end: Bound::Unbounded,
    })
}

/// All amounts under the edge.
pub(in crate::store) fn under(edge: Option<Edge>) -> Option<PgRange<Decimal>> {
    edge.map(|Edge { amount, above }| PgRange {
        start: Bound::Unbounded,
        end: if above {
            Bound::Included(amount)
        } else {
            Bound::Excluded(amount)
        },
    })
}
