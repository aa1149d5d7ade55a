//! The Clusters list and the page of one cluster, panel by panel.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::user_work::asked;
use crate::desktop::console::Console;
use crate::domain::ids::ClusterId;
use crate::usecases::browse_clusters::browse_clusters;
use crate::usecases::chart_usage::ChartSubject;
use crate::usecases::desk::Desk;
use crate::usecases::show_cluster::{
    show_cluster, show_cluster_projects, show_findings, show_seated,
};
use crate::wire::chart::{Chart, ChartRequest};
use crate::wire::cluster_page::{
    ClusterDetail, ClusterFindings, ClusterProject, SeatedPage, SeatedQuery,
};
use crate::wire::clusters::{ClustersPage, ClustersQuery};
use crate::wire::panel::Panel;
use crate::wire::rows::Rows;

/// One page of the list.
#[tauri::command]
pub(in crate::desktop) async fn clusters_page(
    console: State<'_, Arc<Console>>,
    query: ClustersQuery,
) -> Answer<ClustersPage> {
    let desk = console.desk()?;
    let query = query
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let (slice, as_of) = browse_clusters(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(ClustersPage::new(slice, as_of, lacking(&desk), desk.now()))
}

/// Facts and seats of one cluster.
#[tauri::command]
pub(in crate::desktop) async fn cluster_facts(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<ClusterDetail>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let detail = show_cluster(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let (now, as_of) = (desk.now(), detail.as_of);
    let facts = ClusterDetail::new(detail, lacking(&desk), now);
    Ok(Panel::of("hopsworks_clusters, assignments", now, facts).as_of(as_of))
}

/// What a cluster carried per day.
#[tauri::command]
pub(in crate::desktop) async fn cluster_usage(
    console: State<'_, Arc<Console>>,
    id: String,
    request: ChartRequest,
) -> Answer<Panel<Chart>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    if let Some(sentence) = desk.lacks.column("usage_daily", "hopsworks_cluster_id") {
        return Ok(Panel::lacking("usage_daily", desk.now(), sentence));
    }
    console.chart(&ChartSubject::Cluster(id), &request).await
}

/// Who has a seat there.
#[tauri::command]
pub(in crate::desktop) async fn cluster_people(
    console: State<'_, Arc<Console>>,
    id: String,
    query: SeatedQuery,
) -> Answer<SeatedPage> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let query = query
        .decode(id)
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let slice = show_seated(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let lacking = [
        ("assigned_at", "cluster_assignments", "assigned_at"),
        ("assigned_by", "cluster_assignments", "assigned_by"),
        (
            "hopsworks_username",
            "cluster_assignments",
            "hopsworks_username",
        ),
        ("month_cost", "usage_daily", "total_cost"),
        ("team", "users", "account_owner_id"),
        ("status", "users", "status"),
    ];
    Ok(SeatedPage::new(slice, without(&desk, &lacking), desk.now()))
}

/// What is wrong there.
#[tauri::command]
pub(in crate::desktop) async fn cluster_findings(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<ClusterFindings>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let source = "assignments, usage_daily, the cluster";
    if let Some(sentence) = desk.lacks.column("cluster_assignments", "cluster_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let (findings, on) = show_findings(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let findings = ClusterFindings::new(findings, &on, &id, now);
    Ok(Panel::of(source, now, findings))
}

/// Projects there.
#[tauri::command]
pub(in crate::desktop) async fn cluster_projects(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<ClusterProject>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let source = "user_projects";
    if let Some(sentence) = desk.lacks.view(source) {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let slice = show_cluster_projects(&desk, &id, &asked(after.as_deref(), limit)?)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let whose = desk.lacks.column(source, "cluster_id").map(|_| {
        "Projects do not say on which cluster they are here: these are the projects of the people with a seat."
    });
    Ok(Rows::of(source, desk.now(), slice, Into::into).noting(whose))
}

pub(in crate::desktop) fn cluster_id(text: &str) -> Answer<ClusterId> {
    ClusterId::parse(text).map_err(|error| invalid("Cluster", &error.to_string()))
}

/// What of a cluster this database has no data for.
fn lacking(desk: &Desk) -> Vec<String> {
    let fields = [
        ("region", "clusters", "region"),
        ("status", "clusters", "status"),
        ("limit", "clusters", "max_users"),
        ("recorded", "clusters", "current_users"),
        ("api_url", "clusters", "api_url"),
        ("seats", "cluster_assignments", "cluster_id"),
        ("assigned_lately", "cluster_assignments", "assigned_at"),
        ("people", "usage_daily", "hopsworks_cluster_id"),
        ("month_cost", "usage_daily", "total_cost"),
        ("month_before_cost", "usage_daily", "total_cost"),
    ];
    let mut lacking = without(desk, &fields);
    // Without the cluster of a day's usage nothing of it can be laid to a cluster.
    if lacking.iter().any(|name| name == "people") {
        for column in ["month_cost", "month_before_cost"] {
            if !lacking.iter().any(|name| name == column) {
                lacking.push(column.to_owned());
            }
        }
    }
    lacking
}

/// Names of those whose column has no source on this database.
fn without(desk: &Desk, fields: &[(&str, &str, &str)]) -> Vec<String> {
    fields
        .iter()
        .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
        .map(|(name, _, _)| (*name).to_owned())
        .collect()
}
