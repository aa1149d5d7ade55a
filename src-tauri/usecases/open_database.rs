//! Opens a database for the console, or says why it cannot be one.

use std::sync::Arc;

use thiserror::Error;

use crate::domain::clock::Clock;
use crate::domain::lacks::Lacks;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::server::{self, Server};
use crate::usecases::desk::Desk;

/// Why a database cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It does not answer, or not to us.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no table in it.
    #[error("the database is empty")]
    Empty,
    /// There are tables, but none of this service's.
    #[error("the database holds no managed Hopsworks service")]
    Unrelated,
    /// The service is there, our views are not, or not all: an older version attached it.
    #[error("the database is not attached")]
    NotAttached,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The server and the login.
    pub server: Server,
    /// What the views could not map.
    pub lacks: Lacks,
}

/// Looks at a database: whether the console can work with it, and what it lacks.
///
/// # Errors
/// As [`OpenError`] tells apart.
pub async fn look_at_database(store: &Store) -> Result<Opened, OpenError> {
    let mut reading = store.read().await?;
    let server = server::look(&mut reading).await?;
    if !server.has_views {
        return Err(
            match (server.has_users && server.has_service, server.tables) {
                (true, _) => OpenError::NotAttached,
                (false, 0) => OpenError::Empty,
                (false, _) => OpenError::Unrelated,
            },
        );
    }
    let lacks = server::lacks(&mut reading).await?;
    reading.end().await?;
    Ok(Opened { server, lacks })
}

/// What the database lacks by now, if that is not what it lacked when it was looked at last.
///
/// # Errors
/// Whatever the database says.
pub async fn notice_lacks(desk: &Desk) -> Result<Option<Lacks>, StoreError> {
    let mut reading = desk.store.read().await?;
    let lacks = server::lacks(&mut reading).await?;
    reading.end().await?;
    Ok((lacks != *desk.lacks).then_some(lacks))
}

/// Opens a desk on a database.
///
/// # Errors
/// As [`look_at_database`].
pub async fn open_database(
    store: Store,
    clock: Arc<dyn Clock>,
) -> Result<(Desk, Opened), OpenError> {
    let opened = look_at_database(&store).await?;
    Ok((Desk::new(store, opened.lacks.clone(), clock), opened))
}
