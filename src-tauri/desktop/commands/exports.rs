//! Lists and charts as files.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::auth0::outside;
use crate::desktop::console::Console;
use crate::desktop::exports::{JobError, Work, file_name, save};
use crate::domain::fiscal::FiscalZone;
use crate::identity::management::LOG_ENTRIES;
use crate::reports::ReportError;
use crate::usecases::desk::Desk;
use crate::usecases::export_list::{ExportError, Origin};
use crate::usecases::exported::Listing;
use crate::usecases::exported::told::Told;
use crate::usecases::picture_chart::picture_chart;
use crate::usecases::propose_indexes::propose_indexes;
use crate::usecases::show_overview::show_attention;
use crate::usecases::show_schema::{show_rollups, show_tables};
use crate::usecases::watch_alerts::show_alerts;
use crate::wire::export::{Export, ExportOpening, ExportOrder, Wanted, Zone};
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::picture::PictureOrder;
use crate::wire::session::SessionState;
use crate::wire::told::{self, ToldList};
use crate::wire::workspaces::WorkspaceKind;

/// Begins to export a list in the background.
#[tauri::command]
pub(in crate::desktop) async fn export_list(
    console: State<'_, Arc<Console>>,
    order: ExportOrder,
) -> Answer<Export> {
    let desk = console.desk()?;
    let zone = if order.list.is_fiscal() {
        console.fiscal_zone(&desk).await?
    } else {
        FiscalZone::utc()
    };
    let wanted = order
        .list
        .decode(&desk, zone)
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let listing = match wanted {
        Wanted::Listing(listing) => listing
            .understood(&desk)
            .await
            .and_then(Listing::whole)
            .map_err(|error| console.desk_failure(&error))?,
        Wanted::Told(list) => Listing::Told(console.told(&desk, list).await?),
    };
    let work = Work {
        desk,
        listing,
        format: order.format.into(),
        origin: console.origin(order.zone),
        folder: console.exports_folder()?,
    };
    let words = Arc::clone(&console);
    console
        .exports
        .begin(work, move |error| words.export_failure(error))
}

/// The exports of this window, the newest first.
#[tauri::command]
pub(in crate::desktop) async fn exports(console: State<'_, Arc<Console>>) -> Answer<Vec<Export>> {
    Ok(console.exports.all())
}

/// Cancels an export that runs, or takes one that has ended off the list.
#[tauri::command]
pub(in crate::desktop) async fn dismiss_export(
    console: State<'_, Arc<Console>>,
    id: u32,
) -> Answer<()> {
    console.exports.cancel_or_dismiss(id);
    Ok(())
}

/// Opens a finished file, or the folder it is in.
#[tauri::command]
pub(in crate::desktop) async fn open_export(
    console: State<'_, Arc<Console>>,
    id: u32,
    what: ExportOpening,
) -> Answer<()> {
    let path = console.exports.file(id).filter(|path| path.exists());
    let path = path.ok_or_else(|| Failure {
        code: FailureCode::NotFound,
        message: "The file is no longer where it was saved.".to_owned(),
        reference: None,
        argument: None,
    })?;
    let opened = match what {
        ExportOpening::File => open::that_detached(&path),
        ExportOpening::Folder => open::that_detached(path.parent().unwrap_or(&path)),
    };
    opened.map_err(|error| Failure {
        code: FailureCode::Unexpected,
        message: format!(
            "No program could be started for {}: {error}.",
            path.display()
        ),
        reference: None,
        argument: None,
    })
}

/// Saves a chart as a picture, drawn beside the window's own thread.
#[tauri::command]
pub(in crate::desktop) async fn save_chart(
    console: State<'_, Arc<Console>>,
    order: PictureOrder,
) -> Answer<Export> {
    let desk = console.desk()?;
    let chart = order
        .chart
        .decode(desk.now().date())
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let origin = console.origin(order.zone);
    let metric = order.metric.into();
    let picture = picture_chart(&desk, &chart, metric, &origin.workspace)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let drawn = tokio::task::spawn_blocking(move || (picture.png(), picture.title)).await;
    let (png, title) = drawn.map_err(|error| console.unexpected(&error))?;
    let png = png.map_err(|error| console.unexpected(&error))?;
    let offset = origin.zone.map(|(_, offset)| offset);
    let name = file_name(&title, desk.now(), offset, "png");
    let path = console.exports_folder()?.join(name);
    let (path, bytes) = save(&path, png).await.map_err(|error| unwritable(&error))?;
    Ok(console.exports.written(title, path, bytes))
}

impl Console {
    /// Puts a list together, as its screen does.
    async fn told(&self, desk: &Desk, list: ToldList) -> Answer<Told> {
        let failure = |error| self.desk_failure(&error);
        Ok(match list {
            ToldList::Tables(shown) => {
                told::tables(show_tables(desk).await.map_err(failure)?, shown)
            }
            ToldList::Indexes { everything } => {
                let (proposals, builds) = propose_indexes(desk).await.map_err(failure)?;
                told::indexes(proposals, &builds, everything)
            }
            ToldList::Rollups => told::rollups(show_rollups(desk).await.map_err(failure)?),
            ToldList::Attention => {
                let counted = show_attention(desk).await.map_err(failure)?;
                told::attention(&counted.what, desk.now())
            }
            ToldList::Alerts => told::alerts(show_alerts(desk).await.map_err(failure)?),
            ToldList::SignIns(user) => {
                let shown = self.sign_ins(desk, &user, LOG_ENTRIES).await?;
                let (shown, tenant) = shown.ok_or_else(|| Failure {
                    code: FailureCode::NotFound,
                    message: "Auth0 knows nobody with this id, or there is nothing to ask it with."
                        .to_owned(),
                    reference: None,
                    argument: None,
                })?;
                let tries = shown.tries.map_err(|error| outside(&error))?;
                let hidden = shown.addresses_hidden;
                told::sign_ins(&user, tries, hidden, &tenant, LOG_ENTRIES)
            }
        })
    }

    /// Whose data it is, for a file to say.
    pub(in crate::desktop) fn origin(&self, zone: Option<Zone>) -> Origin {
        let session = self.session();
        let kind = match session.workspace.kind {
            WorkspaceKind::Production => "production",
            WorkspaceKind::Staging => "staging",
            WorkspaceKind::Sandbox => "sandbox",
        };
        Origin {
            workspace: format!("{} ({kind})", session.workspace.name),
            database: session.workspace.address,
            login: match session.state {
                SessionState::Ready { login, .. } => login,
                _ => session.workspace.login,
            },
            zone: zone.and_then(Zone::decode),
            program: format!("Hopsdesk {}", session.version),
        }
    }

    /// Where files go: the folder the program was started with, else the person's Downloads.
    pub(in crate::desktop) fn exports_folder(&self) -> Answer<PathBuf> {
        if let Some(folder) = &self.chosen_folder {
            return Ok(folder.clone());
        }
        let folders = directories::UserDirs::new().ok_or_else(|| Failure {
            code: FailureCode::Invalid,
            message: "This login has no home folder to save files in. Start Hopsdesk with \
                      HOPSDESK_EXPORTS set to a folder."
                .to_owned(),
            reference: None,
            argument: None,
        })?;
        let downloads = folders.download_dir().map(PathBuf::from);
        Ok(downloads.unwrap_or_else(|| folders.home_dir().join("Downloads")))
    }

    /// Why there is no file, and what to do about it.
    fn export_failure(&self, error: &JobError) -> Failure {
        match error {
            JobError::Export(ExportError::Store(error)) => {
                self.store_failure(error, &self.session().workspace.address)
            }
            JobError::Export(ExportError::Report(ReportError::Write(error)))
            | JobError::File(error) => unwritable(error),
            JobError::Export(error @ ExportError::Differs { .. }) => {
                let failure = self.unexpected(error);
                Failure {
                    message: format!(
                        "The export was stopped and no file was kept, because it would not have been \
                         complete: {error}. Export again; if it stays, report it."
                    ),
                    ..failure
                }
            }
            JobError::Export(error) => self.unexpected(error),
        }
    }
}

/// A disk that does not take the file.
pub(in crate::desktop) fn unwritable(error: &std::io::Error) -> Failure {
    let message = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "The disk is full. Make room and export again; nothing half-written was kept.".to_owned()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "The folder for exports may not be written to. Give yourself the right, or start Hopsdesk \
             with HOPSDESK_EXPORTS set to another folder."
                .to_owned()
        }
        _ => format!("The file could not be written: {error}. Nothing half-written was kept."),
    };
    Failure {
        code: FailureCode::Invalid,
        message,
        reference: None,
        argument: None,
    }
}
