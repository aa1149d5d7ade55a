//! The Schema screen.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::propose_indexes::propose_indexes;
use crate::usecases::show_schema::{show_attachment, show_rollups, show_tables};
use crate::wire::panel::Panel;
use crate::wire::schema::{IndexBuild, SchemaAttachment, SchemaIndexes, SchemaRollup, SchemaTable};

/// What is attached.
#[tauri::command]
pub(in crate::desktop) async fn schema_attachment(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<SchemaAttachment>> {
    let desk = console.desk()?;
    let attachment = show_attachment(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let version = console.session().version;
    Ok(Panel::of(
        "the catalogue, console.attachment",
        desk.now(),
        SchemaAttachment::new(attachment, &version),
    ))
}

/// Every table, what wants a look first.
#[tauri::command]
pub(in crate::desktop) async fn schema_tables(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<Vec<SchemaTable>>> {
    let desk = console.desk()?;
    let tables = show_tables(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(
        "the catalogue",
        desk.now(),
        tables.into_iter().map(SchemaTable::from).collect(),
    ))
}

/// Proposed indexes, and how far those under way are.
#[tauri::command]
pub(in crate::desktop) async fn schema_indexes(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<SchemaIndexes>> {
    let desk = console.desk()?;
    let (proposals, reported) = propose_indexes(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let job = console.index_job();
    let mut builds: Vec<IndexBuild> = reported
        .iter()
        .filter(|build| {
            job.as_ref()
                .is_none_or(|job| job.process != Some(build.process))
        })
        .filter_map(|build| {
            Some(IndexBuild::reported(
                build.index.as_deref()?,
                Some(build),
                false,
            ))
        })
        .collect();
    if let Some(job) = job {
        let progress = reported
            .iter()
            .find(|build| Some(build.process) == job.process);
        builds.push(IndexBuild {
            running: job.running,
            failure: job.failure,
            ..IndexBuild::reported(&job.index, progress, true)
        });
    }
    Ok(Panel::of(
        "the catalogue",
        desk.now(),
        SchemaIndexes {
            proposals: proposals.into_iter().map(Into::into).collect(),
            builds,
            cannot: console.cannot_index(),
        },
    ))
}

/// How the rollups are kept.
#[tauri::command]
pub(in crate::desktop) async fn schema_rollups(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<Vec<SchemaRollup>>> {
    let desk = console.desk()?;
    let rollups = show_rollups(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of(
        "console.rollup_state",
        desk.now(),
        rollups.into_iter().map(SchemaRollup::from).collect(),
    ))
}

/// Begins to make a proposed index, on somebody's consent.
#[tauri::command]
pub(in crate::desktop) async fn make_index(
    console: State<'_, Arc<Console>>,
    name: String,
) -> Answer<()> {
    console.start_index(name)
}

/// Stops making it; what is there of it is removed.
#[tauri::command]
pub(in crate::desktop) async fn cancel_index(console: State<'_, Arc<Console>>) -> Answer<()> {
    console.stop_index().await
}
