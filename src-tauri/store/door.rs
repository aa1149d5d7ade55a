//! The one door to Postgres: a transaction with unnamed statements, right through any pooler.
//!
//! Behind a transaction-mode pooler named statements fail and, worse, answer wrongly; unnamed ones do so
//! too outside a transaction. So everything goes `begin → query (not persistent) → commit`. Only what needs
//! a session of its own (migrations, attach, loading samples) goes through [`crate::store::direct`].

use std::time::Duration;

use futures_util::future::{Either, ready};
use futures_util::stream::{once, unfold};
use futures_util::{Stream, StreamExt as _};
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::{Query, QueryAs};
use sqlx::{FromRow, Postgres};
use tokio::time::timeout;

use crate::store::at_once::Sessions;
use crate::store::borrowed::{Borrowed, silence};
use crate::store::failure::StoreError;

/// Begins what a screen reads. Its limits travel with it, in the same round trip, and end with it, as a
/// transaction-mode pooler wants: nobody looks at a panel for longer than that, another program's lock is
/// said rather than waited for, and no statement goes on for somebody who has left. To start parallel workers
/// takes longer than a page does, and so does to compile a statement whose rows the planner has no idea of.
const READ: &str = "begin read only; set local lock_timeout = '3s'; set local statement_timeout = '20s'; \
     set local max_parallel_workers_per_gather = 0; set local jit = off";

/// The same, but all of its statements see one moment: what stands side by side must agree.
const READ_OF_ONE_INSTANT: &str = "begin isolation level repeatable read read only; \
     set local lock_timeout = '3s'; set local statement_timeout = '20s'; \
     set local max_parallel_workers_per_gather = 0; set local jit = off";

/// How long a reading waits for an answer: longer than the server takes to say that it was too long.
const READ_PATIENCE: Duration = Duration::from_secs(25);

/// Begins what a long job reads: the same moment for all of its statements, however long they take.
const SNAPSHOT: &str = "begin isolation level repeatable read read only; \
     set local lock_timeout = '10s'; set local jit = off";

/// How long a long job waits for the next row: the first may need a large sort.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(600);

/// Begins a long piece of writing: of one moment, in nobody's way, and no longer than half an hour a
/// statement.
const LONG_WRITE: &str = "begin isolation level repeatable read; set local lock_timeout = '2s'; \
     set local statement_timeout = '30min'; set local idle_in_transaction_session_timeout = '10s'";

/// Begins what somebody on the network waits for: better an answer that it did not work than none in time.
const PROMPT_WRITE: &str = "begin; set local lock_timeout = '2s'; set local statement_timeout = '5s'; \
     set local idle_in_transaction_session_timeout = '5s'";

/// Begins what a program does by itself, again and again: a lock that somebody forgot to give back must not hold up
/// everything behind it, and should the connection vanish without a word, the server ends the session and lets go of
/// what it had claimed.
const BACKGROUND_WRITE: &str = "begin; set local lock_timeout = '3s'; set local statement_timeout = '15s'; \
     set local idle_in_transaction_session_timeout = '5s'";

/// How long such a writing waits for an answer: longer than the server takes to say that it was too long.
const BACKGROUND_PATIENCE: Duration = Duration::from_secs(20);

/// Begins the same with much to say: thousands of rows over a slow line, each compared with what is on record.
const BACKGROUND_WRITE_OF_MUCH: &str = "begin; set local lock_timeout = '3s'; set local statement_timeout = '60s'; \
     set local idle_in_transaction_session_timeout = '60s'";

/// How long that waits for an answer: longer than the server takes to say that it was too long.
const MUCH_PATIENCE: Duration = Duration::from_secs(70);

/// How long a prompt writing waits for an answer: longer than the server takes to say that it was too long.
const PROMPT_PATIENCE: Duration = Duration::from_secs(6);

/// How long a writing waits for an answer. Whoever writes sets limits of their own on the server; this one
/// only ends what nobody will ever answer.
const WRITE_PATIENCE: Duration = Duration::from_secs(3600);

/// One statement: the text of a `.sql` file under `store/sql/`.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Name of the file, for logs.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
}

/// Names the statement in a file under `store/sql/`.
#[macro_export]
macro_rules! statement {
    ($file:literal) => {
        $crate::store::door::Statement {
            name: $file,
            sql: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src-tauri/store/sql/",
                $file
            )),
        }
    };
}

/// Names the statement that counts the rows of another, the one in a file under `store/sql/`, and adds up
/// some of its columns: `totals!("users_page.sql"; "month_cost")`. With `by "currency"` behind the file the
/// rows are told apart by that column. It takes the same arguments as the other; its rows are
/// [`crate::store::totals::TotalsRecord`].
#[macro_export]
macro_rules! totals {
    ($file:literal $(; $($column:literal),+)?) => {
        $crate::totals!(@ $file, "null::text" $($(, "sum(", $column, "), ")+)?)
    };
    ($file:literal by $currency:literal; $($column:literal),+) => {
        $crate::totals!(@ $file, $currency $(, "sum(", $column, "), ")+)
    };
    (@ $file:literal, $currency:literal $(, $part:literal)*) => {
        $crate::store::door::Statement {
            name: concat!("totals of ", $file),
            // The null at the end stands for no column: it spares the last comma a case of its own.
            sql: concat!(
                "select ", $currency, " as currency, count(*) as listed, array[", $($part,)*
                "null::numeric] as sums from (\n",
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/store/sql/", $file)),
                "\n) as listed group by 1"
            ),
        }
    };
}

impl Statement {
    /// The statement, to bind arguments to and to read rows of type `R` from.
    pub fn rows<R>(self) -> QueryAs<'static, Postgres, R, PgArguments>
    where
        R: for<'r> FromRow<'r, PgRow>,
    {
        sqlx::query_as(self.sql).persistent(false)
    }

    /// The statement, to bind arguments to and to run for its effect.
    pub fn command(self) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(self.sql).persistent(false)
    }
}

/// The database, by way of the door. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// Where sessions keep statements, for what is asked [at once](Self::at_once).
    sessions: Option<Sessions>,
}

impl Store {
    /// Reads and writes through this pool.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            sessions: None,
        }
    }

    /// Asks [at once](Self::at_once) through these, wherever sessions turn out to be kept.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Sessions) -> Self {
        self.sessions = Some(sessions);
        self
    }

    pub(in crate::store) fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref()
    }

    /// Begins a read-only transaction: 3 s at most for a lock, 20 s for a statement.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        Borrowed::begin(&self.pool, READ, READ_PATIENCE)
            .await
            .map(Reading)
    }

    /// Begins a read-only transaction with the same limits that sees the database as it is now until it
    /// ends: for figures that are held against each other.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read_of_one_instant(&self) -> Result<Reading, StoreError> {
        Borrowed::begin(&self.pool, READ_OF_ONE_INSTANT, READ_PATIENCE)
            .await
            .map(Reading)
    }

    /// Begins a read-only transaction that sees the database as it is now until it ends, however many
    /// statements that takes.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn snapshot(&self) -> Result<Reading, StoreError> {
        Borrowed::begin(&self.pool, SNAPSHOT, SNAPSHOT_PATIENCE)
            .await
            .map(Reading)
    }

    /// Begins a transaction that may write. Dropped without [`Writing::commit`], it changes nothing.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        Borrowed::begin(&self.pool, "begin", WRITE_PATIENCE)
            .await
            .map(Writing)
    }

    /// As [`Self::write`], for what a client waits for: 2 s at most for a lock, 5 s for a statement.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_promptly(&self) -> Result<Writing, StoreError> {
        Borrowed::begin(&self.pool, PROMPT_WRITE, PROMPT_PATIENCE)
            .await
            .map(Writing)
    }

    /// As [`Self::write`], for what a program does by itself: 3 s at most for a lock, 15 s for a statement, and the server
    /// ends it after 5 s of silence.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_in_background(&self) -> Result<Writing, StoreError> {
        Borrowed::begin(&self.pool, BACKGROUND_WRITE, BACKGROUND_PATIENCE)
            .await
            .map(Writing)
    }

    /// As [`Self::write_in_background`], for thousands of rows at once: 60 s for a statement, and for its way here.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_much_in_background(&self) -> Result<Writing, StoreError> {
        Borrowed::begin(&self.pool, BACKGROUND_WRITE_OF_MUCH, MUCH_PATIENCE)
            .await
            .map(Writing)
    }

    /// Begins a long piece of writing, all of whose statements see the database as it was at the first of
    /// them. It waits for nobody: a lock that somebody holds for two seconds, or a row that was changed
    /// meanwhile, is a contention. Should the connection vanish, the server ends it ten seconds later.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_of_one_instant(&self) -> Result<Writing, StoreError> {
        Borrowed::begin(&self.pool, LONG_WRITE, WRITE_PATIENCE)
            .await
            .map(Writing)
    }

    /// Closes the pool; what is under way ends first.
    pub async fn close(&self) {
        if let Some(sessions) = &self.sessions {
            sessions.close().await;
        }
        self.pool.close().await;
    }
}

/// A read-only transaction: one consistent picture for all its statements, at the isolation level of the
/// database (read committed unless set otherwise).
#[derive(Debug)]
pub struct Reading(Borrowed);

/// A transaction that may write.
#[derive(Debug)]
pub struct Writing(Borrowed);

macro_rules! transaction {
    ($name:ident) => {
        impl $name {
            /// All rows.
            ///
            /// # Errors
            /// Whatever the database says; the transaction is then of no further use.
            pub async fn all<R>(
                &mut self,
                query: QueryAs<'_, Postgres, R, PgArguments>,
            ) -> Result<Vec<R>, StoreError>
            where
                R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
            {
                let patience = self.0.patience();
                let rows = timeout(patience, query.fetch_all(self.0.connection()?)).await;
                self.0.settle(rows)
            }

            /// The row, or `None`.
            ///
            /// # Errors
            /// As [`Self::all`].
            pub async fn optional<R>(
                &mut self,
                query: QueryAs<'_, Postgres, R, PgArguments>,
            ) -> Result<Option<R>, StoreError>
            where
                R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
            {
                let patience = self.0.patience();
                let row = timeout(patience, query.fetch_optional(self.0.connection()?)).await;
                self.0.settle(row)
            }

            /// The one row; none is an error.
            ///
            /// # Errors
            /// As [`Self::all`].
            pub async fn one<R>(
                &mut self,
                query: QueryAs<'_, Postgres, R, PgArguments>,
            ) -> Result<R, StoreError>
            where
                R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
            {
                self.optional(query).await?.ok_or_else(|| {
                    StoreError::Impossible("a row that must be there is not".to_owned())
                })
            }
        }
    };
}

transaction!(Reading);
transaction!(Writing);

impl Reading {
    /// The rows one after another as they come, however many: none is kept here. The server waits for
    /// whoever is slow to take them.
    pub fn stream<'r, R>(
        &'r mut self,
        query: QueryAs<'static, Postgres, R, PgArguments>,
    ) -> impl Stream<Item = Result<R, StoreError>> + Send + 'r
    where
        R: for<'row> FromRow<'row, PgRow> + Send + Unpin + 'r,
    {
        let patience = self.0.patience();
        let connection = match self.0.connection() {
            Ok(connection) => connection,
            Err(error) => return Either::Left(once(ready(Err(error)))),
        };
        let rows = Some(query.fetch(connection));
        Either::Right(unfold(rows, move |rows| async move {
            let mut rows = rows?;
            match timeout(patience, rows.next()).await {
                Ok(Some(Ok(row))) => Some((Ok(row), Some(rows))),
                Ok(Some(Err(error))) => Some((Err(error.into()), None)),
                Ok(None) => None,
                Err(_) => Some((Err(silence()), None)),
            }
        }))
    }

    /// Ends the transaction. Dropping it does the same, one round trip later and on somebody else's time.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn end(self) -> Result<(), StoreError> {
        self.0.commit().await
    }
}

impl Writing {
    /// Runs a statement for its effect; the number of rows it touched.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub async fn run(
        &mut self,
        query: Query<'static, Postgres, PgArguments>,
    ) -> Result<u64, StoreError> {
        let patience = self.0.patience();
        let done = timeout(patience, query.execute(self.0.connection()?)).await;
        Ok(self.0.settle(done)?.rows_affected())
    }

    /// Commits: only after `Ok` is anything stored.
    ///
    /// # Errors
    /// When the commit was refused, or the connection broke before the answer came.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await
    }
}
