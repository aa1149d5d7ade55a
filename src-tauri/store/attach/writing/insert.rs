//! New rows: what an action says, and what a column that takes no null and has no default is given.

use crate::store::attach::catalogue::{Column, Relation, folded};
use crate::store::attach::ddl::quoted;
use crate::store::attach::mapping::View;
use crate::store::attach::sources::key_written;
use crate::store::attach::writing::column::Live;
use crate::store::attach::writing::key::RowKey;
use crate::store::attach::writing::{Written, function as around, qualified};

/// Without these a row says nothing.
const VITAL: &[&str] = &[
    "account_owner_id",
    "email",
    "user_id",
    "cluster_id",
    "resource_type",
    "override_price",
    "type",
    "amount",
    "name",
];

/// What stands for a column that takes no null, has no default and is no action's business: its type and
/// the value. A key that is sealed in later starts empty.
const IMPLIED: &[(&str, &str, &str)] = &[
    ("id", "uuid", "pg_catalog.gen_random_uuid()"),
    ("id", "text", "pg_catalog.gen_random_uuid()::text"),
    ("created_at", "timestamp with time zone", "pg_catalog.now()"),
    ("updated_at", "timestamp with time zone", "pg_catalog.now()"),
    (
        "assigned_at",
        "timestamp with time zone",
        "pg_catalog.now()",
    ),
    ("valid_from", "timestamp with time zone", "pg_catalog.now()"),
    ("api_key", "text", "''"),
    ("kubeconfig", "text", "''"),
    ("current_users", "integer", "0"),
    ("metadata", "jsonb", "'{}'"),
    ("cpu_hours_used", "numeric", "0"),
    ("gpu_hours_used", "numeric", "0"),
    ("storage_gb_months", "numeric", "0"),
];

/// What a new row is found by. A seat that nothing tells from another is none the less whose and where it is.
fn found_by(view: &View, columns: &[Live], table: &Relation) -> Result<String, String> {
    let of = |name: &str| {
        let live = columns.iter().find(|live| live.canonical == name)?;
        Some(format!("{}::text", quoted(&live.column.name)))
    };
    match (RowKey::of(view, table), of("user_id"), of("cluster_id")) {
        (Ok(key), _, _) => Ok(key.written("")),
        (Err(_), Some(user), Some(cluster)) => Ok(key_written(&[user, cluster])),
        (Err(reason), _, _) => Err(reason),
    }
}

/// The function that inserts a row and answers what it is found by.
pub(super) fn function(
    view: &View,
    names_wanted: &[&'static str],
    table: &Relation,
) -> Result<Written, String> {
    let columns = Live::all(view, names_wanted, table);
    let found_by = found_by(view, &columns, table)?;
    let lacks = names_wanted
        .iter()
        .find(|name| VITAL.contains(name) && !columns.iter().any(|live| live.canonical == **name));
    if let Some(name) = lacks {
        return Err(format!(
            "the table {} has no column {name} that could be written",
            table.name
        ));
    }
    let mut given: Vec<(String, String)> = columns
        .iter()
        .map(|live| {
            let value = live.spelled("p_values", table, None);
            let value = match implied(live.column) {
                Some(implied) if live.column.not_null => format!("coalesce({value}, {implied})"),
                _ => value,
            };
            (quoted(&live.column.name), value)
        })
        .collect();
    fill(table, &mut given)?;
    let body = format!(
        "  insert into {} ({})\n  values (\n    {}\n  )\n  returning {found_by} into v_id;\n  return v_id;",
        qualified(table),
        names(&given),
        given
            .iter()
            .map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join(",\n    "),
    );
    Ok(Written {
        sql: around(
            &format!("insert_{}(p_values jsonb) returns text", view.name),
            table,
            "  v_id text;",
            &body,
        ),
        writes: columns.iter().map(|live| live.canonical).collect(),
    })
}

/// Gives the columns that must have a value and were given none what is implied.
///
/// # Errors
/// When nothing is implied for one of them.
pub(super) fn fill(table: &Relation, given: &mut Vec<(String, String)>) -> Result<(), String> {
    for column in &table.columns {
        let name = quoted(&column.name);
        let covered = given.iter().any(|(there, _)| *there == name);
        if covered || !column.not_null || column.has_default || column.generated {
            continue;
        }
        let value = implied(column).ok_or_else(|| {
            format!(
                "{}.{} takes no null and has no default, and no action says what to put there",
                table.name, column.name
            )
        })?;
        given.push((name, value.to_owned()));
    }
    Ok(())
}

fn implied(column: &Column) -> Option<&'static str> {
    IMPLIED
        .iter()
        .find(|(name, base, _)| folded(name) == folded(&column.name) && *base == column.base)
        .map(|(_, _, value)| *value)
}

pub(super) fn names(given: &[(String, String)]) -> String {
    let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

pub(super) fn values(given: &[(String, String)]) -> String {
    let values: Vec<&str> = given.iter().map(|(_, value)| value.as_str()).collect();
    values.join(", ")
}
