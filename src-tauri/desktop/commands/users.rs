//! The Users list and the search box.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::usecases::browse_users::{browse_users, cluster_choices};
use crate::usecases::desk::Desk;
use crate::wire::users::{UsersFacets, UsersPage, UsersQuery};

/// One page of the list.
#[tauri::command]
pub(in crate::desktop) async fn users_page(
    console: State<'_, Arc<Console>>,
    query: UsersQuery,
) -> Answer<UsersPage> {
    let desk = console.desk()?;
    let query = query
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let page = browse_users(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(UsersPage::new(page, lacking(&desk), desk.now()))
}

/// Choices for the filter menus.
#[tauri::command]
pub(in crate::desktop) async fn users_facets(
    console: State<'_, Arc<Console>>,
) -> Answer<UsersFacets> {
    let desk = console.desk()?;
    let clusters = cluster_choices(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(UsersFacets {
        clusters: clusters.into_iter().map(Into::into).collect(),
    })
}

/// Columns of the list that this database has no data for.
fn lacking(desk: &Desk) -> Vec<String> {
    [
        ("month_cost", "usage_daily", "total_cost"),
        ("plan", "users", "billing_mode"),
        ("status", "users", "status"),
        ("team", "users", "account_owner_id"),
        ("cluster", "cluster_assignments", "cluster_id"),
        ("last_login_at", "users", "last_login_at"),
        ("created_at", "users", "created_at"),
    ]
    .into_iter()
    .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
    .map(|(name, _, _)| name.to_owned())
    .collect()
}
