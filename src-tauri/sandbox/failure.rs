//! What can keep the sandbox from opening, each with a sentence that says what to do.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::store::attach::failure::AttachError;
use crate::store::failure::StoreError;
use crate::store::migrate::MigrateError;

/// A failure of the sandbox. `Display` is a sentence for people and holds no secret.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// No Postgres 15 or newer on this machine.
    #[error(
        "The sandbox needs PostgreSQL 15 or newer on this machine, and none was found. {}",
        install_command()
    )]
    NoPostgres,
    /// The folder named by the setting holds no usable Postgres.
    #[error(
        "HOPSDESK_POSTGRES_BIN names {0}, where no initdb, pg_ctl and postgres of PostgreSQL 15 or newer are; unset it, or name the folder that `pg_config --bindir` prints."
    )]
    NotPostgres(PathBuf),
    /// The data folder was made by a major version that is gone.
    #[error(
        "The sandbox in {folder} was made by PostgreSQL {made_by}, which is no longer installed. Install it again, or remove the folder: it holds sample data only."
    )]
    OtherVersion {
        /// The sandbox's folder.
        folder: PathBuf,
        /// Major version in its `PG_VERSION`.
        made_by: String,
    },
    /// The folder cannot be made, read or written.
    #[error("The sandbox cannot use {path}: {source}.")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder is there and is not ours to use.
    #[error(
        "The sandbox will not use {0}: it belongs to somebody else. Remove it or name another."
    )]
    ForeignFolder(PathBuf),
    /// The folder holds something, and no sandbox.
    #[error(
        "The sandbox will not use {0}: it holds other things. Name a folder that is empty or not there yet."
    )]
    NoSandbox(PathBuf),
    /// We are root, and there is nobody to run Postgres as.
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody`. Make one, or start as an ordinary user."
    )]
    NoOrdinaryUser,
    /// Something else listens on the port that was asked for.
    #[error("Port {0} is taken by another program; name a free one or none.")]
    PortTaken(u16),
    /// A program of Postgres could not be run or said no.
    #[error("{program} failed: {said}")]
    Program {
        /// `initdb`, `pg_ctl`.
        program: &'static str,
        /// The last lines it wrote.
        said: String,
    },
    /// Another program has been starting or filling this sandbox for minutes.
    #[error("Another program is still preparing the sandbox in {0}; try again when it is done.")]
    Busy(PathBuf),
    /// The sandbox's Postgres said no.
    #[error("The sandbox's database failed: {0}.")]
    Store(#[from] StoreError),
    /// The schemas cannot be brought up to date.
    #[error(
        "The sandbox's schema cannot be made or updated: {0}. If it was made by another version of this program, remove its folder: it holds sample data only."
    )]
    Schema(#[from] MigrateError),
    /// The console's views cannot be made.
    #[error(
        "The sandbox's views cannot be made: {0}. If it was made by another version of this program, remove its folder: it holds sample data only."
    )]
    Attach(#[from] AttachError),
    /// Sizes that cannot be.
    #[error("The sandbox cannot be made that way: {0}.")]
    Options(&'static str),
}

impl SandboxError {
    pub(in crate::sandbox) fn folder(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Folder { path, source }
    }
}

/// How to get Postgres here.
fn install_command() -> &'static str {
    if cfg!(target_os = "macos") {
        "Install it with: brew install postgresql@17"
    } else if cfg!(target_os = "windows") {
        "Install it with: winget install PostgreSQL.PostgreSQL.17"
    } else if Path::new("/etc/debian_version").exists() {
        "Install it with: sudo apt-get install postgresql"
    } else if Path::new("/etc/fedora-release").exists() || Path::new("/etc/redhat-release").exists()
    {
        "Install it with: sudo dnf install postgresql-server postgresql-contrib"
    } else if Path::new("/etc/arch-release").exists() {
        "Install it with: sudo pacman -S postgresql"
    } else {
        "Install the package `postgresql` of your system, with its contrib extensions."
    }
}
