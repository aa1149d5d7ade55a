//! Browses what came in and what goes out, reads one of them, and decides what becomes of it.

use crate::domain::events::{
    Event, EventDetail, EventId, EventSource, EventsFilter, Replayed, Which,
};
use crate::domain::slice::{Part, Slice};
use crate::store::door::Store;
use crate::store::events;
use crate::store::failure::StoreError;
use crate::usecases::browse_users::{checked_limit, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Most that is chosen one by one to be applied again.
pub const MOST_CHOSEN: usize = 1000;

/// Reads a part of the list, newest first.
///
/// # Errors
/// When the part is empty or too long, something in the text is not understood, or the database fails.
pub async fn browse_events(
    desk: &Desk,
    filter: EventsFilter,
    part: &Part,
) -> Result<Slice<Event>, DeskError> {
    checked_limit(part.limit)?;
    let text = searchable(filter.text.as_deref())?;
    let mut reading = desk.store.read().await?;
    let (text, filter) = understood(desk, &mut reading, text.as_deref(), filter).await?;
    let filter = EventsFilter { text, ..filter };
    let slice = events::page(&mut reading, &filter, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// Where events come from, and whether all of them do.
///
/// # Errors
/// When the database fails.
pub async fn event_sources(desk: &Desk) -> Result<Vec<EventSource>, DeskError> {
    let mut reading = desk.store.read().await?;
    let sources = events::sources(&mut reading, desk.now()).await?;
    reading.end().await?;
    Ok(sources)
}

/// One of them with what it says.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn show_event(desk: &Desk, id: EventId) -> Result<EventDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = events::detail(&mut reading, id).await?;
    reading.end().await?;
    detail.ok_or_else(|| DeskError::NotFound {
        what: "event",
        id: id.to_string(),
    })
}

/// Has events applied and effects tried again, for the window and the command line; without a reason it only tells
/// how many that would be. Who may, and what is on record of it, the database decides.
///
/// # Errors
/// When the database declines or fails; then nothing was changed.
pub async fn replay_events(
    store: &Store,
    which: &Which,
    reason: Option<&str>,
    dry_run: bool,
) -> Result<Replayed, StoreError> {
    events::replay(store, which, reason, dry_run).await
}

/// Puts one aside that waits for a person: nothing more is to come of it.
///
/// # Errors
/// When the database declines: no elevation, nothing that waits, no good reason.
pub async fn dismiss_event(desk: &Desk, id: EventId, reason: &str) -> Result<(), DeskError> {
    Ok(events::dismiss(&desk.store, id, reason).await?)
}
