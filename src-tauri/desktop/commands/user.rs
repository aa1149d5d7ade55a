//! The User page, panel by panel.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::directory::UserDetail;
use crate::domain::ids::UserId;
use crate::usecases::chart_usage::ChartSubject;
use crate::usecases::desk::Desk;
use crate::usecases::show_user::{show_credits, show_profile, show_team};
use crate::wire::chart::{Chart, ChartRequest, UsageScope};
use crate::wire::panel::Panel;
use crate::wire::user::{Credits, Team, UserProfile};

/// Head and profile.
#[tauri::command]
pub(in crate::desktop) async fn user_profile(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<UserProfile>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let detail = show_profile(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let credits = credits(&desk, &detail);
    Ok(Panel::of(
        "users",
        now,
        UserProfile::new(detail, credits, lacking(&desk), now),
    ))
}

/// The team this user owns or belongs to.
#[tauri::command]
pub(in crate::desktop) async fn user_team(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<Team>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "users, team_invites";
    if let Some(sentence) = desk.lacks.column("users", "account_owner_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let team = show_team(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    Ok(Panel::of(source, now, Team::new(team, now)))
}

/// Credits of the account that pays, for the screen that shows nothing else of a user.
#[tauri::command]
pub(in crate::desktop) async fn user_credits(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<Credits>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    if let Some(sentence) = desk.lacks.view("user_credits") {
        return Ok(Panel::lacking("user_credits", desk.now(), sentence));
    }
    let credits = show_credits(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    if credits.credits.is_none() {
        let sentence = "The account that pays has no credits on record.";
        return Ok(Panel::lacking("user_credits", now, sentence));
    }
    Ok(Panel::of(
        "user_credits",
        now,
        Credits::new(credits, now.date()),
    ))
}

/// Usage per day, of the person or the whole team.
#[tauri::command]
pub(in crate::desktop) async fn user_usage(
    console: State<'_, Arc<Console>>,
    id: String,
    scope: UsageScope,
    request: ChartRequest,
) -> Answer<Panel<Chart>> {
    let id = user_id(&id)?;
    let subject = match scope {
        UsageScope::Person => ChartSubject::Person(id),
        UsageScope::Team => ChartSubject::Team(id),
    };
    console.chart(&subject, &request).await
}

/// Credits of the account that pays, or why there are none.
fn credits(desk: &Desk, detail: &UserDetail) -> Panel<Credits> {
    let (source, now) = ("user_credits", desk.now());
    if let Some(sentence) = desk.lacks.view("user_credits") {
        return Panel::lacking(source, now, sentence);
    }
    if detail.credits.credits.is_none() {
        let sentence = "The account that pays has no credits on record.";
        return Panel::lacking(source, now, sentence);
    }
    Panel::of(
        source,
        now,
        Credits::new(detail.credits.clone(), now.date()),
    )
}

pub(in crate::desktop) fn user_id(text: &str) -> Answer<UserId> {
    UserId::parse(text).map_err(|error| invalid("User", &error.to_string()))
}

/// Fields of the profile that this database has no column for.
fn lacking(desk: &Desk) -> Vec<String> {
    [
        ("registration_source", "users", "registration_source"),
        ("registration_ip", "users", "registration_ip"),
        ("last_login_at", "users", "last_login_at"),
        ("login_count", "users", "login_count"),
        ("plan", "users", "billing_mode"),
        ("stripe_customer_id", "users", "stripe_customer_id"),
        (
            "stripe_subscription_status",
            "users",
            "stripe_subscription_status",
        ),
        ("spending_cap", "users", "spending_cap"),
        ("stripe_subscription_id", "users", "stripe_subscription_id"),
        ("auto_refill", "users", "auto_refill_enabled"),
        ("downgrade_deadline", "users", "downgrade_deadline"),
        ("terms_accepted_at", "users", "terms_accepted_at"),
        ("marketing_consent", "users", "marketing_consent"),
        ("promo_code", "users", "promo_code"),
        ("deleted_at", "users", "deleted_at"),
        ("deletion_reason", "users", "deletion_reason"),
        ("flags", "users", "feature_flags"),
        ("registered_at", "users", "created_at"),
        ("company", "users", "company"),
        ("cluster", "cluster_assignments", "cluster_id"),
        ("instance", "instances", "user_id"),
    ]
    .into_iter()
    .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
    .map(|(name, _, _)| name.to_owned())
    .collect()
}
