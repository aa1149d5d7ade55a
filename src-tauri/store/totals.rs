//! What the database itself counts and adds up for a list, to hold an export against.

use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;

use crate::statement;
use crate::store::door::{Reading, Statement, Store};
use crate::store::failure::StoreError;

const EXPORT_BEGIN: Statement = statement!("export_begin.sql");
const EXPORT_CANCEL: Statement = statement!("export_cancel.sql");

/// Rows and sums of a list, in one currency where its rows have their own. Made by
/// [`crate::totals!`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TotalsRecord {
    /// `None` where no column tells the currency.
    pub currency: Option<String>,
    /// How many rows.
    pub listed: i64,
    /// The sum of each column asked for, in that order; `None` where no row has a value. One more `None`
    /// stands at the end.
    pub sums: Vec<Option<Decimal>>,
}

/// A statement bound to its arguments, with rows of type `R`.
pub type Bound<R> = QueryAs<'static, sqlx::Postgres, R, PgArguments>;

/// Names the session of an export, so that another can end its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session(i32);

/// Prepares a snapshot for a long read: no time limit but the person's own patience.
///
/// # Errors
/// Whatever the database says.
pub async fn begin(reading: &mut Reading) -> Result<Session, StoreError> {
    let (pid, _limit): (i32, String) = reading.one(EXPORT_BEGIN.rows()).await?;
    Ok(Session(pid))
}

/// Ends the statement under way in a session of the same login. Nothing happens when there is none.
///
/// # Errors
/// When no connection can be had.
pub async fn cancel(store: &Store, session: Session) -> Result<(), StoreError> {
    let mut reading = store.read().await?;
    let _asked: (bool,) = reading.one(EXPORT_CANCEL.rows().bind(session.0)).await?;
    reading.end().await
}
