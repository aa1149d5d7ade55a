//! Switches of effects, and the authorities of clusters' certificates.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::commands::clusters::cluster_id;
use crate::desktop::console::Console;
use crate::usecases::{switch_effect, trust_cluster};
use crate::wire::effects::{ClusterAuthority, EffectOrder, EffectSwitches};
use crate::wire::panel::Panel;

/// Every switch, and the clusters that can have their own.
#[tauri::command]
pub(in crate::desktop) async fn effects(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<EffectSwitches>> {
    let desk = console.desk()?;
    let switches = switch_effect::show_effects(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of("console.effects", desk.now(), switches.into()))
}

/// Switches an effect, everywhere or on one cluster.
#[tauri::command]
pub(in crate::desktop) async fn set_effect(
    console: State<'_, Arc<Console>>,
    order: EffectOrder,
) -> Answer<()> {
    let desk = console.desk()?;
    switch_effect::switch_effect(
        &desk,
        &order.effect,
        order.cluster.as_deref(),
        order.mode.word(),
        &order.reason,
    )
    .await
    .map_err(|error| console.desk_failure(&error))
}

/// The authority of a cluster's certificate; null: a public one.
#[tauri::command]
pub(in crate::desktop) async fn cluster_authority(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Option<ClusterAuthority>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let authority = trust_cluster::show_authority(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(authority.map(Into::into))
}

/// Sets it; without a certificate a public one counts again.
#[tauri::command]
pub(in crate::desktop) async fn set_cluster_authority(
    console: State<'_, Arc<Console>>,
    id: String,
    pem: Option<String>,
    reason: String,
) -> Answer<()> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    trust_cluster::set_authority(&desk, &id, pem.as_deref(), &reason)
        .await
        .map_err(|error| console.desk_failure(&error))
}
