//! Seats that are given by themselves: where the next one would be, and why somebody has theirs.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::commands::user::user_id;
use crate::desktop::console::Console;
use crate::usecases::rule_seats;
use crate::usecases::show_seats::{show_next_seat, show_seat};
use crate::wire::panel::Panel;
use crate::wire::seats::{AssignmentRule, NextSeatShown, SeatsDue};
use crate::wire::user_seat::UserSeat;

/// Where the next user would go.
#[tauri::command]
pub(in crate::desktop) async fn next_seat(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<NextSeatShown>> {
    let desk = console.desk()?;
    let source = "hopsworks_clusters, user_hopsworks_assignments";
    if let Some(sentence) = desk.lacks.column("cluster_assignments", "cluster_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let next = show_next_seat(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(source, desk.now(), NextSeatShown::from(next)))
}

/// Why a user is on their cluster, or on none.
#[tauri::command]
pub(in crate::desktop) async fn user_seat(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<UserSeat>> {
    let (desk, id) = (console.desk()?, user_id(&id)?);
    let source = "user_hopsworks_assignments";
    if let Some(sentence) = desk.lacks.column("cluster_assignments", "cluster_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let (seat, next) = show_seat(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(source, desk.now(), UserSeat::new(seat, next)))
}

/// When a seat is due, and who said so.
#[tauri::command]
pub(in crate::desktop) async fn assignment_rule(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<AssignmentRule>> {
    let desk = console.desk()?;
    let source = "console.assignment_rules";
    if let Some(sentence) = desk.lacks.column("cluster_assignments", "cluster_id") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let rule = rule_seats::show_rule(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(source, desk.now(), rule.into()))
}

/// Says when a seat is due.
#[tauri::command]
pub(in crate::desktop) async fn set_assignment_rule(
    console: State<'_, Arc<Console>>,
    due_on: SeatsDue,
    reason: String,
) -> Answer<()> {
    let desk = console.desk()?;
    rule_seats::set_rule(&desk, due_on.into(), &reason)
        .await
        .map_err(|error| console.desk_failure(&error))
}
