//! How a command fails: a line that says what to do, and an exit code.

use thiserror::Error;

use crate::config::ConfigError;
use crate::secrets::environment::EnvironmentError;
use crate::store::attach::failure::AttachError;
use crate::store::failure::StoreError;
use crate::store::locks::HeldTable;
use crate::store::migrate::MigrateError;
use crate::wire::locks::TableLock;
use crate::wire::store_failure::store_failure;

/// Why a command stopped. `Display` is for people, on stderr.
#[derive(Debug, Error)]
pub enum CliError {
    /// A setting is missing or cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] EnvironmentError),
    /// It was tried, and did not work.
    #[error("{0}")]
    Failed(String),
    /// Nobody reads what we print any more (`… | head`).
    #[error("")]
    NoReader,
}

impl CliError {
    /// 1 failed, 2 wrong usage or configuration.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Secret(_) => 2,
            Self::Failed(_) | Self::NoReader => 1,
        }
    }

    /// A failure of the database at `place`.
    #[must_use]
    pub fn store(error: &StoreError, place: &str, reference: &str) -> Self {
        let failure = store_failure(error, place, reference);
        if let StoreError::CaFile { .. } = error {
            return ConfigError::new("DATABASE_CA_FILE", failure.message).into();
        }
        if failure.reference.is_some() {
            tracing::error!(reference, error = %error.without_data(), "unexpected");
        }
        Self::Failed(failure.message)
    }

    /// A failure of a migration there.
    #[must_use]
    pub fn migration(error: &MigrateError, place: &str, reference: &str) -> Self {
        match error {
            MigrateError::Store(error) => Self::store(error, place, reference),
            MigrateError::Failed { migration, source } => Self::Failed(format!(
                "{migration} failed, nothing was changed: {}",
                source.without_data()
            )),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl CliError {
    /// A failure of attach there.
    #[must_use]
    pub fn attach(error: &AttachError, place: &str, reference: &str) -> Self {
        match error {
            AttachError::Store(error) => Self::store(error, place, reference),
            AttachError::Migrate(error) => Self::migration(error, place, reference),
            AttachError::Held(held) => {
                let holders: Vec<String> = held.iter().map(holder).collect();
                Self::Failed(format!(
                    "{place}: {error}. They are: {}.",
                    holders.join("; ")
                ))
            }
            AttachError::EmptyDatabase | AttachError::Unrelated { .. } => {
                Self::Failed(format!("{place}: {error}"))
            }
        }
    }
}

/// A session in the way, in words.
fn holder(held: &HeldTable) -> String {
    let lock = TableLock::new(
        held.table.clone(),
        held.program.clone(),
        held.login.as_deref(),
        held.pid,
        held.since,
    );
    let since = lock.since.map(|since| format!(" since {since}"));
    format!(
        "{} on {}{}",
        lock.holder,
        lock.table,
        since.unwrap_or_default()
    )
}

impl From<std::io::Error> for CliError {
    /// Only of writing to stdout.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::NoReader,
            _ => Self::Failed(format!("Cannot write to stdout: {error}.")),
        }
    }
}
