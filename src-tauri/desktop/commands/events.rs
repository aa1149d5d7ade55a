//! What came in and what goes out: listed, read, applied again, put aside.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::user_work::asked;
use crate::desktop::console::Console;
use crate::usecases::browse_events;
use crate::usecases::failure::DeskError;
use crate::wire::events::{
    EventDetail, EventRow, EventSource, EventsQuery, ReplayOrder, Replayed, event_id,
};
use crate::wire::rows::Rows;

/// Newest first.
#[tauri::command]
pub(in crate::desktop) async fn events_page(
    console: State<'_, Arc<Console>>,
    query: EventsQuery,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<EventRow>> {
    let desk = console.desk()?;
    let part = asked(after.as_deref(), limit)?;
    let slice = browse_events::browse_events(&desk, query.into(), &part)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Rows::of(
        "console.inbox and console.outbox",
        desk.now(),
        slice,
        Into::into,
    ))
}

/// Where events come from, and whether all of them do.
#[tauri::command]
pub(in crate::desktop) async fn event_sources(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<EventSource>> {
    let desk = console.desk()?;
    let sources = browse_events::event_sources(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(sources.into_iter().map(Into::into).collect())
}

/// One of them with what it says.
#[tauri::command]
pub(in crate::desktop) async fn event(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<EventDetail> {
    let desk = console.desk()?;
    let id = event_id(&id).map_err(|(field, problem)| invalid(field, &problem))?;
    let detail = browse_events::show_event(&desk, id).await;
    detail
        .map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Applies events and tries effects again, or tells how many that would be.
#[tauri::command]
pub(in crate::desktop) async fn replay_events(
    console: State<'_, Arc<Console>>,
    order: ReplayOrder,
) -> Answer<Replayed> {
    let desk = console.desk()?;
    let which = order
        .which
        .decode()
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let reason = order.reason.as_deref();
    let replayed = browse_events::replay_events(&desk.store, &which, reason, order.dry_run).await;
    replayed
        .map(Into::into)
        .map_err(|error| console.desk_failure(&DeskError::from(error)))
}

/// Puts one aside that waits for a person.
#[tauri::command]
pub(in crate::desktop) async fn dismiss_event(
    console: State<'_, Arc<Console>>,
    id: String,
    reason: String,
) -> Answer<()> {
    let desk = console.desk()?;
    let id = event_id(&id).map_err(|(field, problem)| invalid(field, &problem))?;
    browse_events::dismiss_event(&desk, id, &reason)
        .await
        .map_err(|error| console.desk_failure(&error))
}
