//! Alerts: shown, acknowledged.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::watch_alerts;
use crate::wire::alerts::Alerts;

/// What is wrong, and what was lately.
#[tauri::command]
pub(in crate::desktop) async fn alerts(console: State<'_, Arc<Console>>) -> Answer<Alerts> {
    let desk = console.desk()?;
    let seen = watch_alerts::show_alerts(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Alerts::of(seen))
}

/// Says that whoever is here sees to it.
#[tauri::command]
pub(in crate::desktop) async fn acknowledge_alert(
    console: State<'_, Arc<Console>>,
    id: i64,
    note: Option<String>,
) -> Answer<()> {
    let desk = console.desk()?;
    watch_alerts::acknowledge_alert(&desk, id, note.as_deref())
        .await
        .map_err(|error| console.desk_failure(&error))
}
