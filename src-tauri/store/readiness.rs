//! Whether a database has what the receiver needs.

use std::time::Duration;

use sqlx::FromRow;
use tokio::time::timeout;

use crate::statement;
use crate::store::attach::failure::AttachError;
use crate::store::attach::run::{self, Standing};
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// For who has time: longer than a reading may take, so that a large catalogue is seen to its end.
pub const THOROUGH: Duration = Duration::from_secs(60);

/// What is missing, the first thing first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing.
    Ready,
    /// The schema `console` is not there, or older than this program.
    NotMigrated,
    /// The views or the functions that attach generates are not there.
    NotAttached,
    /// They are there, and the tables, or this program, have changed since.
    OutOfDate,
    /// They are there, and of a newer version of this program.
    Overtaken,
    /// All is there that can be, and on this database registrations cannot become users: why not, as a
    /// sentence without its full stop.
    CannotApply(String),
    /// Events can be stored; whether the rest is there could not be seen: it is locked, or slow.
    Unseen,
    /// The database takes no writes: a replica, or a project in read-only mode.
    ReadOnly,
}

impl Readiness {
    /// Whether an event would be stored by this program, whatever becomes of it. One that is newer than the schema
    /// cannot know: what it stores with may not be there yet.
    #[must_use]
    pub fn stores(&self) -> bool {
        !matches!(self, Self::NotMigrated | Self::ReadOnly)
    }
}

#[derive(FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each thing that is there or not"
)]
struct Found {
    migrated: bool,
    inbox: bool,
    views: bool,
    applies: bool,
    read_only: bool,
}

/// Asks the database that is written to. `version` is the newest console migration of this program; a
/// newer one in the database is fine, since migrations only ever add before they take away. Whether what is stored
/// could be applied takes a look at the whole catalogue: after `patience`, or without any, that is [`Readiness::Unseen`].
///
/// # Errors
/// When the database cannot be asked.
pub async fn readiness(
    store: &Store,
    version: i64,
    patience: Option<Duration>,
) -> Result<Readiness, StoreError> {
    let mut writing = store.write().await?;
    let found: Found = writing.one(statement!("readiness.sql").rows()).await?;
    let applied = if found.migrated {
        let newest = statement!("readiness_version.sql").rows::<(i64,)>();
        writing.one(newest).await?.0
    } else {
        0
    };
    let impossible: Option<(String,)> = if found.views && !found.applies {
        writing
            .optional(statement!("readiness_impossible.sql").rows())
            .await?
    } else {
        None
    };
    writing.commit().await?;
    if found.read_only {
        return Ok(Readiness::ReadOnly);
    }
    if !found.inbox || applied < version {
        return Ok(Readiness::NotMigrated);
    }
    if !found.views || (!found.applies && impossible.is_none()) {
        return Ok(Readiness::NotAttached);
    }
    let looked = match patience {
        Some(patience) => timeout(patience, run::standing(store)).await.ok(),
        None => None,
    };
    let Some(standing) = looked else {
        return Ok(Readiness::Unseen);
    };
    Ok(match standing {
        Ok(Standing::Current) => {
            impossible.map_or(Readiness::Ready, |(why,)| Readiness::CannotApply(why))
        }
        Ok(Standing::NotAttached) => Readiness::NotAttached,
        Ok(Standing::OutOfDate) if applied > version => Readiness::Overtaken,
        // Tables that are not a service's any more have changed as well; attach says how.
        Ok(Standing::OutOfDate)
        | Err(
            AttachError::EmptyDatabase
            | AttachError::Unrelated { .. }
            | AttachError::Migrate(_)
            | AttachError::Held(_),
        ) => Readiness::OutOfDate,
        Err(AttachError::Store(_)) => Readiness::Unseen,
    })
}
