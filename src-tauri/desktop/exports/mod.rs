//! Exports in the background: several at once, each with its progress, and a file only when it is whole.

mod file;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};
use tokio::sync::watch;

use crate::desktop::exports::file::Partial;
use crate::reports::Format;
use crate::usecases::desk::Desk;
use crate::usecases::export_list::{ExportError, Origin, Progress, export_list};
use crate::usecases::exported::Listing;
use crate::wire::export::{Export, ExportState};
use crate::wire::failure::{Failure, FailureCode};

/// More than these at once would crowd the database's connections.
const MOST_AT_ONCE: usize = 3;

/// How long closing waits for exports to clear up after themselves.
const PATIENCE: Duration = Duration::from_secs(4);

/// The exports of this window.
#[derive(Default)]
pub(in crate::desktop) struct Exports {
    last: AtomicU32,
    jobs: Mutex<Vec<Job>>,
    /// How many are at work, for whoever closes the window.
    at_work: watch::Sender<usize>,
}

struct Job {
    id: u32,
    title: String,
    path: PathBuf,
    progress: Arc<Progress>,
    /// `None` while it runs.
    ended: Option<Ended>,
}

#[derive(Clone)]
enum Ended {
    Done { rows: Option<u64>, bytes: u64 },
    Failed(Failure),
    Cancelled,
}

/// A list to be exported, and where to.
pub(in crate::desktop) struct Work {
    pub(in crate::desktop) desk: Desk,
    pub(in crate::desktop) listing: Listing,
    pub(in crate::desktop) format: Format,
    pub(in crate::desktop) origin: Origin,
    pub(in crate::desktop) folder: PathBuf,
}

/// Why an export did not come to be.
pub(in crate::desktop) enum JobError {
    Export(ExportError),
    File(std::io::Error),
}

impl Exports {
    /// Removes what exports of a killed program left half-written in a folder. Whether that works is no
    /// condition for anything else.
    pub(in crate::desktop) async fn clear_leftovers(folder: PathBuf) {
        match file::clear_leftovers(folder).await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "half-written exports of an earlier start removed");
            }
            Err(error) => tracing::warn!(%error, "half-written exports may be left"),
        }
    }

    /// Begins an export. `failed` puts a failure into words.
    ///
    /// # Errors
    /// When too many are under way.
    pub(in crate::desktop) fn begin(
        self: &Arc<Self>,
        work: Work,
        failed: impl FnOnce(&JobError) -> Failure + Send + 'static,
    ) -> Result<Export, Failure> {
        let title = work.listing.title();
        let local = work.origin.zone.as_ref().map(|(_, offset)| *offset);
        let name = file_name(&title, work.desk.now(), local, work.format.extension());
        let progress = Arc::new(Progress::default());
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Job {
            id,
            title,
            path: work.folder.join(name),
            progress: Arc::clone(&progress),
            ended: None,
        };
        let export = job.shown();
        {
            let mut jobs = self.lock();
            if jobs.iter().filter(|job| job.ended.is_none()).count() >= MOST_AT_ONCE {
                return Err(Failure {
                    code: FailureCode::Invalid,
                    message: format!(
                        "{MOST_AT_ONCE} exports are under way. Wait for one of them, or cancel it."
                    ),
                    reference: None,
                    argument: None,
                });
            }
            jobs.push(job);
        }
        self.at_work.send_modify(|count| *count += 1);
        let (exports, path) = (Arc::clone(self), work.folder.join(&export.file));
        tauri::async_runtime::spawn(async move {
            let ended = match run(&work, &path, &progress).await {
                Ok((path, bytes)) => {
                    exports.renamed(id, path);
                    let rows = Some(progress.rows());
                    Ended::Done { rows, bytes }
                }
                Err(JobError::Export(ExportError::Cancelled)) => Ended::Cancelled,
                Err(error) => Ended::Failed(failed(&error)),
            };
            exports.end(id, ended);
            exports.at_work.send_modify(|count| *count -= 1);
        });
        Ok(export)
    }

    /// A file that was written at one go, such as a picture.
    pub(in crate::desktop) fn written(&self, title: String, path: PathBuf, bytes: u64) -> Export {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Job {
            id,
            title,
            path,
            progress: Arc::new(Progress::default()),
            ended: Some(Ended::Done { rows: None, bytes }),
        };
        let export = job.shown();
        self.lock().push(job);
        export
    }

    /// All of them, the newest first.
    pub(in crate::desktop) fn all(&self) -> Vec<Export> {
        self.lock().iter().rev().map(Job::shown).collect()
    }

    /// Ends all that run.
    pub(in crate::desktop) fn cancel_all(&self) {
        for job in self.lock().iter() {
            job.progress.cancel();
        }
    }

    /// Ends an export that runs; forgets one that has ended. The file stays.
    pub(in crate::desktop) fn cancel_or_dismiss(&self, id: u32) {
        let mut jobs = self.lock();
        for job in jobs.iter().filter(|job| job.id == id) {
            job.progress.cancel();
        }
        jobs.retain(|job| job.id != id || job.ended.is_none());
    }

    /// The file of a finished export.
    pub(in crate::desktop) fn file(&self, id: u32) -> Option<PathBuf> {
        let jobs = self.lock();
        let job = jobs.iter().find(|job| job.id == id)?;
        matches!(job.ended, Some(Ended::Done { .. })).then(|| job.path.clone())
    }

    /// Cancels whatever runs, and waits until nothing half-written is left.
    pub(in crate::desktop) async fn leave(&self) {
        for job in self.lock().iter() {
            job.progress.cancel();
        }
        let mut at_work = self.at_work.subscribe();
        let idle = at_work.wait_for(|count| *count == 0);
        if tokio::time::timeout(PATIENCE, idle).await.is_err() {
            tracing::warn!("left while an export was still clearing up");
        }
    }

    fn renamed(&self, id: u32, path: PathBuf) {
        if let Some(job) = self.lock().iter_mut().find(|job| job.id == id) {
            job.path = path;
        }
    }

    fn end(&self, id: u32, ended: Ended) {
        if let Some(job) = self.lock().iter_mut().find(|job| job.id == id) {
            job.ended = Some(ended);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn shown(&self) -> Export {
        let part = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        Export {
            id: self.id,
            title: self.title.clone(),
            file: part(self.path.file_name()),
            folder: part(self.path.parent().map(Path::as_os_str)),
            state: match self.ended.clone() {
                None => ExportState::Running {
                    rows: self.progress.rows(),
                    expected: self.progress.expected(),
                },
                Some(Ended::Done { rows, bytes }) => ExportState::Done { rows, bytes },
                Some(Ended::Failed(failure)) => ExportState::Failed { failure },
                Some(Ended::Cancelled) => ExportState::Cancelled,
            },
        }
    }
}

/// Writes the file beside its place and moves it there when it is whole; where it is, and its size.
async fn run(work: &Work, path: &Path, progress: &Progress) -> Result<(PathBuf, u64), JobError> {
    let failed = JobError::File;
    let partial = Partial::create(path).await.map_err(failed)?;
    let sink = partial.writer().map_err(failed)?;
    let (desk, listing, origin) = (&work.desk, &work.listing, &work.origin);
    let written = export_list(desk, listing, work.format, origin, sink, progress)
        .await
        .map_err(JobError::Export)?;
    partial.complete(written).await.map_err(failed)
}

/// `hopsdesk-users-2026-11-21-1403.csv`, at the person's own time.
pub(in crate::desktop) fn file_name(
    title: &str,
    at: OffsetDateTime,
    offset: Option<UtcOffset>,
    extension: &str,
) -> String {
    let at = at.to_offset(offset.unwrap_or(UtcOffset::UTC));
    let words: String = title
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    let mut slug = words.split_whitespace().collect::<Vec<_>>().join("-");
    slug.truncate(60);
    let (date, hour, minute) = (at.date(), at.hour(), at.minute());
    format!("hopsdesk-{slug}-{date}-{hour:02}{minute:02}.{extension}")
}

/// Writes bytes as a file of that name in a folder; where it is. An existing file is never replaced.
pub(in crate::desktop) async fn save(
    path: &Path,
    bytes: Vec<u8>,
) -> std::io::Result<(PathBuf, u64)> {
    use std::io::Write as _;

    let partial = Partial::create(path).await?;
    let mut writer = partial.writer()?;
    let writer = tokio::task::spawn_blocking(move || writer.write_all(&bytes).map(|()| writer));
    let writer = writer.await.map_err(std::io::Error::other)??;
    partial.complete(writer).await
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::*;

    #[test]
    fn a_file_is_named_after_the_list_and_the_persons_own_time() {
        let at = datetime!(2026-11-21 23:30 UTC);
        assert_eq!(
            file_name("Users", at, None, "csv"),
            "hopsdesk-users-2026-11-21-2330.csv"
        );
        assert_eq!(
            file_name(
                "Transactions of A/S \u{E5}../x",
                at,
                Some(offset!(+1)),
                "xlsx"
            ),
            "hopsdesk-transactions-of-a-s-x-2026-11-22-0030.xlsx"
        );
    }
}
