//! From catalogue to DDL. Pure: the same catalogue gives the same text, byte for byte.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::store::attach::access;
use crate::store::attach::catalogue::Catalogue;
use crate::store::attach::derived::DERIVED;
use crate::store::attach::failure::AttachError;
use crate::store::attach::kept::KEPT;
use crate::store::attach::mapping::{VIEWS, View, ViewColumn};
use crate::store::attach::own::{self, OWN};
use crate::store::attach::product::{self, Product};
use crate::store::attach::registration;
use crate::store::attach::sources::{self, Found, Source};
use crate::store::attach::writing;

/// What attach would make of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which service it is.
    pub product: Product,
    /// The nearest generation, for people.
    pub generation: &'static str,
    /// Views and functions, each statement whole and with its semicolon.
    pub statements: Vec<String>,
    /// Where every canonical column comes from.
    pub columns: Vec<Origin>,
    /// The functions, made or not.
    pub functions: Vec<Function>,
    /// Which view is made from which table.
    pub tables: Vec<(&'static str, String)>,
    /// Tables that have the name of one we read, and are not read: table and why not, as a sentence.
    pub skipped: Vec<(String, String)>,
    /// SHA-256 of statements, columns and functions, in hex: equal digests mean that there is nothing to do.
    pub digest: String,
}

/// Where a canonical column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The view.
    pub view: &'static str,
    /// The column.
    pub column: &'static str,
    /// Live table and column or expression; `None`: the view shows a typed null.
    pub source: Option<String>,
    /// Why that is not all, as a sentence.
    pub reason: Option<String>,
}

/// A generated function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name in `console`.
    pub name: Cow<'static, str>,
    /// Its argument types, as `drop function` wants them.
    pub arguments: &'static str,
    /// Why it was not made, as a sentence.
    pub reason: Option<String>,
    /// Canonical columns it can write here, where actions ask for that.
    pub writes: Vec<&'static str>,
}

/// Plans the canonical views and functions.
///
/// # Errors
/// When this is not the database of a service we know.
pub fn plan(catalogue: &Catalogue) -> Result<Plan, AttachError> {
    let (product, generation) = product::recognise(catalogue)?;
    let mut statements = Vec::new();
    let mut columns = Vec::new();
    let mut tables = Vec::new();
    let mut skipped = Vec::new();
    for view in VIEWS {
        let mut made = create_view(view, view.name, "", catalogue);
        statements.append(&mut made.statements);
        columns.append(&mut made.columns);
        skipped.append(&mut made.skipped);
        tables.extend(made.tables.into_iter().map(|table| (view.name, table)));
    }
    for view in DERIVED {
        statements.push(view.sql.trim_end().to_owned());
        columns.push(Origin {
            view: view.name,
            column: "*",
            source: Some("the views it is derived from".to_owned()),
            reason: None,
        });
    }
    for own in OWN {
        let made = create_view(own.view, own.name, own::INVOKER, catalogue);
        statements.extend(made.statements);
        columns.push(Origin {
            view: own.name,
            column: "*",
            source: Some("the same tables, with the rights of whoever reads".to_owned()),
            reason: None,
        });
    }
    for view in own::MIRRORED {
        statements.push(view.sql.trim_end().to_owned());
        columns.push(Origin {
            view: view.name,
            column: "*",
            source: Some("Stripe's mirror, with the rights of whoever reads".to_owned()),
            reason: None,
        });
    }
    statements.push(revoke_views(catalogue));
    statements.push(own::grants());
    let (function, mut made) = registration::function(catalogue);
    statements.append(&mut made);
    let mut functions = vec![function];
    let (mut written, mut made) = writing::functions(catalogue);
    functions.append(&mut written);
    statements.append(&mut made);
    let (function, mut made) = access::function(catalogue);
    functions.push(function);
    statements.append(&mut made);
    for kept in KEPT {
        statements.push(kept.sql.trim_end().to_owned());
        statements.push(format!(
            "revoke all on function console.{}({})\nfrom {};",
            kept.name,
            kept.arguments,
            everybody(catalogue)
        ));
        functions.push(Function {
            name: kept.name.into(),
            arguments: kept.arguments,
            reason: None,
            writes: Vec::new(),
        });
    }
    let digest = digest(&statements, &columns, &functions);
    Ok(Plan {
        product,
        generation,
        statements,
        columns,
        functions,
        tables,
        skipped,
        digest,
    })
}

fn create_view(view: &'static View, name: &str, options: &str, catalogue: &Catalogue) -> Made {
    let sources = sources::of(view, catalogue);
    let mut branches = Vec::new();
    let mut found: Vec<Vec<Found>> = Vec::new();
    for source in &sources.tables {
        let mut columns: Vec<Found> = view
            .columns
            .iter()
            .map(|column| source.find(column, "t."))
            .collect();
        let mut from = format!("from public.{} as t", quoted(&source.table.name));
        if let Some(date) = view.dated
            && let Some(place) = view.columns.iter().position(|column| column.name == date)
        {
            // Infinite dates, and rows without one, belong to no day.
            let sql = &columns[place].expression;
            let _ = write!(
                from,
                "\nwhere {sql} >= '0001-01-01' and {sql} <= '9999-12-31'"
            );
        }
        let distinct = keyed(view, source, &mut columns, &mut from);
        branches.push(select(view, &columns, distinct.as_deref(), &from));
        found.push(columns);
    }
    if sources.tables.is_empty() {
        let nulls: Vec<Found> = view
            .columns
            .iter()
            .map(|column| Found::nothing(column, sources.missing.clone()))
            .collect();
        branches.push(select(view, &nulls, None, "where false"));
        found.push(nulls);
    }
    let sql = format!(
        "create view console.{name}{options} as\n{};",
        branches.join("\nunion all\n")
    );
    let comment = format!("comment on view console.{name} is {};", literal(view.about));
    let origins = view.columns.iter().enumerate().map(|(place, column)| {
        let each: Vec<&Found> = found.iter().map(|branch| &branch[place]).collect();
        origin(view, column, &each)
    });
    Made {
        statements: vec![sql, comment],
        columns: origins.collect(),
        tables: sources
            .tables
            .iter()
            .map(|source| source.table.name.clone())
            .collect(),
        skipped: sources.skipped,
    }
}

/// A view, made.
struct Made {
    statements: Vec<String>,
    columns: Vec<Origin>,
    tables: Vec<String>,
    skipped: Vec<(String, String)>,
}

/// Sees to it that there is one row for each key, where the table itself does not; the key, if rows have to be
/// told apart by it.
fn keyed(
    view: &View,
    source: &Source<'_>,
    columns: &mut [Found],
    from: &mut String,
) -> Option<String> {
    let place = view
        .columns
        .iter()
        .position(|column| Some(column.name) == view.key)?;
    let live = source.column_of(&view.columns[place])?;
    let found = &mut columns[place];
    let key = found.expression.clone();
    if !live.not_null {
        // Writing to a String cannot fail.
        let _ = write!(from, "\nwhere t.{} is not null", quoted(&live.name));
    }
    if source.keeps_unique(view, view.columns[place].name) {
        return None;
    }
    found.reason = found.reason.take().or_else(|| {
        Some(format!(
            "{}.{} is not kept unique: of rows with the same one, one is read",
            source.table.name, live.name
        ))
    });
    let _ = write!(from, "\norder by {key}");
    if source.table.has_places() {
        // The same one each time.
        from.push_str(", t.tableoid, t.ctid");
    }
    Some(key)
}

fn select(view: &View, columns: &[Found], distinct: Option<&str>, from: &str) -> String {
    let mut sql = match distinct {
        Some(key) => format!("select distinct on ({key})\n"),
        None => String::from("select\n"),
    };
    for (place, (column, found)) in view.columns.iter().zip(columns).enumerate() {
        let comma = if place + 1 < columns.len() { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            sql,
            "  {} as {}{comma}",
            found.expression,
            quoted(column.name)
        );
    }
    sql + from
}

fn origin(view: &View, column: &ViewColumn, branches: &[&Found]) -> Origin {
    let sources: Vec<&str> = branches
        .iter()
        .filter_map(|found| found.source.as_deref())
        .collect();
    let mut reasons: Vec<&str> = branches
        .iter()
        .filter_map(|found| found.reason.as_deref())
        .collect();
    reasons.dedup();
    Origin {
        view: view.name,
        column: column.name,
        source: (!sources.is_empty()).then(|| sources.join("; ")),
        reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
    }
}

fn revoke_views(catalogue: &Catalogue) -> String {
    let canonical = VIEWS.iter().map(|view| view.name);
    let views: Vec<String> = canonical
        .chain(DERIVED.iter().map(|view| view.name))
        .chain(OWN.iter().map(|own| own.name))
        .chain(own::MIRRORED.iter().map(|view| view.name))
        .map(|name| format!("console.{name}"))
        .collect();
    format!(
        "revoke all on\n  {}\nfrom {};",
        views.join(",\n  "),
        everybody(catalogue)
    )
}

/// Whoever a default grant may have let in.
pub(super) fn everybody(catalogue: &Catalogue) -> String {
    let mut roles = vec!["public".to_owned()];
    roles.extend(catalogue.api_roles.iter().map(|role| quoted(role)));
    roles.join(", ")
}

/// An identifier. Plain ones stay as they are, to be read by people; no name in the mappings is a
/// reserved word but those listed.
pub(super) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain
        && !matches!(
            name,
            "user" | "order" | "group" | "table" | "column" | "end"
        )
    {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// A string.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn digest(statements: &[String], columns: &[Origin], functions: &[Function]) -> String {
    let mut hasher = Sha256::new();
    for statement in statements {
        hasher.update(statement.as_bytes());
        hasher.update([0]);
    }
    hasher.update(format!("{columns:?}{functions:?}").as_bytes());
    hex::encode(hasher.finalize())
}
