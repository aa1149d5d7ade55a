//! What clusters carry and for whom: panels of the page of a cluster and of a user.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::commands::clusters::cluster_id;
use crate::desktop::commands::user::user_id;
use crate::desktop::console::Console;
use crate::usecases::show_capacity::{
    look_again, show_footprint, show_forecasts, show_holdings, show_nodes, show_state,
};
use crate::wire::capacity::{ClusterState, asked_for};
use crate::wire::cluster_nodes::NodesShown;
use crate::wire::forecast::ForecastShown;
use crate::wire::holdings::{HoldingsShown, UserFootprint};
use crate::wire::panel::Panel;

/// How a cluster is, and what it carried when it last said so.
#[tauri::command]
pub(in crate::desktop) async fn cluster_state(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<ClusterState>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let state = show_state(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Panel::of(
        "cluster snapshots",
        now,
        ClusterState::new(&state, now),
    ))
}

/// Its nodes.
#[tauri::command]
pub(in crate::desktop) async fn cluster_nodes(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<NodesShown>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let (nodes, count) = show_nodes(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(
        "last snapshot",
        desk.now(),
        NodesShown::new(nodes, count),
    ))
}

/// Who holds what there.
#[tauri::command]
pub(in crate::desktop) async fn cluster_holdings(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<HoldingsShown>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let source = "last snapshot, user_projects";
    if let Some(sentence) = desk.lacks.view("user_projects") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let holdings = show_holdings(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Panel::of(source, now, HoldingsShown::new(holdings, now)))
}

/// When it runs out of what.
#[tauri::command]
pub(in crate::desktop) async fn cluster_forecasts(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<Vec<ForecastShown>>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let forecasts = show_forecasts(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let shown = forecasts
        .into_iter()
        .map(|forecast| ForecastShown::new(forecast, now));
    Ok(Panel::of("cluster snapshots", now, shown.collect()))
}

/// Has a cluster looked at soon; what comes of that, in a sentence.
#[tauri::command]
pub(in crate::desktop) async fn look_at_cluster(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<&'static str> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    look_again(&desk, &id)
        .await
        .map(asked_for)
        .map_err(|error| console.desk_failure(&error))
}

/// What the projects of a user hold at the moment.
#[tauri::command]
pub(in crate::desktop) async fn user_footprint(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<UserFootprint>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "last snapshot, user_projects";
    if let Some(sentence) = desk.lacks.view("user_projects") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let (rows, all) = show_footprint(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Panel::of(source, now, UserFootprint::new(rows, all, now)))
}
