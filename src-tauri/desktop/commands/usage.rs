//! The Usage screen.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::fleet;
use crate::domain::usage::Metric;
use crate::usecases::desk::Desk;
use crate::usecases::show_usage::{browse_accounts, chart_fleet, name_account, show_sums};
use crate::wire::chart::Chart;
use crate::wire::panel::Panel;
use crate::wire::time::days_shown;
use crate::wire::usage::{
    AccountRef, UsageAccountsPage, UsageAccountsQuery, UsageChartRequest, UsageQuery, UsageSums,
};
use crate::wire::used::lacking_measures;

const SOURCE: &str = "usage_daily";

/// Sums of a period beside the period before, whole and by cluster.
#[tauri::command]
pub(in crate::desktop) async fn usage_sums(
    console: State<'_, Arc<Console>>,
    query: UsageQuery,
) -> Answer<Panel<UsageSums>> {
    let desk = console.desk()?;
    if let Some(sentence) = desk.lacks.view("usage_daily") {
        return Ok(Panel::lacking(SOURCE, desk.now(), sentence));
    }
    let query = decoded(&desk, query)?;
    let sums = show_sums(&desk, &query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let account = match &query.account {
        None => None,
        Some(id) => {
            let (owner, company) = name_account(&desk, id)
                .await
                .map_err(|error| console.desk_failure(&error))?;
            Some(AccountRef::new(&owner, company.as_deref()))
        }
    };
    let as_of = sums.as_of;
    let sums = UsageSums::new(&query, sums, account, lacking(&desk));
    Ok(Panel::of(SOURCE, desk.now(), sums).as_of(as_of))
}

/// A measure per day.
#[tauri::command]
pub(in crate::desktop) async fn usage_chart(
    console: State<'_, Arc<Console>>,
    query: UsageQuery,
    request: UsageChartRequest,
) -> Answer<Panel<Chart>> {
    let desk = console.desk()?;
    let metric = Metric::from(request.metric);
    let cluster = Some("hopsworks_cluster_id").filter(|_| request.by_cluster);
    for column in [Some(metric.column()), cluster].into_iter().flatten() {
        if let Some(sentence) = desk.lacks.column("usage_daily", column) {
            return Ok(Panel::lacking(SOURCE, desk.now(), sentence));
        }
    }
    let query = decoded(&desk, query)?;
    let drawn = chart_fleet(&desk, &query, metric, request.by_cluster, request.style()).await;
    let (layers, drawn) = drawn.map_err(|error| console.desk_failure(&error))?;
    let before = (!request.by_cluster).then(|| days_shown(query.period.previous()));
    let size = (request.width, request.height);
    Ok(Panel::of(
        SOURCE,
        desk.now(),
        Chart::layered(&layers, drawn, size, before),
    ))
}

/// One page of the accounts of a period.
#[tauri::command]
pub(in crate::desktop) async fn usage_accounts(
    console: State<'_, Arc<Console>>,
    query: UsageAccountsQuery,
) -> Answer<UsageAccountsPage> {
    let desk = console.desk()?;
    let query = query
        .decode(desk.now().date())
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let page = browse_accounts(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(UsageAccountsPage::new(page, lacking(&desk), desk.now()))
}

fn decoded(desk: &Desk, query: UsageQuery) -> Answer<fleet::UsageQuery> {
    query
        .decode(desk.now().date())
        .map_err(|(field, problem)| invalid(field, &problem))
}

/// What this database has no data for: measures, clusters, and columns of the accounts.
fn lacking(desk: &Desk) -> Vec<String> {
    let columns = [
        ("clusters", "usage_daily", "hopsworks_cluster_id"),
        ("plan", "users", "billing_mode"),
        ("status", "users", "status"),
        ("members", "users", "account_owner_id"),
        ("cost_before", "usage_daily", "total_cost"),
        ("share", "usage_daily", "total_cost"),
    ];
    columns
        .into_iter()
        .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
        .map(|(name, _, _)| name.to_owned())
        .chain(lacking_measures(|column| {
            desk.lacks.column("usage_daily", column).is_some()
        }))
        .collect()
}
