//! Attach on a live database: preview, attach, release.
//!
//! Everything happens in one transaction behind the migrators' lock, which ends with it: it works fully
//! or not at all, and from several places at once. Tables of the service are only read from the
//! catalogue; what waits for others is the replacing of our own views. Whoever reads them queues behind it
//! meanwhile, so it waits a few seconds at a time, lets them through, and gives up after a minute.

use std::fmt::Write as _;
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, FromRow};

use crate::statement;
use crate::store::attach::catalogue::Catalogue;
use crate::store::attach::ddl::{self, Plan, literal, quoted};
use crate::store::attach::failure::AttachError;
use crate::store::direct::Direct;
use crate::store::door::{Reading, Statement, Store};
use crate::store::failure::StoreError;
use crate::store::locks;
use crate::store::migrate::{self, Applied, MigrationSet};

const RECORDED: Statement = statement!("attach_recorded.sql");

/// How often it is tried to replace the views while others hold them, for five seconds each
/// ([`migrate::lock`]): with the pauses, a minute. A refresh of the rollups on a large service takes as long.
const TRIES: u32 = 10;

/// Between two tries, for those who queued behind.
const PAUSE: Duration = Duration::from_secs(1);

/// What attach would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What the database is, and what would be made.
    pub plan: Plan,
    /// Console migrations that would be applied first.
    pub pending: Vec<Applied>,
    /// The SQL that would run, in its order; empty when there is nothing to do.
    pub script: String,
}

/// What attach did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// What the database is, and what was made.
    pub plan: Plan,
    /// Console migrations that were applied.
    pub migrated: Vec<Applied>,
    /// Whether views and functions were made anew; they stay when nothing has changed.
    pub renewed: bool,
}

/// Whether the views are there and fit the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They are, and they do.
    Current,
    /// The tables, or this program, have changed since: `attach` brings the views up to date.
    OutOfDate,
    /// There are none: never attached, or released.
    NotAttached,
}

/// What the database says of the last time.
#[derive(FromRow, Default)]
struct Recorded {
    digest: Option<String>,
    views: Vec<String>,
    functions: Vec<String>,
}

impl Recorded {
    /// Whether the plan was carried out, and all of it is still there.
    fn is(&self, plan: &Plan) -> bool {
        let mut views: Vec<&str> = plan.columns.iter().map(|column| column.view).collect();
        views.sort_unstable();
        views.dedup();
        let functions = plan.functions.iter().filter(|made| made.reason.is_none());
        self.digest.as_ref() == Some(&plan.digest)
            && self.views == views
            && self.functions.len() == functions.count()
    }
}

/// What [`attach`] would do, without doing it: `attach --dry-run`.
///
/// # Errors
/// [`AttachError`].
pub async fn preview(direct: &mut Direct) -> Result<Preview, AttachError> {
    let mut transaction = direct
        .connection()
        .begin()
        .await
        .map_err(StoreError::from)?;
    let preview = preview_within(&mut transaction).await;
    let _ = transaction.rollback().await;
    preview
}

async fn preview_within(transaction: &mut PgConnection) -> Result<Preview, AttachError> {
    let plan = ddl::plan(&Catalogue::read(transaction).await?)?;
    migrate::refuse_foreign_console(transaction).await?;
    let pending = migrate::pending(transaction, MigrationSet::Console).await?;
    let recorded = recorded(transaction).await?;
    let mut script: String = String::new();
    for (migration, sql) in &pending {
        // Writing to a String cannot fail.
        let sql = sql.trim_end();
        let _ = write!(
            script,
            "-- {migration}, recorded in console.migrations_console\n\n{sql}\n\n"
        );
    }
    if !recorded.is(&plan) {
        for statement in statements(&plan, &recorded) {
            let _ = write!(script, "{statement}\n\n");
        }
    }
    Ok(Preview {
        plan,
        pending: pending.into_iter().map(|(applied, _)| applied).collect(),
        script,
    })
}

/// Installs or updates the schema `console` and the canonical views. Safe to repeat, and to run from
/// several places at once.
///
/// # Errors
/// [`AttachError`]; then nothing was changed.
pub async fn attach(direct: &mut Direct) -> Result<Attached, AttachError> {
    for _ in 1..TRIES {
        match attach_once(direct).await {
            Err(error) if error.is_held() => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    match attach_once(direct).await {
        Err(error) if error.is_held() => Err(held(direct, error).await),
        other => other,
    }
}

/// The failure that says who holds what is to be replaced, as far as that can be known.
async fn held(direct: &mut Direct, error: AttachError) -> AttachError {
    match locks::holders(direct).await {
        Ok(holders) if !holders.is_empty() => AttachError::Held(holders),
        _ => error,
    }
}

async fn attach_once(direct: &mut Direct) -> Result<Attached, AttachError> {
    let mut transaction = direct
        .connection()
        .begin()
        .await
        .map_err(StoreError::from)?;
    let attached = attach_within(&mut transaction).await;
    if attached.is_ok() {
        transaction.commit().await.map_err(StoreError::from)?;
    } else {
        // What went wrong first is the news.
        let _ = transaction.rollback().await;
    }
    attached
}

async fn attach_within(transaction: &mut PgConnection) -> Result<Attached, AttachError> {
    migrate::lock(transaction).await?;
    // Before anything is installed: a database that is not a service's stays as it is.
    let plan = ddl::plan(&Catalogue::read(transaction).await?)?;
    let migrated = migrate::migrate_within(transaction, &[MigrationSet::Console]).await?;
    let recorded = recorded(transaction).await?;
    let renewed = !recorded.is(&plan);
    if renewed {
        for statement in statements(&plan, &recorded) {
            run(transaction, statement).await?;
        }
    }
    Ok(Attached {
        plan,
        migrated,
        renewed,
    })
}

/// Takes the views and functions away, so that the service can change its tables; what the console
/// remembers stays. [`attach`] brings them back. Whether there was anything to take away.
///
/// # Errors
/// [`AttachError`]; then nothing was changed.
pub async fn release(direct: &mut Direct) -> Result<bool, AttachError> {
    for _ in 1..TRIES {
        match release_once(direct).await {
            Err(error) if error.is_held() => tokio::time::sleep(PAUSE).await,
            other => return Ok(other?),
        }
    }
    match release_once(direct).await {
        Err(error) if error.is_held() => Err(held(direct, error.into()).await),
        other => Ok(other?),
    }
}

async fn release_once(direct: &mut Direct) -> Result<bool, StoreError> {
    let mut transaction = direct.connection().begin().await?;
    let released = release_within(&mut transaction).await;
    if released.is_ok() {
        transaction.commit().await?;
    } else {
        let _ = transaction.rollback().await;
    }
    released
}

async fn release_within(transaction: &mut PgConnection) -> Result<bool, StoreError> {
    migrate::lock(transaction).await?;
    release_attached(transaction).await
}

/// [`release`], inside a transaction that holds the migrators' lock already.
pub(super) async fn release_attached(transaction: &mut PgConnection) -> Result<bool, StoreError> {
    let recorded = recorded(transaction).await?;
    let released = recorded.digest.is_some();
    if released {
        for statement in removal(&recorded) {
            run(transaction, statement).await?;
        }
    }
    Ok(released)
}

/// Whether the views fit the tables; for the doctor and for readiness.
///
/// # Errors
/// When the database cannot be asked, or is not that of a service.
pub async fn standing(store: &Store) -> Result<Standing, AttachError> {
    let mut reading = store.read().await?;
    let exists: (bool,) = reading.one(recorded_exists()).await?;
    let standing = if exists.0 {
        let recorded: Recorded = reading.one(RECORDED.rows()).await?;
        if recorded.digest.is_none() {
            Standing::NotAttached
        } else if recorded.is(&ddl::plan(&Catalogue::look(&mut reading).await?)?) {
            Standing::Current
        } else {
            Standing::OutOfDate
        }
    } else {
        Standing::NotAttached
    };
    reading.end().await?;
    Ok(standing)
}

fn recorded_exists()
-> sqlx::query::QueryAs<'static, sqlx::Postgres, (bool,), sqlx::postgres::PgArguments> {
    statement!("migrations_table_exists.sql")
        .rows()
        .bind("console.attached_functions")
}

/// Whether everything recorded fits this plan, read through the door; `None`: nothing was ever recorded.
pub(in crate::store) async fn fits(
    reading: &mut Reading,
    plan: &Plan,
) -> Result<Option<bool>, StoreError> {
    let exists: (bool,) = reading.one(recorded_exists()).await?;
    if !exists.0 {
        return Ok(None);
    }
    let recorded: Recorded = reading.one(RECORDED.rows()).await?;
    Ok(recorded.digest.is_some().then(|| recorded.is(plan)))
}

async fn recorded(connection: &mut PgConnection) -> Result<Recorded, StoreError> {
    let exists: (bool,) = recorded_exists().fetch_one(&mut *connection).await?;
    if !exists.0 {
        return Ok(Recorded::default());
    }
    Ok(RECORDED.rows().fetch_one(connection).await?)
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), StoreError> {
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(statement)))
        .await?;
    Ok(())
}

/// Everything that replaces the last attachment by this one.
fn statements(plan: &Plan, recorded: &Recorded) -> Vec<String> {
    let mut statements = removal(recorded);
    statements.extend(plan.statements.iter().cloned());
    statements.push(format!(
        "insert into console.attachment (product, generation, digest, hopsdesk_version)\nvalues ({}, {}, {}, {});",
        literal(plan.product.name()),
        literal(plan.generation),
        literal(&plan.digest),
        literal(env!("CARGO_PKG_VERSION")),
    ));
    let mut rows = Vec::new();
    let mut position = 0;
    let mut view = "";
    for column in &plan.columns {
        position = if column.view == view { position + 1 } else { 1 };
        view = column.view;
        rows.push(format!(
            "({}, {}, {position}, {}, {})",
            literal(column.view),
            literal(column.column),
            nullable(column.source.as_deref()),
            nullable(column.reason.as_deref()),
        ));
    }
    statements.push(format!(
        "insert into console.attached_columns (view_name, column_name, position, source, reason) values\n{};",
        rows.join(",\n")
    ));
    let rows: Vec<String> = plan
        .functions
        .iter()
        .map(|function| {
            format!(
                "({}, {}, {}, '{{{}}}')",
                literal(&function.name),
                function.reason.is_none(),
                nullable(function.reason.as_deref()),
                function.writes.join(","),
            )
        })
        .collect();
    statements.push(format!(
        "insert into console.attached_functions (function_name, generated, reason, writes) values\n{};",
        rows.join(",\n")
    ));
    // Last: who may use what was made.
    statements.push("select console.renew_grants();".to_owned());
    statements
}

/// Everything that takes the last attachment away. Never `cascade`: what hangs on a view of ours is
/// not ours to remove.
fn removal(recorded: &Recorded) -> Vec<String> {
    if recorded.digest.is_none() {
        return Vec::new();
    }
    let mut statements = Vec::new();
    for function in &recorded.functions {
        statements.push(format!("drop function {function};"));
    }
    if !recorded.views.is_empty() {
        let views: Vec<String> = recorded
            .views
            .iter()
            .map(|view| format!("console.{}", quoted(view)))
            .collect();
        statements.push(format!("drop view\n  {};", views.join(",\n  ")));
    }
    for table in ["attachment", "attached_columns", "attached_functions"] {
        statements.push(format!("delete from console.{table};"));
    }
    statements
}

fn nullable(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), literal)
}
