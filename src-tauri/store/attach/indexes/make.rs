//! Makes one proposed index, concurrently: the service goes on writing meanwhile.
//!
//! Postgres wants a session of its own and no transaction for that. A build that is broken off leaves an
//! index behind that is never used and must go before the next attempt; both are seen to here.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, FromRow};
use thiserror::Error;

use crate::domain::indexes::{IndexState, Progress, Proposal};
use crate::statement;
use crate::store::attach::catalogue::Catalogue;
use crate::store::attach::ddl::quoted;
use crate::store::attach::indexes::existing::Existing;
use crate::store::attach::indexes::propose;
use crate::store::direct::Direct;
use crate::store::door::{Reading, Store};
use crate::store::failure::StoreError;

/// Why an index was not made.
#[derive(Debug, Error)]
pub enum IndexError {
    /// No such proposal: the tables have changed, or it was made meanwhile.
    #[error("the index {0} is not proposed any more: look again")]
    Unknown(String),
    /// It cannot be made on this database.
    #[error("the index {name} cannot be made: {why}")]
    Impossible {
        /// Its name.
        name: String,
        /// As a sentence.
        why: String,
    },
    /// Somebody else is making it.
    #[error("the index {0} is being made by another session already")]
    UnderWay(String),
    /// It was cancelled; nothing is left of it.
    #[error("making the index {0} was cancelled")]
    Cancelled(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, FromRow)]
struct BuildRow {
    pid: i32,
    index_name: Option<String>,
    phase: String,
    done: Option<i64>,
    total: Option<i64>,
}

impl From<BuildRow> for Progress {
    fn from(row: BuildRow) -> Self {
        Self {
            process: row.pid,
            index: row.index_name,
            phase: row.phase,
            part: row.done.zip(row.total),
        }
    }
}

/// What is proposed on this database.
///
/// # Errors
/// Whatever the database says.
pub async fn proposals(direct: &mut Direct) -> Result<Vec<Proposal>, StoreError> {
    let mut transaction = direct.connection().begin().await?;
    let catalogue = Catalogue::read(&mut transaction).await?;
    let existing = Existing::read(&mut transaction).await?;
    transaction.rollback().await?;
    Ok(propose(&catalogue, &existing))
}

/// [`proposals`] through the door.
///
/// # Errors
/// Whatever the database says.
pub async fn look(store: &Store) -> Result<Vec<Proposal>, StoreError> {
    let mut reading = store.read().await?;
    let catalogue = Catalogue::look(&mut reading).await?;
    let existing = Existing::look(&mut reading).await?;
    reading.end().await?;
    Ok(propose(&catalogue, &existing))
}

/// The server process behind a session: what [`cancel`] wants to know.
///
/// # Errors
/// Whatever the database says.
pub async fn process(direct: &mut Direct) -> Result<i32, StoreError> {
    let rows: Vec<(i32,)> = direct.all(statement!("session_process.sql")).await?;
    rows.first()
        .map(|(process,)| *process)
        .ok_or_else(|| StoreError::Impossible("a session without a process".to_owned()))
}

/// Makes the index of that name. `false`: one that does the same is there already.
///
/// # Errors
/// [`IndexError`]; then nothing is left of it, unless the connection broke: what is left then is removed by
/// the next attempt.
pub async fn make(direct: &mut Direct, name: &str) -> Result<bool, IndexError> {
    let proposal = proposals(direct)
        .await?
        .into_iter()
        .find(|proposal| proposal.name == name)
        .ok_or_else(|| IndexError::Unknown(name.to_owned()))?;
    match &proposal.state {
        IndexState::Present(_) => return Ok(false),
        IndexState::Impossible(why) => {
            return Err(IndexError::Impossible {
                name: name.to_owned(),
                why: why.clone(),
            });
        }
        IndexState::Broken | IndexState::Missing => {}
    }
    let under_way: Vec<BuildRow> = direct.all(statement!("index_progress.sql")).await?;
    if under_way
        .iter()
        .any(|build| build.index_name.as_deref() == Some(name))
    {
        return Err(IndexError::UnderWay(name.to_owned()));
    }
    let connection = direct.connection();
    // Supabase ends statements after two minutes, and a large index takes longer.
    run(connection, "set statement_timeout = 0").await?;
    if proposal.state == IndexState::Broken {
        remove(connection, name).await?;
    }
    for statement in &proposal.statements {
        if let Err(error) = run(connection, statement).await {
            let _ = remove(connection, name).await;
            return Err(match error {
                StoreError::Timeout(_) => IndexError::Cancelled(name.to_owned()),
                other => other.into(),
            });
        }
    }
    Ok(true)
}

/// Takes away what is left of an attempt. Only that: a finished index of the name is somebody's.
async fn remove(connection: &mut PgConnection, name: &str) -> Result<(), StoreError> {
    let broken: (bool,) = statement!("index_broken.sql")
        .rows()
        .bind(name.to_owned())
        .fetch_one(&mut *connection)
        .await?;
    if !broken.0 {
        return Ok(());
    }
    let statement = format!("drop index concurrently public.{}", quoted(name));
    run(connection, &statement).await
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), StoreError> {
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(statement.to_owned())))
        .await?;
    Ok(())
}

/// How far the builds in this database are.
///
/// # Errors
/// Whatever the database says.
pub async fn progress(reading: &mut Reading) -> Result<Vec<Progress>, StoreError> {
    let builds: Vec<BuildRow> = reading.all(statement!("index_progress.sql").rows()).await?;
    Ok(builds.into_iter().map(Progress::from).collect())
}

/// Asks the session that builds an index to stop; [`make`] then fails there and clears up.
///
/// # Errors
/// Whatever the database says.
pub async fn cancel(store: &Store, process: i32) -> Result<bool, StoreError> {
    let mut reading = store.read().await?;
    let asked: (bool,) = reading
        .one(statement!("index_cancel.sql").rows().bind(process))
        .await?;
    reading.end().await?;
    Ok(asked.0)
}
