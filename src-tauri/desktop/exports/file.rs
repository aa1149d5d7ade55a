//! A file that is there only when it is whole: written under another name beside its place, moved at the
//! end, removed on any other way out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Bytes gathered before they are written.
const GATHERED: usize = 256 * 1024;

/// Other names that are tried where the first is taken.
const MOST_NAMES: u32 = 1000;

/// What the file is written through.
pub(in crate::desktop) type Writer = BufWriter<File>;

/// A file being written. Dropped, it is removed.
#[derive(Debug)]
pub(in crate::desktop) struct Partial {
    target: PathBuf,
    path: PathBuf,
    file: File,
}

impl Partial {
    /// Makes the file beside its place, for its owner alone; the folder too where there is none.
    pub(in crate::desktop) async fn create(target: &Path) -> io::Result<Self> {
        let target = target.to_owned();
        blocking(move || {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            for number in 0..MOST_NAMES {
                let path = partial_name(&target, number);
                match create_new(&path) {
                    Ok(file) if claimed(&file, &path) => return Ok(Self { target, path, file }),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            Err(io::ErrorKind::AlreadyExists.into())
        })
        .await
    }

    /// Where to write to.
    pub(in crate::desktop) fn writer(&self) -> io::Result<Writer> {
        Ok(BufWriter::with_capacity(GATHERED, self.file.try_clone()?))
    }

    /// Makes sure that all of it is on disk, then moves it to its place, or beside it under a number
    /// where that is taken: nothing is ever replaced. Where it is, and its size.
    pub(in crate::desktop) async fn complete(
        self,
        mut writer: Writer,
    ) -> io::Result<(PathBuf, u64)> {
        blocking(move || {
            writer.flush()?;
            let file = writer
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            for number in 1..MOST_NAMES {
                let place = numbered(&self.target, number);
                if move_to_free_place(&self.path, &place)? {
                    return Ok((place, bytes));
                }
            }
            Err(io::ErrorKind::AlreadyExists.into())
        })
        .await
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the move there is nothing of this name.
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %self.path.display(), "a half-written export stays");
            }
            _ => {}
        }
    }
}

/// Marks the file as being written, for as long as this program lives; whether nobody who clears up took it
/// for a leftover first. Where files cannot be locked, nobody clears up either.
fn claimed(file: &File, path: &Path) -> bool {
    match file.try_lock() {
        Ok(()) => path.exists(),
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => true,
    }
}

/// Removes what exports left half-written when their program was killed; how many files. What another
/// program is still writing is locked, and stays.
pub(in crate::desktop) async fn clear_leftovers(folder: PathBuf) -> io::Result<usize> {
    blocking(move || {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut removed = 0;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(is_partial_name);
            // A link of that name would be somebody else's doing, and so is what it leads to.
            if !ours || !entry.file_type()?.is_file() {
                continue;
            }
            let path = entry.path();
            let file = OpenOptions::new().write(true).open(&path)?;
            if file.try_lock().is_ok() {
                std::fs::remove_file(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    })
    .await
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).read(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Moves a file unless something has that name already; whether it did. A link is made in one step, so
/// that two exports of the same minute cannot take the same name.
fn move_to_free_place(from: &Path, to: &Path) -> io::Result<bool> {
    match std::fs::hard_link(from, to) {
        Ok(()) => {
            std::fs::remove_file(from)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // Some file systems have no links.
        Err(_) if to.try_exists()? => Ok(false),
        Err(_) => std::fs::rename(from, to).map(|()| true),
    }
}

/// `.hopsdesk-users-….csv.part`, hidden until it is whole.
fn partial_name(target: &Path, number: u32) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let number = if number == 0 {
        String::new()
    } else {
        format!(".{number}")
    };
    target.with_file_name(format!(".{name}{number}.part"))
}

/// Whether [`partial_name`] could have made it.
fn is_partial_name(name: &str) -> bool {
    name.strip_suffix(".part")
        .is_some_and(|name| name.starts_with(".hopsdesk-"))
}

/// The name itself, then `… (2)`.
fn numbered(target: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return target.to_owned();
    }
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{stem} ({number}).{extension}"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_file_appears_whole_and_replaces_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("new/users.csv");
        for _ in 0..2 {
            let partial = Partial::create(&target).await.expect("a file");
            let mut writer = partial.writer().expect("a writer");
            writer.write_all(b"rows").expect("written");
            assert!(!target.exists() || names(&folder.path().join("new")).len() == 2);
            let (_, bytes) = partial.complete(writer).await.expect("moved");
            assert_eq!(bytes, 4);
        }
        assert_eq!(
            names(&folder.path().join("new")),
            ["users (2).csv", "users.csv"]
        );
    }

    #[tokio::test]
    async fn two_at_once_keep_out_of_each_others_way_and_an_abandoned_one_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("users.csv");
        let first = Partial::create(&target).await.expect("a file");
        let second = Partial::create(&target).await.expect("another");
        assert_eq!(names(folder.path()).len(), 2);
        drop(first);
        let writer = second.writer().expect("a writer");
        second.complete(writer).await.expect("moved");
        assert_eq!(names(folder.path()), ["users.csv"]);
    }

    #[tokio::test]
    async fn leftovers_go_and_what_is_still_written_or_not_ours_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at(".hopsdesk-users-2026-11-21-1403.csv.part"), b"half").expect("written");
        std::fs::write(at(".other.part"), b"theirs").expect("written");
        std::fs::write(at("hopsdesk-users.csv"), b"whole").expect("written");
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("hopsdesk-users.csv"), at(".hopsdesk-link.part"))
            .expect("a link");
        let written = Partial::create(&at("hopsdesk-teams.csv")).await;
        let written = written.expect("a file");

        let removed = clear_leftovers(folder.path().to_owned()).await;
        assert_eq!(removed.expect("cleared"), 1, "the killed program's");
        let mut expected = vec![
            ".hopsdesk-teams.csv.part".to_owned(),
            ".other.part".to_owned(),
            "hopsdesk-users.csv".to_owned(),
        ];
        if cfg!(unix) {
            expected.push(".hopsdesk-link.part".to_owned());
        }
        expected.sort();
        assert_eq!(names(folder.path()), expected);

        let writer = written.writer().expect("a writer");
        written.complete(writer).await.expect("moved");
        let nowhere = at("nowhere");
        assert_eq!(clear_leftovers(nowhere).await.expect("no folder"), 0);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_in_it_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let partial = Partial::create(&folder.path().join("users.csv"))
            .await
            .expect("a file");
        let mode = partial
            .file
            .metadata()
            .expect("its rights")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
