//! Detach: everything of ours out of a database, after what would be lost is kept elsewhere.
//!
//! One transaction, behind the migrators' lock: nobody writes an entry between the copy and the end. The
//! service's own tables are not touched.

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, FromRow};

use crate::statement;
use crate::store::attach::ddl::quoted;
use crate::store::attach::run;
use crate::store::direct::Direct;
use crate::store::door::Statement;
use crate::store::failure::StoreError;
use crate::store::migrate;

const STATE: Statement = statement!("detach_state.sql");

/// What is kept: the audit trail with its chain, money, what staff wrote and did, what came in, what Stripe was heard to
/// say (it tells of the last thirty days alone), and what cannot be observed a second time.
pub const KEPT: &[&str] = &[
    "audit",
    "audit_data",
    "audit_links",
    "audit_erasures",
    "audit_heads",
    "ledger_entries",
    "notes",
    "holds",
    "outbox",
    "staff",
    "elevations",
    "effect_switches",
    "effect_changes",
    "inbox",
    "bulks",
    "bulk_done",
    "alerts",
    "cluster_authorities",
    "cluster_secrets",
    "former_secrets",
    "recipients",
    "cluster_snapshots",
    "seat_requests",
    "assignment_rules",
    "stripe_customers",
    "stripe_subscriptions",
    "stripe_invoices",
    "stripe_invoice_lines",
    "stripe_invoice_payments",
    "stripe_payments",
    "stripe_refunds",
    "stripe_disputes",
    "stripe_credit_notes",
    "stripe_payment_methods",
    "stripe_checkouts",
    "stripe_ends",
    "stripe_whole",
    "stripe_purchases",
    "stripe_not_counted",
    "stripe_holds",
];

/// What goes, and why nobody misses it.
pub const NOT_KEPT: &[(&str, &[&str])] = &[
    (
        "sums, which are counted anew from the service's rows",
        &[
            "accounts_changed",
            "credit_standing",
            "invoices_overruled",
            "lists_counted",
            "rollup_state",
            "service_figures",
            "stripe_marks",
            "team_standing",
            "usage_by_account_month",
            "usage_by_cluster_day",
            "usage_by_user_month",
            "usage_changed",
            "usage_recent",
            "users_concerned",
            "without_seat",
        ],
    ),
    (
        "what attach writes anew, and who may do what",
        &[
            "actions",
            "attached_columns",
            "attached_functions",
            "attachment",
            "enrolments",
            "functions",
            "hidden_columns",
            "readable",
        ],
    ),
    (
        "where programs were, which look again from the beginning",
        &[
            "alert_deliveries",
            "alert_rounds",
            "cluster_findings",
            "cluster_forecasts",
            "cluster_namespaces",
            "cluster_nodes",
            "cluster_readings",
            "cluster_seats",
            "seat_findings",
            "cluster_watch",
            "fitness",
            "heard",
            "heard_hours",
            "heard_kinds",
            "hopsworks_projects",
            "hopsworks_users",
            "namespace_costs",
            "keys_held",
            "read_backs",
            "seat_looks",
            "stripe_doubts",
            "stripe_mode",
            "trail_checks",
            "watched",
        ],
    ),
];

/// Roles that belong to the whole cluster; another database may still need them.
const ROLES: &[&str] = &[
    "console_support",
    "console_finance",
    "console_admin",
    "console_auditor",
    "console_receiver",
    "console_collector",
    "console_as_customer",
];

/// What detaching would lose.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Loss {
    /// Entries of the audit trail.
    pub entries: i64,
    /// Entries of the ledger.
    pub ledger: i64,
    /// Notes.
    pub notes: i64,
    /// Effects that wait to be done, and would not be.
    pub pending: i64,
    /// Members of staff, who could not sign in any more.
    pub staff: i64,
    /// Secrets of clusters that are nowhere but in our sealed copies.
    pub sealed_alone: i64,
    /// Secrets of clusters that stand sealed in the service's own table, and stay so.
    pub sealed_there: i64,
    /// Some effect is live: programs of ours do things that nobody else would do.
    pub live: bool,
    /// Views of others that read ours; they must go first.
    pub dependents: Vec<String>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// Roles that are gone.
    pub dropped: Vec<&'static str>,
    /// Roles that another database, or another owner, still needs.
    pub left: Vec<&'static str>,
}

/// What [`detach`] would lose; `None`: there is nothing of ours.
///
/// # Errors
/// [`StoreError`].
pub async fn loss(direct: &mut Direct) -> Result<Option<Loss>, StoreError> {
    look(direct.connection()).await
}

async fn look(connection: &mut PgConnection) -> Result<Option<Loss>, StoreError> {
    let there: (bool,) = statement!("migrations_table_exists.sql")
        .rows()
        .bind("console.effect_switches")
        .fetch_one(&mut *connection)
        .await?;
    if !there.0 {
        return Ok(None);
    }
    Ok(Some(STATE.rows().fetch_one(connection).await?))
}

/// Hands every row that is kept to `keep` (name of the table, the row as JSON), and once all are there,
/// asks `kept` whether they are safe; then removes the schema and, where nobody else needs them, the roles.
///
/// # Errors
/// [`StoreError`], or what `keep` and `kept` say; then nothing was changed.
pub async fn detach<E: From<StoreError>>(
    direct: &mut Direct,
    mut keep: impl FnMut(&'static str, &str) -> Result<(), E>,
    kept: impl FnOnce() -> Result<(), E>,
) -> Result<Detached, E> {
    let mut transaction = direct
        .connection()
        .begin()
        .await
        .map_err(StoreError::from)?;
    let done = within(&mut transaction, &mut keep, kept).await;
    match done {
        Ok(detached) => {
            transaction.commit().await.map_err(StoreError::from)?;
            Ok(detached)
        }
        Err(error) => {
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

async fn within<E: From<StoreError>>(
    transaction: &mut PgConnection,
    keep: &mut impl FnMut(&'static str, &str) -> Result<(), E>,
    kept: impl FnOnce() -> Result<(), E>,
) -> Result<Detached, E> {
    migrate::lock(transaction).await?;
    command(
        transaction,
        "lock table console.audit, console.outbox, console.inbox in access exclusive mode",
    )
    .await?;
    for table in KEPT {
        let sql = format!("select pg_catalog.to_jsonb(t)::text from console.{table} as t");
        let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch(&mut *transaction);
        while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
            keep(table, &row)?;
        }
    }
    kept()?;
    run::release_attached(transaction).await?;
    command(transaction, "drop schema console cascade").await?;
    let mut detached = Detached {
        dropped: Vec::new(),
        left: Vec::new(),
    };
    for role in ROLES {
        command(transaction, "savepoint role").await?;
        let dropped = command(
            transaction,
            &format!("drop role if exists {}", quoted(role)),
        )
        .await;
        if dropped.is_ok() {
            detached.dropped.push(role);
        } else {
            // It holds rights in another database, or is another owner's.
            command(transaction, "rollback to savepoint role").await?;
            detached.left.push(role);
        }
    }
    Ok(detached)
}

async fn command(connection: &mut PgConnection, sql: &str) -> Result<(), StoreError> {
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
        .await?;
    Ok(())
}
