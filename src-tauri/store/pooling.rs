//! What stands behind an address: asked, not guessed. A pooler of transactions may listen anywhere, and on loopback it
//! looks like Postgres itself.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};
use tokio::time::timeout;

use crate::config::database::DatabaseAddress;
use crate::secrets::Secret;
use crate::store::borrowed::{is_silence, silence};
use crate::store::connect;
use crate::store::failure::StoreError;

/// How long one waits for an answer. A pooler that has a single connection left lets the second session wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is asked: other clients of a pooler may change by chance which connection is free. Whoever takes a pooler for
/// Postgres gets wrong answers from then on, and four times the same by chance was seen among busy ones.
const ROUNDS: usize = 12;

/// Begins, and says which process of the server answers: one message, since a pooler of transactions may give the next one
/// to another.
const BEGIN: &str = "begin; select pg_catalog.pg_backend_pid()::text as process";

/// Whether a session stays with one process of the server from one transaction to the next: it does where Postgres itself
/// answers, or a pooler of sessions.
///
/// # Errors
/// When nobody answers, or not two sessions at a time; and when the answers stop.
pub async fn keeps_sessions(
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
) -> Result<bool, StoreError> {
    ask(&connect::options(address, password)?).await
}

/// The same, of what a pool connects to.
pub(in crate::store) async fn ask(options: &PgConnectOptions) -> Result<bool, StoreError> {
    let mut first = within(options.connect()).await?;
    let mut second = within(options.connect()).await?;
    let kept = kept(&mut first, &mut second).await;
    for session in [first, second] {
        // A farewell is polite; whether it arrives changes nothing.
        let _ = timeout(PATIENCE, session.close()).await;
    }
    kept
}

/// Both are in a transaction at once, so they have two connections. Given back in one order and then in the other, the
/// next one that a pooler hands out is the other's once, whether it takes the one that rested longest or the last.
async fn kept(first: &mut PgConnection, second: &mut PgConnection) -> Result<bool, StoreError> {
    for round in 0..ROUNDS {
        let before = begin(first).await?;
        match begin(second).await {
            Ok(process) if process != before => {}
            Ok(_) => return Ok(false),
            // Postgres lets no `begin` wait: somebody has no connection for it, if there is still an answer to the first.
            Err(error) if is_silence(&error) => {
                give_back(first, second).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        if round % 2 == 0 {
            end(first).await?;
            end(second).await?;
        } else {
            end(second).await?;
            end(first).await?;
        }
        let after = begin(first).await?;
        end(first).await?;
        if after != before {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn begin(session: &mut PgConnection) -> Result<String, StoreError> {
    let row = within(session.fetch_one(sqlx::raw_sql(BEGIN))).await?;
    Ok(row.try_get("process")?)
}

/// What the first holds serves the second, whose `begin` still waits; then it is free for others. An error: the first has
/// nobody to answer it either, and all of them are silent.
async fn give_back(first: &mut PgConnection, second: &mut PgConnection) -> Result<(), StoreError> {
    end(first).await?;
    // A pooler takes it back by itself, and starts another, when it is left in a transaction.
    let _ = end(second).await;
    Ok(())
}

async fn end(session: &mut PgConnection) -> Result<(), StoreError> {
    within(session.execute(sqlx::raw_sql("rollback"))).await?;
    Ok(())
}

async fn within<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match timeout(PATIENCE, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(silence()),
    }
}
