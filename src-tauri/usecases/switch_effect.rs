//! Switch effects: which of what reaches other systems is off, only computed, or live.

use crate::domain::ids::ClusterId;
use crate::domain::switches::{Switch, Switches};
use crate::store::people;
use crate::store::staff_list;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Every switch, and the clusters that can have their own.
///
/// # Errors
/// When the database fails.
pub async fn show_effects(desk: &Desk) -> Result<Switches, DeskError> {
    let switches = staff_list::switches(&desk.store).await?;
    let mut reading = desk.store.read().await?;
    let clusters = people::clusters(&mut reading).await?;
    reading.end().await?;
    let switches = switches.into_iter().map(|switch| Switch {
        effect: switch.effect,
        cluster: switch.cluster_id.as_deref().map(ClusterId::recorded),
        mode: switch.mode,
        set_by: switch.set_by,
        set_at: switch.set_at,
    });
    Ok(Switches {
        switches: switches.collect(),
        clusters,
    })
}

/// Switches an effect, everywhere or on one cluster.
///
/// # Errors
/// When the database declines: no elevated admin, no such effect or cluster, no good reason.
pub async fn switch_effect(
    desk: &Desk,
    effect: &str,
    cluster: Option<&str>,
    mode: &str,
    reason: &str,
) -> Result<(), DeskError> {
    staff_list::switch(&desk.store, effect, cluster, mode, reason).await?;
    Ok(())
}
