//! Why a database could not be attached. Then nothing was changed.

use thiserror::Error;

use crate::store::failure::StoreError;
use crate::store::locks::HeldTable;
use crate::store::migrate::MigrateError;

/// A failure of attach. The sentences say what to do: `attach` prints them as they are.
#[derive(Debug, Error)]
pub enum AttachError {
    /// There is nothing in `public`.
    #[error(
        "this database has no tables yet. To set up a fresh service in it, run \
         `migrate --set managed,console`; to work on a service that exists, point DATABASE_URL at its \
         database"
    )]
    EmptyDatabase,
    /// There are tables, but not those of a service we know.
    #[error(
        "this is not the database of a managed Hopsworks service: it has {}, but no table `users` with \
         `id` and `email` beside one of `usage_daily`, `user_credits` or `hopsworks_clusters`. Check \
         that DATABASE_URL names the right database",
        listed(.tables)
    )]
    Unrelated {
        /// The tables found, by name.
        tables: Vec<String>,
    },
    /// Others held what is to be replaced for too long.
    #[error(
        "other sessions have held {} for a minute, and our views cannot be replaced meanwhile. Nothing was \
         changed; try again once they are done",
        relations(.0)
    )]
    Held(Vec<HeldTable>),
    /// Our own migrations failed.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AttachError {
    /// Whether others were in the way, so that it may work a moment later.
    pub(super) fn is_held(&self) -> bool {
        match self {
            Self::Store(error)
            | Self::Migrate(
                MigrateError::Store(error) | MigrateError::Failed { source: error, .. },
            ) => error.is_held(),
            _ => false,
        }
    }
}

fn relations(held: &[HeldTable]) -> String {
    let names: Vec<&str> = held.iter().map(|one| one.table.as_str()).collect();
    names.join(", ")
}

/// How many names a sentence can carry.
const NAMES: usize = 5;

fn listed(tables: &[String]) -> String {
    let named: Vec<String> = tables
        .iter()
        .take(NAMES)
        .map(|name| format!("`{name}`"))
        .collect();
    match tables.len().checked_sub(NAMES) {
        Some(more) if more > 0 => format!("{} and {more} more tables", named.join(", ")),
        _ => named.join(", "),
    }
}
