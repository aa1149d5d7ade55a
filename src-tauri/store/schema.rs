//! What a database is and what attach made of it, read for the Schema screen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::schema::{Attachment, RollupState, Table};
use crate::statement;
use crate::store::attach::catalogue::{Catalogue, folded};
use crate::store::attach::ddl::{self, Origin, Plan};
use crate::store::attach::failure::AttachError;
use crate::store::attach::indexes::existing::Existing;
use crate::store::attach::mapping::VIEWS;
use crate::store::attach::{product, report, run};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::migrate::{self, MigrationSet};

/// Every table, beside what we know.
///
/// # Errors
/// [`AttachError`]: the tables may have changed so that it is no service any more.
pub async fn tables(reading: &mut Reading) -> Result<Vec<Table>, AttachError> {
    let catalogue = Catalogue::look(reading).await?;
    let existing = Existing::look(reading).await?;
    let plan = ddl::plan(&catalogue)?;
    Ok(report::tables(&catalogue, &plan, &existing))
}

/// What is attached, and what attach would do now.
///
/// # Errors
/// As [`tables`].
pub async fn attachment(reading: &mut Reading) -> Result<Attachment, AttachError> {
    let catalogue = Catalogue::look(reading).await?;
    let plan = ddl::plan(&catalogue)?;
    let fits = run::fits(reading, &plan).await?;
    let recorded: Option<AttachmentRow> = match fits {
        Some(_) => {
            reading
                .optional(statement!("attachment.sql").rows())
                .await?
        }
        None => None,
    };
    let newest: (i64,) = reading
        .one(statement!("readiness_version.sql").rows())
        .await?;
    let pending = migrate::newer_than(MigrationSet::Console, newest.0);
    let mut changes: Vec<String> = pending
        .iter()
        .map(|(migration, _)| format!("this program brings {migration}"))
        .collect();
    if recorded.is_some() && fits != Some(true) {
        let columns: Vec<ColumnRow> = reading
            .all(statement!("attached_columns.sql").rows())
            .await?;
        changes.extend(differences(&columns, &plan.columns));
        if changes.is_empty() {
            changes.push("views or functions are missing, or are made otherwise now".to_owned());
        }
    }
    let mut script = String::new();
    for (migration, sql) in &pending {
        // Writing to a String cannot fail.
        let _ = write!(script, "-- {migration}\n\n{}\n\n", sql.trim_end());
    }
    script.push_str(&plan.statements.join("\n\n"));
    script.push('\n');
    Ok(Attachment {
        generation: plan.generation,
        marks: product::marks(&catalogue, plan.generation),
        since: recorded.as_ref().map(|recorded| recorded.attached_at),
        version: recorded.map(|recorded| recorded.version),
        current: fits == Some(true) && pending.is_empty(),
        changes,
        statements: plan.statements.len() + pending.len(),
        script,
        functions: functions(&plan),
        elsewhere: elsewhere(&catalogue),
    })
}

/// How the rollups are kept.
///
/// # Errors
/// Whatever the database says.
pub async fn rollups(reading: &mut Reading) -> Result<Vec<RollupState>, StoreError> {
    let rows: Vec<RollupRow> = reading.all(statement!("rollup_states.sql").rows()).await?;
    Ok(rows.into_iter().map(RollupState::from).collect())
}

fn functions(plan: &Plan) -> Vec<(String, Option<String>)> {
    plan.functions
        .iter()
        .map(|function| (function.name.clone().into_owned(), function.reason.clone()))
        .collect()
}

/// Tables outside `public` with a name we know.
fn elsewhere(catalogue: &Catalogue) -> Vec<String> {
    let known = |name: &str| {
        let mut names = VIEWS.iter().flat_map(|view| view.table_names());
        names.any(|known| folded(known) == folded(name))
    };
    catalogue
        .elsewhere
        .iter()
        .filter(|other| known(&other.name))
        .map(|other| format!("{}.{}", other.schema, other.name))
        .collect()
}

/// What differs between the columns as recorded and as they would be now.
fn differences(recorded: &[ColumnRow], now: &[Origin]) -> Vec<String> {
    let mut before: BTreeMap<(&str, &str), &ColumnRow> = recorded
        .iter()
        .map(|row| ((row.view_name.as_str(), row.column_name.as_str()), row))
        .collect();
    let mut changes = Vec::new();
    for origin in now {
        let name = format!("{}.{}", origin.view, origin.column);
        let Some(row) = before.remove(&(origin.view, origin.column)) else {
            changes.push(format!("{name} is new in this program"));
            continue;
        };
        if row.source == origin.source && row.reason == origin.reason {
            continue;
        }
        changes.push(match (&row.source, &origin.source, &origin.reason) {
            (Some(was), None, Some(why)) => format!("{name} came from {was}; now {why}"),
            (None, Some(source), _) => format!("{name} can be read now, from {source}"),
            (Some(was), Some(source), _) if was != source => {
                format!("{name} came from {was}, and comes from {source} now")
            }
            (_, _, Some(why)) => format!("{name}: {why}"),
            _ => format!("{name} is made otherwise now"),
        });
    }
    for (view, column) in before.into_keys() {
        changes.push(format!("{view}.{column} is not made any more"));
    }
    changes
}

#[derive(Debug, FromRow)]
struct AttachmentRow {
    version: String,
    attached_at: OffsetDateTime,
}

#[derive(Debug, FromRow)]
struct ColumnRow {
    view_name: String,
    column_name: String,
    source: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, FromRow)]
struct RollupRow {
    rollup: String,
    refreshed_at: Option<OffsetDateTime>,
    refresh_ms: Option<i64>,
    changed: Option<i64>,
    checked_at: Option<OffsetDateTime>,
    check_ms: Option<i64>,
    checked_rows: Option<i64>,
    differences: Option<i64>,
    note: Option<String>,
}

impl From<RollupRow> for RollupState {
    fn from(row: RollupRow) -> Self {
        Self {
            rollup: row.rollup,
            refreshed_at: row.refreshed_at,
            refresh_ms: row.refresh_ms,
            changed: row.changed,
            checked_at: row.checked_at,
            check_ms: row.check_ms,
            checked_rows: row.checked_rows,
            differences: row.differences,
            note: row.note,
        }
    }
}
