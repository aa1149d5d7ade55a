//! What clusters carry, row by row and to the last, for files.

use futures_util::{Stream, StreamExt as _};
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;

use crate::domain::capacity::namespaces::OF_THE_CLUSTER;
use crate::domain::capacity::recorded::{Footprint, Holding, SeenNode};
use crate::domain::ids::{ClusterId, UserId};
use crate::store::capacity::{
    FOOTPRINT, FootprintRecord, HOLDINGS, HoldingRecord, NODES, NodeRecord,
};
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const NODES_TOTALS: Statement = totals!("cluster_nodes.sql";
    "cpu_allocatable * 0.001", "cpu_requested * 0.001", "cpu_limits * 0.001", "cpu_used * 0.001",
    "memory_allocatable", "memory_requested", "memory_limits", "memory_used", "gpu_allocatable", "gpu_requested");
const HOLDINGS_TOTALS: Statement = totals!("cluster_holdings.sql";
    "cpu * 0.001", "cpu_used * 0.001", "memory", "memory_used", "gpu", "disk", "cost");
const FOOTPRINT_TOTALS: Statement = totals!("user_footprint.sql";
    "cpu * 0.001", "cpu_used * 0.001", "memory", "memory_used", "gpu", "disk", "cost");

/// Everybody who holds something on a cluster, as of when, in the order of the screen. Where projects do not say
/// where they are (`by_seat`), those of the people with a seat there count.
pub fn holdings<'r>(
    reading: &'r mut Reading,
    id: &ClusterId,
    by_seat: bool,
) -> impl Stream<Item = Result<(OffsetDateTime, Holding), StoreError>> + Send + 'r {
    reading
        .stream(holdings_bound::<HoldingRecord>(HOLDINGS, id, by_seat))
        .map(|record| record.map(|record| (record.held.taken_at, record.into_holding())))
}

/// How many they are, and what they hold together.
///
/// # Errors
/// Whatever the database says.
pub async fn holdings_totals(
    reading: &mut Reading,
    id: &ClusterId,
    by_seat: bool,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(holdings_bound(HOLDINGS_TOTALS, id, by_seat))
        .await
}

/// All nodes of a cluster, as of when, in the order of the screen.
pub fn nodes<'r>(
    reading: &'r mut Reading,
    id: &ClusterId,
) -> impl Stream<Item = Result<(OffsetDateTime, SeenNode), StoreError>> + Send + 'r {
    reading
        .stream(nodes_bound::<NodeRecord>(NODES, id))
        .map(|record| record.map(|record| (record.taken_at, record.into_node())))
}

/// How many they are, and what they have together.
///
/// # Errors
/// Whatever the database says.
pub async fn nodes_totals(
    reading: &mut Reading,
    id: &ClusterId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(nodes_bound(NODES_TOTALS, id)).await
}

/// Everything that the projects of a user hold, on whichever cluster, in the order of the screen.
pub fn footprint<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    by_seat: bool,
) -> impl Stream<Item = Result<Footprint, StoreError>> + Send + 'r {
    reading
        .stream(footprint_bound::<FootprintRecord>(FOOTPRINT, id, by_seat))
        .map(|record| record.map(FootprintRecord::into_footprint))
}

/// How many projects they are, and what they hold together.
///
/// # Errors
/// Whatever the database says.
pub async fn footprint_totals(
    reading: &mut Reading,
    id: &UserId,
    by_seat: bool,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(footprint_bound(FOOTPRINT_TOTALS, id, by_seat))
        .await
}

fn holdings_bound<R>(statement: Statement, id: &ClusterId, by_seat: bool) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let own: Vec<String> = OF_THE_CLUSTER.iter().map(|&name| name.to_owned()).collect();
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(by_seat)
        .bind(own)
        .bind(None::<i64>)
}

fn nodes_bound<R>(statement: Statement, id: &ClusterId) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(None::<i64>)
}

fn footprint_bound<R>(statement: Statement, id: &UserId, by_seat: bool) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(by_seat)
        .bind(None::<i64>)
}
