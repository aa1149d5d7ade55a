//! Who is at the desk, and the time in which they may write.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::elevate;
use crate::wire::staff::WhoIsThere;

/// Who the database takes the login for.
#[tauri::command]
pub(in crate::desktop) async fn who_is_there(
    console: State<'_, Arc<Console>>,
) -> Answer<WhoIsThere> {
    let desk = console.desk()?;
    let who = elevate::who_is_there(&desk).await;
    who.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Begins a time to write.
#[tauri::command]
pub(in crate::desktop) async fn elevate(
    console: State<'_, Arc<Console>>,
    reason: String,
    minutes: u8,
) -> Answer<WhoIsThere> {
    let desk = console.desk()?;
    console.must_be_confirmed()?;
    let who = elevate::elevate(&desk, &reason, minutes).await;
    who.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Asks in the browser who is there, before a time to write; answers once that is known.
#[tauri::command]
pub(in crate::desktop) async fn reauthenticate(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.confirm().await
}

/// Gives that up.
#[tauri::command]
pub(in crate::desktop) async fn cancel_reauthentication(
    console: State<'_, Arc<Console>>,
) -> Answer<()> {
    console.stop_confirming().await;
    Ok(())
}

/// Ends it.
#[tauri::command]
pub(in crate::desktop) async fn end_elevation(
    console: State<'_, Arc<Console>>,
) -> Answer<WhoIsThere> {
    let desk = console.desk()?;
    let who = elevate::end_elevation(&desk).await;
    who.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}
