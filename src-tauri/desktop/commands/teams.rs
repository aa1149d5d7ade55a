//! The Teams list, and the page of one team, panel by panel.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::ids::UserId;
use crate::domain::usage::Metric;
use crate::usecases::browse_teams::{
    Reach, browse_teams, chart_team, show_open_invites, show_team_head, show_team_people,
};
use crate::usecases::desk::Desk;
use crate::wire::chart::Chart;
use crate::wire::panel::Panel;
use crate::wire::teams::{
    ChartStep, OpenInvites, TeamChartRequest, TeamPeople, TeamRow, TeamsPage, TeamsQuery,
};
use crate::wire::used::lacking_measures;

/// One page of the list.
#[tauri::command]
pub(in crate::desktop) async fn teams_page(
    console: State<'_, Arc<Console>>,
    query: TeamsQuery,
) -> Answer<TeamsPage> {
    let desk = console.desk()?;
    let query = query
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let page = browse_teams(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(TeamsPage::new(page, lacking(&desk), desk.now()))
}

/// The owner and the team at a glance.
#[tauri::command]
pub(in crate::desktop) async fn team_head(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<TeamRow>> {
    let (desk, owner) = (console.desk()?, owner_id(&id)?);
    let head = show_team_head(&desk, &owner)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of("users", desk.now(), head.into()))
}

/// The owner, the members, and what each used this month.
#[tauri::command]
pub(in crate::desktop) async fn team_people(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<TeamPeople>> {
    let (desk, owner) = (console.desk()?, owner_id(&id)?);
    let source = "users, usage_daily";
    if let Some(sentence) = desk.lacks.column("users", "account_owner_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let people = show_team_people(&desk, &owner)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let (now, as_of) = (desk.now(), people.as_of);
    let people = TeamPeople::new(people, lacking(&desk), now);
    Ok(Panel::of(source, now, people).as_of(as_of))
}

/// Invites that wait or were not answered in time.
#[tauri::command]
pub(in crate::desktop) async fn team_invites(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<OpenInvites>> {
    let (desk, owner) = (console.desk()?, owner_id(&id)?);
    if let Some(sentence) = desk.lacks.view("team_invites") {
        return Ok(Panel::lacking("team_invites", desk.now(), sentence));
    }
    let invites = show_open_invites(&desk, &owner)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Panel::of(
        "team_invites",
        now,
        OpenInvites::new(invites, now),
    ))
}

/// The whole team's usage, per day or per month.
#[tauri::command]
pub(in crate::desktop) async fn team_usage(
    console: State<'_, Arc<Console>>,
    id: String,
    request: TeamChartRequest,
) -> Answer<Panel<Chart>> {
    let (desk, owner) = (console.desk()?, owner_id(&id)?);
    let metric = Metric::from(request.metric);
    if let Some(sentence) = desk.lacks.column("usage_daily", metric.column()) {
        return Ok(Panel::lacking("usage_daily", desk.now(), sentence));
    }
    let reach = match request.step {
        ChartStep::Day => Reach::Days(request.count),
        ChartStep::Month => Reach::Months(request.count),
    };
    let (layers, drawn) = chart_team(&desk, &owner, metric, reach, request.style())
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let size = (request.width, request.height);
    Ok(Panel::of(
        "usage_daily",
        desk.now(),
        Chart::layered(&layers, drawn, size, None),
    ))
}

fn owner_id(text: &str) -> Answer<UserId> {
    UserId::parse(text).map_err(|error| invalid("Team", &error.to_string()))
}

/// Columns of the list and of a team's people that this database has no data for.
fn lacking(desk: &Desk) -> Vec<String> {
    let columns = [
        ("status", "users", "status"),
        ("plan", "users", "billing_mode"),
        ("created", "users", "created_at"),
        ("last_login", "users", "last_login_at"),
        ("cluster", "cluster_assignments", "cluster_id"),
        ("members", "users", "account_owner_id"),
        ("invites", "team_invites", "account_owner_id"),
        ("cost_before", "usage_daily", "total_cost"),
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
