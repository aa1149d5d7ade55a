//! The smaller panels of the User page: what somebody has, what happened to them.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::user::user_id;
use crate::desktop::console::Console;
use crate::domain::slice::Part;
use crate::usecases::show_user_work::{
    show_changes, show_deployments, show_feature_groups, show_health_checks, show_invoices,
    show_prices, show_projects,
};
use crate::usecases::view_as_customer::view_as_customer;
use crate::wire::changes::{ChangeTopic, UserChange};
use crate::wire::customer_view::CustomerView;
use crate::wire::panel::Panel;
use crate::wire::rows::{Rows, part};
use crate::wire::user_invoices::UserInvoice;
use crate::wire::work::{Deployment, FeatureGroup, HealthCheck, PriceOverride, UserProject};

/// Projects this user owns or shares, with roles and what Hopsworks refused.
#[tauri::command]
pub(in crate::desktop) async fn user_projects(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<UserProject>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let (projects, roles) = (
        desk.lacks.view("user_projects"),
        desk.lacks.view("project_member_roles"),
    );
    let source = "user_projects, project_member_roles";
    if let (Some(sentence), Some(_)) = (projects, roles) {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let slice = show_projects(&desk, &id, &asked(after.as_deref(), limit)?)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Rows::of(source, desk.now(), slice, Into::into)
        .noting(projects)
        .noting(roles))
}

/// Feature groups, newest first.
#[tauri::command]
pub(in crate::desktop) async fn user_feature_groups(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<FeatureGroup>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "feature_groups";
    if let Some(sentence) = desk.lacks.view(source) {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let slice = show_feature_groups(&desk, &id, &asked(after.as_deref(), limit)?)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Rows::of(source, desk.now(), slice, Into::into))
}

/// Deployed models, newest first.
#[tauri::command]
pub(in crate::desktop) async fn user_deployments(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<Deployment>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "model_deployments";
    if let Some(sentence) = desk.lacks.view(source) {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let slice = show_deployments(&desk, &id, &asked(after.as_deref(), limit)?)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Rows::of(source, desk.now(), slice, Into::into))
}

/// What the service's checks found, open findings first.
#[tauri::command]
pub(in crate::desktop) async fn user_health_checks(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<HealthCheck>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "health_check_failures";
    if let Some(sentence) = desk.lacks.view(source) {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let slice = show_health_checks(&desk, &id, &asked(after.as_deref(), limit)?)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(
        Rows::of(source, desk.now(), slice, Into::into)
            .noting(desk.lacks.column(source, "user_id")),
    )
}

/// Invoices and charges of the account that pays, newest first.
#[tauri::command]
pub(in crate::desktop) async fn user_invoices(
    console: State<'_, Arc<Console>>,
    id: String,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<UserInvoice>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "invoices, billing_history, Stripe";
    if let Some(sentence) = desk.lacks.view("invoices") {
        return Ok(Rows::missing(source, desk.now(), sentence));
    }
    let zone = console.fiscal_zone(&desk).await?;
    let slice = show_invoices(&desk, &id, &asked(after.as_deref(), limit)?, &zone)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Rows::of(source, now, slice, |invoice| {
        UserInvoice::new(invoice, now.date(), zone.name())
    }))
}

/// What happened to this user, newest first; of one topic, or everything.
#[tauri::command]
pub(in crate::desktop) async fn user_changes(
    console: State<'_, Arc<Console>>,
    id: String,
    topic: Option<ChangeTopic>,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<UserChange>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let slice = show_changes(
        &desk,
        &id,
        topic.map(Into::into),
        &asked(after.as_deref(), limit)?,
    )
    .await
    .map_err(|error| console.desk_failure(&error))?;
    let mut rows = Rows::of("all tables", desk.now(), slice, Into::into);
    // Each table adds what it records; where one is missing, so is its part of the story.
    for view in [
        "team_invites",
        "cluster_assignments",
        "credit_transactions",
        "invoices",
        "user_projects",
        "health_check_failures",
    ] {
        rows = rows.noting(desk.lacks.view(view));
    }
    Ok(rows)
}

/// What this user sees of the service, through their own row level security; on record.
#[tauri::command]
pub(in crate::desktop) async fn view_as(
    console: State<'_, Arc<Console>>,
    id: String,
    reason: String,
) -> Answer<CustomerView> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let view = view_as_customer(&desk, &id, &reason).await;
    view.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Prices promised to the account that pays.
#[tauri::command]
pub(in crate::desktop) async fn user_prices(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<Vec<PriceOverride>>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "user_pricing_overrides";
    if let Some(sentence) = desk.lacks.view("price_overrides") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let prices = show_prices(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let prices = prices
        .into_iter()
        .map(|promise| PriceOverride::new(promise, now))
        .collect();
    Ok(Panel::of(source, now, prices))
}

/// Which rows the window asks for.
pub(in crate::desktop) fn asked(after: Option<&str>, limit: u16) -> Answer<Part> {
    part(after, limit).ok_or_else(|| invalid("after", "is not a value this list gave out"))
}
