//! Shows what clusters carry and for whom, from the snapshots on record.

use crate::domain::capacity::forecast::Forecast;
use crate::domain::capacity::recorded::{
    ClusterState, Footprint, Holdings, Limited, SeenNode, Watch,
};
use crate::domain::ids::{ClusterId, UserId};
use crate::store::{capacity, forecasts, snapshots};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Nodes and customers that are shown of one cluster, the most telling first.
pub const MOST_SHOWN: u16 = 100;

/// How a cluster is, and what it carried when it last said so.
///
/// # Errors
/// When the database fails.
pub async fn show_state(desk: &Desk, id: &ClusterId) -> Result<ClusterState, DeskError> {
    let mut reading = desk.store.read().await?;
    let state = capacity::state(&mut reading, id).await?;
    reading.end().await?;
    Ok(state)
}

/// Its nodes, those with something wrong first; and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn show_nodes(desk: &Desk, id: &ClusterId) -> Result<(Vec<SeenNode>, u32), DeskError> {
    let mut reading = desk.store.read().await?;
    let nodes = capacity::nodes(&mut reading, id, MOST_SHOWN).await?;
    reading.end().await?;
    Ok(nodes)
}

/// Who holds what there.
///
/// # Errors
/// When the database fails.
pub async fn show_holdings(desk: &Desk, id: &ClusterId) -> Result<Holdings, DeskError> {
    let mut reading = desk.store.read().await?;
    let holdings = capacity::holdings(&mut reading, id, by_seat(desk), MOST_SHOWN).await?;
    reading.end().await?;
    Ok(holdings)
}

/// What the projects of a user hold, and how many of them hold anything.
///
/// # Errors
/// When the database fails.
pub async fn show_footprint(desk: &Desk, id: &UserId) -> Result<(Vec<Footprint>, u32), DeskError> {
    let mut reading = desk.store.read().await?;
    let footprint = capacity::footprint(&mut reading, id, by_seat(desk), MOST_SHOWN).await?;
    reading.end().await?;
    Ok(footprint)
}

/// When it runs out of what, by how that grew in the last ninety days.
///
/// # Errors
/// When the database fails.
pub async fn show_forecasts(
    desk: &Desk,
    id: &ClusterId,
) -> Result<Vec<(Limited, Forecast)>, DeskError> {
    let mut reading = desk.store.read().await?;
    let forecasts = forecasts::of(&mut reading, id, None).await?;
    reading.end().await?;
    Ok(forecasts)
}

/// Has a cluster looked at soon, where anybody looks at it.
///
/// # Errors
/// When the database declines or fails.
pub async fn look_again(desk: &Desk, id: &ClusterId) -> Result<Watch, DeskError> {
    Ok(snapshots::request(&desk.store, id).await?)
}

/// Projects do not say where they are: those of the people with a seat there are meant.
pub(in crate::usecases) fn by_seat(desk: &Desk) -> bool {
    desk.lacks.column("user_projects", "cluster_id").is_some()
}
