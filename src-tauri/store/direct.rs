//! A session of one's own, for what a pooler cannot carry: migrations, attach, and loading sample data.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, FromRow};

use crate::config::database::DatabaseAddress;
use crate::secrets::Secret;
use crate::store::connect;
use crate::store::door::Statement;
use crate::store::failure::StoreError;

/// A direct or session-mode connection. The caller sees to it that it is one
/// ([`crate::config::database::DatabaseConfig::direct`]).
#[derive(Debug)]
pub struct Direct(PgConnection);

impl Direct {
    /// Connects.
    ///
    /// # Errors
    /// When the address does not answer, refuses the login or is not secure.
    pub async fn open(
        address: &DatabaseAddress,
        password: Option<&Secret<String>>,
    ) -> Result<Self, StoreError> {
        // Scripts may set the password of a login: no statement of a session of one's own is logged.
        let options = connect::options(address, password)?.disable_statement_logging();
        Ok(Self(options.connect().await?))
    }

    /// Runs a script of several statements, as one transaction unless it says otherwise. The text must
    /// come from this crate: a migration, generated DDL, a file of ours.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0
            .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await?;
        Ok(())
    }

    /// All rows of a statement without arguments.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn all<R>(&mut self, statement: Statement) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(statement.rows().fetch_all(&mut self.0).await?)
    }

    /// Loads rows in Postgres' text format through `copy … from stdin`; how many arrived.
    ///
    /// # Errors
    /// Whatever the database says; then no row is stored.
    pub async fn copy_in(
        &mut self,
        statement: &str,
        chunks: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<u64, StoreError> {
        let mut copy = self.0.copy_in_raw(statement).await?;
        for chunk in chunks {
            copy.send(chunk).await?;
        }
        Ok(copy.finish().await?)
    }

    /// The connection itself, for the migrator.
    pub(in crate::store) fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }

    /// Says goodbye to the server.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }
}
