//! From catalogue to DDL. Pure: the same catalogue gives the same text, byte for byte.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::store::attach::catalogue::{Catalogue, Relation};
use crate::store::attach::derived::DERIVED;
use crate::store::attach::failure::AttachError;
use crate::store::attach::mapping::{From, Tables, VIEWS, View, ViewColumn};
use crate::store::attach::product::{self, Product};
use crate::store::attach::registration;

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
    /// SHA-256 of the above, in hex: equal digests mean that there is nothing to do.
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
    pub name: &'static str,
    /// Its argument types, as `drop function` wants them.
    pub arguments: &'static str,
    /// Why it was not made, as a sentence.
    pub reason: Option<String>,
}

/// Plans the canonical views and functions.
///
/// # Errors
/// When this is not the database of a service we know.
pub fn plan(catalogue: &Catalogue) -> Result<Plan, AttachError> {
    let (product, generation) = product::recognise(catalogue)?;
    let mut statements = Vec::new();
    let mut columns = Vec::new();
    for view in VIEWS {
        let (mut made, mut origins) = create_view(view, catalogue);
        statements.append(&mut made);
        columns.append(&mut origins);
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
    statements.push(revoke_views(catalogue));
    let (function, mut made) = registration::function(catalogue);
    statements.append(&mut made);
    let functions = vec![function];
    let digest = digest(&statements, &columns, &functions);
    Ok(Plan {
        product,
        generation,
        statements,
        columns,
        functions,
        digest,
    })
}

/// A canonical column, found in one table or not.
struct Found {
    expression: String,
    source: Result<String, String>,
}

fn create_view(view: &View, catalogue: &Catalogue) -> (Vec<String>, Vec<Origin>) {
    let (tables, missing) = sources(view, catalogue);
    let mut branches = Vec::new();
    let mut found: Vec<Vec<Found>> = Vec::new();
    for table in &tables {
        let columns: Vec<Found> = view
            .columns
            .iter()
            .map(|column| find(column, table))
            .collect();
        branches.push(select(
            view,
            &columns,
            &format!("from public.{} as t", quoted(&table.name)),
        ));
        found.push(columns);
    }
    if tables.is_empty() {
        let nulls: Vec<Found> = view
            .columns
            .iter()
            .map(|column| nothing(column, missing.clone()))
            .collect();
        branches.push(select(view, &nulls, "where false"));
        found.push(nulls);
    }
    let sql = format!(
        "create view console.{} as\n{};",
        view.name,
        branches.join("\nunion all\n")
    );
    let comment = format!(
        "comment on view console.{} is {};",
        view.name,
        literal(view.about)
    );
    let origins = view.columns.iter().enumerate().map(|(place, column)| {
        let each: Vec<&Found> = found.iter().map(|branch| &branch[place]).collect();
        origin(view, column, &each)
    });
    (vec![sql, comment], origins.collect())
}

/// The tables that exist and are the ones meant, and the sentence for when there is none.
fn sources<'c>(view: &View, catalogue: &'c Catalogue) -> (Vec<&'c Relation>, String) {
    let (names, many) = match view.tables {
        Tables::First(names) => (names, false),
        Tables::All(names) => (names, true),
    };
    let mut tables = Vec::new();
    let mut missing = format!("this database has no table {}", names.join(" or "));
    for name in names {
        let Some(relation) = catalogue.relation(name) else {
            continue;
        };
        match view
            .needs
            .iter()
            .find(|need| relation.column(need).is_none())
        {
            Some(need) => missing = format!("the table {name} has no column {need}"),
            None => tables.push(relation),
        }
        if !many && !tables.is_empty() {
            break;
        }
    }
    (tables, missing)
}

fn select(view: &View, columns: &[Found], from: &str) -> String {
    let mut sql = String::from("select\n");
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

fn find(column: &ViewColumn, table: &Relation) -> Found {
    let own = [From::Column(column.name)];
    let candidates = if column.from.is_empty() {
        own.as_slice()
    } else {
        column.from
    };
    let mut reason = None;
    for candidate in candidates {
        match take(candidate, column, table) {
            Some(Ok((expression, source))) => {
                return Found {
                    expression,
                    source: Ok(source),
                };
            }
            // A column of a strange type says more than one that is not there.
            Some(Err(why)) => reason = reason.or(Some(why)),
            None => {}
        }
    }
    let reason = reason.unwrap_or_else(|| {
        let names: Vec<&str> = candidates
            .iter()
            .flat_map(|candidate| named(candidate, table))
            .collect();
        if names.is_empty() {
            format!("the table {} has no such column", table.name)
        } else {
            format!(
                "the table {} has no column {}",
                table.name,
                names.join(" or ")
            )
        }
    });
    nothing(column, reason)
}

fn nothing(column: &ViewColumn, reason: String) -> Found {
    Found {
        expression: format!("null::{}", column.canonical.sql()),
        source: Err(reason),
    }
}

/// The columns a candidate would have needed, to name them.
fn named<'f>(candidate: &'f From, table: &Relation) -> Vec<&'f str> {
    match candidate {
        From::Column(name) | From::JsonText(name, _) => vec![name],
        From::Of(only, name) if *only == table.name => vec![name],
        From::FirstKnown(names) => names.to_vec(),
        From::Sum(names) => names.first().copied().into_iter().collect(),
        From::Of(..) | From::TableName => Vec::new(),
    }
}

/// Tries one candidate: expression and source; why its type does not do; `None` when it is not there.
fn take(
    candidate: &From,
    column: &ViewColumn,
    table: &Relation,
) -> Option<Result<(String, String), String>> {
    let one = |name: &str| -> Option<Result<String, String>> {
        let live = table.column(name)?;
        let reference = format!("t.{}", quoted(name));
        Some(column.canonical.convert(live, &reference).ok_or_else(|| {
            format!(
                "{}.{name} is {}; {} was expected",
                table.name,
                live.declared,
                column.canonical.expected()
            )
        }))
    };
    let qualified = |what: &str| format!("{}.{what}", table.name);
    match candidate {
        From::Column(name) => Some(one(name)?.map(|sql| (sql, qualified(name)))),
        From::Of(only, name) if *only == table.name => {
            Some(one(name)?.map(|sql| (sql, qualified(name))))
        }
        From::Of(..) => None,
        From::FirstKnown(names) => {
            let tried: Vec<_> = names
                .iter()
                .filter_map(|name| Some((*name, one(name)?)))
                .collect();
            let usable: Vec<(&str, &String)> = tried
                .iter()
                .filter_map(|(name, sql)| Some((*name, sql.as_ref().ok()?)))
                .collect();
            match usable.as_slice() {
                [] => tried.into_iter().find_map(|(_, sql)| sql.err()).map(Err),
                [(name, sql)] => Some(Ok(((*sql).clone(), qualified(name)))),
                several => {
                    let list = |part: fn(&(&str, &String)) -> String| {
                        several.iter().map(part).collect::<Vec<_>>().join(", ")
                    };
                    let source = format!("coalesce({})", list(|(name, _)| (*name).to_owned()));
                    let sql = format!("coalesce({})", list(|(_, sql)| (*sql).clone()));
                    Some(Ok((sql, qualified(&source))))
                }
            }
        }
        From::Sum(names) => {
            let mut parts = Vec::new();
            for name in *names {
                match one(name)? {
                    Ok(sql) => parts.push(sql),
                    Err(why) => return Some(Err(why)),
                }
            }
            let known: Vec<String> = parts
                .iter()
                .map(|part| format!("coalesce({part}, 0)"))
                .collect();
            // Unknown and unknown is unknown, not nothing.
            let sql = format!(
                "case when coalesce({}) is not null then {} end",
                parts.join(", "),
                known.join(" + ")
            );
            Some(Ok((sql, qualified(&names.join(" + ")))))
        }
        From::JsonText(name, key) => {
            let live = table.column(name)?;
            matches!(live.base.as_str(), "jsonb" | "json").then(|| {
                let sql = format!("(t.{} ->> {})", quoted(name), literal(key));
                Ok((sql, qualified(&format!("{name} ->> {key}"))))
            })
        }
        From::TableName => Some(Ok((
            format!("{}::text", literal(&table.name)),
            format!("the table's name, {}", table.name),
        ))),
    }
}

fn origin(view: &View, column: &ViewColumn, branches: &[&Found]) -> Origin {
    let sources: Vec<&str> = branches
        .iter()
        .filter_map(|found| Some(found.source.as_ref().ok()?.as_str()))
        .collect();
    let reasons: Vec<&str> = branches
        .iter()
        .filter_map(|found| Some(found.source.as_ref().err()?.as_str()))
        .collect();
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
