//! Migrations: which sets there are, and how they are applied.
//!
//! A set is all or nothing: its pending migrations run in one transaction, behind a lock that ends with
//! it. Half a schema in somebody's database is worse than none. The price is that no migration may ask
//! for `-- no-transaction`; indexes on tables that are in use are made by consent elsewhere.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use sqlx::Connection as _;
use sqlx::migrate::{Migrate as _, Migrator};
use sqlx::postgres::PgConnection;
use thiserror::Error;

use crate::statement;
use crate::store::direct::Direct;
use crate::store::failure::StoreError;

/// Declares the sets: a name and a folder each. A new set is a new line here.
macro_rules! migration_sets {
    ($($(#[$doc:meta])+ $set:ident: $name:literal, $folder:literal, $table:literal;)+) => {
        /// A set of migrations, with a bookkeeping table of its own in the schema `console`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum MigrationSet {
            $($(#[$doc])+ $set,)+
        }

        impl MigrationSet {
            /// Every set there is.
            pub const ALL: &'static [Self] = &[$(Self::$set,)+];

            /// Its name, as `migrate --set` takes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$set => $name,)+
                }
            }

            /// Its bookkeeping table.
            fn table(self) -> &'static str {
                match self {
                    $(Self::$set => $table,)+
                }
            }

            fn migrator(self) -> Migrator {
                let mut migrator = match self {
                    $(Self::$set => sqlx::migrate!($folder),)+
                };
                migrator.dangerous_set_table_name(self.table());
                migrator.create_schema("console");
                // The lock of `transaction` below outlives sqlx's own, which it gives back too early.
                migrator.set_locking(false);
                migrator
            }
        }
    };
}

migration_sets! {
    /// A fresh managed Hopsworks service, in `public`.
    Managed: "managed", "migrations/managed", "console.migrations_managed";
    /// What the console keeps beside a service's tables, in `console`.
    Console: "console", "migrations/console", "console.migrations_console";
}

impl fmt::Display for MigrationSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A migration that was applied, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The set it belongs to.
    pub set: MigrationSet,
    /// Its number in the set.
    pub version: i64,
    /// What it is about, from the file's name.
    pub name: String,
}

impl fmt::Display for Applied {
    /// As the file is called: `managed/0002_users`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.replace(' ', "_");
        write!(f, "{}/{:04}_{name}", self.set, self.version)
    }
}

/// Why migrations were not applied. Then none of them was.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// A table, view, function or type of that name is there and is not ours.
    #[error(
        "{object}: already there, so {migration} was not applied and nothing was changed: this is not \
         a fresh database. To work on the tables of a service that is there, use `attach`"
    )]
    Foreign {
        /// What is in the way.
        object: String,
        /// The migration that would have made it.
        migration: Applied,
    },
    /// A schema `console` is there that no migration of ours made.
    #[error(
        "the schema `console` holds {object}, which is not Hopsdesk's; rename that schema, or use \
         another database. Nothing was changed"
    )]
    ForeignConsole {
        /// Something in it.
        object: String,
    },
    /// The text of an applied migration is not what was applied.
    #[error(
        "migration {version} of the set {set} was applied from another text than this program's"
    )]
    Changed {
        /// The set.
        set: MigrationSet,
        /// Number of the migration.
        version: i64,
    },
    /// The database knows a migration that this program does not.
    #[error(
        "the database has migration {version} of the set {set}, which this program does not know: it \
         was migrated by a newer Hopsdesk"
    )]
    Newer {
        /// The set.
        set: MigrationSet,
        /// Number of the migration.
        version: i64,
    },
    /// A migration failed.
    #[error("{migration} failed, nothing was changed: {source}")]
    Failed {
        /// Which one.
        migration: Applied,
        /// Why.
        source: StoreError,
    },
    /// The database failed before or after.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Applies what is pending in the sets, in the order given; what was applied.
///
/// Safe to repeat, and to run from several places at once: the second waits for the first and then finds
/// nothing to do.
///
/// # Errors
/// [`MigrateError`]; then nothing was changed.
pub async fn migrate(
    direct: &mut Direct,
    sets: &[MigrationSet],
) -> Result<Vec<Applied>, MigrateError> {
    let mut transaction = direct
        .connection()
        .begin()
        .await
        .map_err(StoreError::from)?;
    let outcome = migrate_within(&mut transaction, sets).await;
    if outcome.is_ok() {
        transaction.commit().await.map_err(StoreError::from)?;
    } else {
        // Dropping it would roll back only when the connection is used next; the lock goes now. What
        // went wrong first is the news.
        let _ = transaction.rollback().await;
    }
    outcome
}

/// [`migrate`], inside a transaction that is open already.
pub(in crate::store) async fn migrate_within(
    transaction: &mut PgConnection,
    sets: &[MigrationSet],
) -> Result<Vec<Applied>, MigrateError> {
    lock(transaction).await?;
    refuse_foreign_console(transaction).await?;
    let mut applied = Vec::new();
    for &set in sets {
        let pending = pending(transaction, set).await?;
        set.migrator()
            .run_direct(None, transaction, false)
            .await
            .map_err(|error| explain(set, error))?;
        applied.extend(pending.into_iter().map(|(applied, _)| applied));
    }
    Ok(applied)
}

/// Stops before a schema `console` that is somebody else's.
pub(in crate::store) async fn refuse_foreign_console(
    connection: &mut PgConnection,
) -> Result<(), MigrateError> {
    let foreigner: Option<(String,)> = statement!("console_foreigner.sql")
        .rows()
        .fetch_optional(connection)
        .await
        .map_err(StoreError::from)?;
    match foreigner {
        Some((object,)) => Err(MigrateError::ForeignConsole { object }),
        None => Ok(()),
    }
}

/// Waits for whoever migrates or attaches already, as long as it takes; then nothing may wait long for a
/// table, since everybody who comes after would wait behind us.
pub(in crate::store) async fn lock(transaction: &mut PgConnection) -> Result<(), StoreError> {
    patience(transaction, "0").await?;
    statement!("migrations_lock.sql")
        .command()
        .execute(&mut *transaction)
        .await?;
    patience(transaction, "5s").await
}

async fn patience(transaction: &mut PgConnection, for_locks: &str) -> Result<(), StoreError> {
    statement!("migrations_patience.sql")
        .command()
        // Logins at Supabase have a statement timeout; an index on a big table takes longer.
        .bind("0")
        .bind(for_locks)
        .execute(transaction)
        .await?;
    Ok(())
}

/// What is pending in a set, with its SQL.
pub(in crate::store) async fn pending(
    connection: &mut PgConnection,
    set: MigrationSet,
) -> Result<Vec<(Applied, String)>, StoreError> {
    let exists: (bool,) = statement!("migrations_table_exists.sql")
        .rows()
        .bind(set.table())
        .fetch_one(&mut *connection)
        .await?;
    let done: BTreeSet<i64> = if exists.0 {
        let done = connection.list_applied_migrations(set.table()).await;
        let done = done.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => StoreError::from(error),
            other => StoreError::Unexpected(sqlx::Error::Migrate(Box::new(other))),
        })?;
        done.into_iter()
            .map(|migration| migration.version)
            .collect()
    } else {
        BTreeSet::new()
    };
    Ok(files(set)
        .into_iter()
        .filter(|(migration, _)| !done.contains(&migration.version))
        .collect())
}

/// The whole set as one script, for people who want to read it, or to run it by hand.
#[must_use]
pub fn script(set: MigrationSet) -> String {
    let mut script = String::new();
    for (migration, sql) in files(set) {
        // Writing to a String cannot fail.
        let _ = write!(script, "-- {migration}\n\n{}\n\n", sql.trim_end());
    }
    script
}

/// The migrations of a set after that number, with their SQL.
pub(in crate::store) fn newer_than(set: MigrationSet, version: i64) -> Vec<(Applied, String)> {
    files(set)
        .into_iter()
        .filter(|(migration, _)| migration.version > version)
        .collect()
}

/// Number of the newest migration that this program knows.
#[must_use]
pub fn latest(set: MigrationSet) -> i64 {
    let versions = files(set)
        .into_iter()
        .map(|(migration, _)| migration.version);
    versions.max().unwrap_or(0)
}

fn files(set: MigrationSet) -> Vec<(Applied, String)> {
    set.migrator()
        .iter()
        .map(|migration| (applied(set, migration), migration.sql.as_str().to_owned()))
        .collect()
}

fn applied(set: MigrationSet, migration: &sqlx::migrate::Migration) -> Applied {
    Applied {
        set,
        version: migration.version,
        name: migration.description.to_string(),
    }
}

fn explain(set: MigrationSet, error: sqlx::migrate::MigrateError) -> MigrateError {
    use sqlx::migrate::MigrateError as Sqlx;
    match error {
        Sqlx::ExecuteMigration(error, version) => {
            let migrator = set.migrator();
            let migration = migrator
                .iter()
                .find(|migration| migration.version == version)
                .map_or_else(
                    || Applied {
                        set,
                        version,
                        name: String::new(),
                    },
                    |migration| applied(set, migration),
                );
            match foreign_object(&error) {
                Some(object) => MigrateError::Foreign { object, migration },
                None => MigrateError::Failed {
                    migration,
                    source: error.into(),
                },
            }
        }
        Sqlx::VersionMismatch(version) => MigrateError::Changed { set, version },
        Sqlx::VersionMissing(version) | Sqlx::VersionNotPresent(version) => {
            MigrateError::Newer { set, version }
        }
        Sqlx::Execute(error) => MigrateError::Store(error.into()),
        other => MigrateError::Store(StoreError::Unexpected(sqlx::Error::Migrate(Box::new(
            other,
        )))),
    }
}

/// What is in the way, when something is. Postgres names it only in the sentence it says, in its own
/// quotes; our migrations name what they looked for after a colon.
fn foreign_object(error: &sqlx::Error) -> Option<String> {
    let reply = error.as_database_error()?;
    // duplicate_table (any relation), duplicate_object (type, policy, constraint), duplicate_function
    if !matches!(reply.code().as_deref(), Some("42P07" | "42710" | "42723")) {
        return None;
    }
    let message = reply.message();
    let names = match message.split('"').nth(1) {
        Some(name) => name,
        None => message.rsplit(": ").next().unwrap_or(message),
    };
    Some(format!("`{}`", names.replace(", ", "`, `")))
}
