//! Which indexes a large service lacks for our statements: proposed with reason and size, made on consent.
//!
//! [`wanted`] says as data what our statements need, [`existing`] reads what a database has, this file
//! compares them, and [`make`] makes one.

pub mod existing;
pub mod make;
pub mod wanted;

use crate::domain::indexes::{IndexState, Proposal};
use crate::store::attach::canonical::END_OF_DAY;
use crate::store::attach::catalogue::{Catalogue, Relation};
use crate::store::attach::ddl::quoted;
use crate::store::attach::indexes::existing::{Existing, Index, IndexKey};
use crate::store::attach::indexes::wanted::{Key, Method, WANTED, Wanted};
use crate::store::attach::mapping::VIEWS;
use crate::store::attach::sources::{self, Source};

/// Below this many rows a table is read faster whole than by any index.
const WORTHWHILE_ROWS: i64 = 10_000;

/// Postgres cuts longer names.
const LONGEST_NAME: usize = 63;

/// Compares what our statements need with what is there. Pure.
#[must_use]
pub fn propose(catalogue: &Catalogue, existing: &Existing) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    // Two canonical columns may be one of the table's: then one index does for both.
    let mut proposed: Vec<(&str, Method, Vec<String>, &[&str])> = Vec::new();
    for wanted in WANTED {
        let Some(view) = VIEWS.iter().find(|view| view.name == wanted.view) else {
            continue;
        };
        for source in &sources::of(view, catalogue).tables {
            // Rows of the same id are told apart first, by that id: no other index helps with that.
            if let Some(key) = view.key
                && !source.keeps_unique(view, key)
                && !matches!(wanted.keys, [only] if only.column() == key)
            {
                continue;
            }
            let keys: Option<Vec<LiveKey>> = wanted
                .keys
                .iter()
                .map(|key| live(source, view.column(key.column())?, key))
                .collect();
            // A column that is not there needs no index.
            if let Some(keys) = keys {
                let columns = keys.iter().map(|key| key.sql.clone()).collect();
                let index = (
                    source.table.name.as_str(),
                    wanted.method,
                    columns,
                    wanted.without,
                );
                if proposed.contains(&index) {
                    continue;
                }
                proposed.push(index);
                proposals.push(proposal(wanted, source, &keys, existing));
            }
        }
    }
    proposals
}

/// A key in live columns.
struct LiveKey {
    /// As `create index` wants it.
    sql: String,
    /// It may change with settings, so Postgres indexes no such expression.
    unsteady: Option<String>,
    /// Mean width in bytes comes from this column.
    column: String,
    fragment: bool,
    beginning: bool,
    /// The canonical column, as it stands in the table: in small letters for some.
    bare: String,
}

fn live(
    source: &Source<'_>,
    column: &crate::store::attach::mapping::ViewColumn,
    key: &Key,
) -> Option<LiveKey> {
    let found = source.find(column, "");
    found.source.as_ref()?;
    // A row's place is no column: nothing orders by it.
    let unused = ["ctid", "pg_catalog.md5(", "pg_catalog.starts_with("];
    if unused.iter().any(|part| found.expression.contains(part)) {
        return None;
    }
    let own = source.table.columns.iter().find(|live| {
        let name = quoted(&live.name);
        found.expression == name || found.expression == format!("{name}::text")
    });
    // The planner looks through a cast of varchar to text, not through others.
    let plain = own.filter(|own| {
        found.expression == quoted(&own.name)
            || matches!(own.base.as_str(), "text" | "character varying")
    });
    let enumerated = own.filter(|own| own.enumerated);
    let sql = match (key, plain) {
        (Key::Beginning(_), _) => {
            format!("pg_catalog.lower({}) text_pattern_ops", found.expression)
        }
        (Key::Small(_), _) => format!("pg_catalog.lower({})", found.expression),
        (_, Some(own)) => quoted(&own.name),
        (_, None) => format!("({})", found.expression),
    };
    Some(LiveKey {
        sql,
        unsteady: enumerated.map(|own| {
            format!(
                "{} is an enumeration, and Postgres indexes no enumeration as text",
                own.name
            )
        }),
        column: own.map(|own| own.name.clone()).unwrap_or_default(),
        fragment: matches!(key, Key::Fragment(_)),
        beginning: matches!(key, Key::Beginning(_)),
        bare: found.expression,
    })
}

fn proposal(
    wanted: &Wanted,
    source: &Source<'_>,
    keys: &[LiveKey],
    existing: &Existing,
) -> Proposal {
    let table = source.table;
    let present = present(wanted, source, keys);
    let plain_name = named(wanted, table, 1);
    let size = existing.size(&table.name);
    let rows = size.and_then(|size| size.rows);
    let mut there = existing
        .indexes
        .iter()
        .filter(|index| index.table_name == table.name);
    let same = there.clone().find(|index| {
        // What Postgres makes of a longer expression is not told from ours by its text: the name tells.
        let long = keys.iter().any(|key| is_long(&key.sql));
        let named = long && index.valid && index.name == plain_name && of_same_moment(index, keys);
        serves(index, wanted, keys, &present) || named
    });
    let name = match same {
        Some(_) => plain_name,
        None => free_name(wanted, table, existing),
    };
    let own = there.find(|index| index.name == name);
    let impossible = impossible(wanted, table, keys, existing);
    let bytes = match same {
        Some(index) => Some(index.bytes),
        None => {
            size.and_then(|size| size.estimate(wanted.method, keys.iter().map(|key| &key.column)))
        }
    };
    let state = match (same, impossible, own) {
        (Some(index), _, _) => IndexState::Present(index.name.clone()),
        (None, Some(why), _) => IndexState::Impossible(why),
        (None, None, Some(_)) => IndexState::Broken,
        (None, None, None) => IndexState::Missing,
    };
    Proposal {
        statements: statements(&name, wanted, table, keys, existing),
        name,
        table: table.name.clone(),
        reason: wanted.reason,
        worthwhile: rows.is_none_or(|rows| rows >= WORTHWHILE_ROWS),
        state,
        rows,
        bytes,
    }
}

/// Its name, with a number from the second on.
fn named(wanted: &Wanted, table: &Relation, number: usize) -> String {
    let other = |letter: char| !letter.is_ascii_alphanumeric();
    let plain = format!(
        "hopsdesk_{}_{}",
        table.name.to_lowercase().replace(other, "_"),
        wanted.name
    );
    let end = match number {
        1 => "_idx".to_owned(),
        _ => format!("_{number}_idx"),
    };
    let mut name: String = plain.chars().take(LONGEST_NAME - end.len()).collect();
    name.push_str(&end);
    name
}

/// The first of its names that nobody else has.
fn free_name(wanted: &Wanted, table: &Relation, existing: &Existing) -> String {
    let taken = |name: &str| {
        existing.sizes.iter().any(|size| size.name == name)
            || existing.indexes.iter().any(|index| {
                // What a broken attempt left behind is ours to replace.
                index.name == name && (index.valid || index.table_name != table.name)
            })
    };
    let mut number = 1;
    loop {
        let name = named(wanted, table, number);
        if !taken(&name) {
            return name;
        }
        number += 1;
    }
}

fn impossible(
    wanted: &Wanted,
    table: &Relation,
    keys: &[LiveKey],
    existing: &Existing,
) -> Option<String> {
    if table.kind != "table" && table.kind != "materialized view" {
        return Some(format!("{} is a {}", table.name, table.kind));
    }
    if table.partitioned {
        return Some(format!(
            "{} is partitioned, and Postgres makes no index concurrently on a whole partitioned table: \
             make it on each partition",
            table.name
        ));
    }
    let fragments = wanted.method == Method::Inverted;
    if fragments && existing.trigram.installed_in.is_none() && !existing.trigram.available {
        return Some("this server has no extension pg_trgm".to_owned());
    }
    keys.iter().find_map(|key| key.unsteady.clone())
}

fn statements(
    name: &str,
    wanted: &Wanted,
    table: &Relation,
    keys: &[LiveKey],
    existing: &Existing,
) -> Vec<String> {
    let mut statements = Vec::new();
    let trigram = &existing.trigram;
    let schema = trigram
        .installed_in
        .as_deref()
        .unwrap_or(if trigram.has_extensions_schema {
            "extensions"
        } else {
            "public"
        });
    if wanted.method == Method::Inverted && trigram.installed_in.is_none() {
        statements.push(format!(
            "create extension if not exists pg_trgm with schema {schema};"
        ));
    }
    let keys: Vec<String> = keys
        .iter()
        .map(|key| match wanted.method {
            Method::Inverted => format!("{} {}.gin_trgm_ops", key.sql, quoted(schema)),
            _ => key.sql.clone(),
        })
        .collect();
    statements.push(format!(
        "create index concurrently {} on public.{} using {} ({});",
        quoted(name),
        quoted(&table.name),
        wanted.method.sql(),
        keys.join(", ")
    ));
    statements
}

/// What holds for every row that these statements ask for, as the predicate of an index would say it.
fn present(wanted: &Wanted, source: &Source<'_>, keys: &[LiveKey]) -> Vec<String> {
    let mut present = Vec::new();
    // Whatever equals something, or is like it, is not null.
    if wanted.equal > 0 {
        present.push(format!("{}isnotnull", plain(&keys[0].bare)));
    }
    let view = VIEWS.iter().find(|view| view.name == wanted.view);
    for name in wanted.without {
        let live = view
            .and_then(|view| view.column(name))
            .and_then(|column| source.column_of(column));
        if let Some(live) = live {
            present.push(format!("{}isnull", plain(&quoted(&live.name))));
        }
    }
    present
}

/// Whether an index does what the wanted one would.
fn serves(index: &Index, wanted: &Wanted, keys: &[LiveKey], present: &[String]) -> bool {
    let whole = index.predicate.as_ref().is_none_or(|predicate| {
        let mut parts = predicate.split(" AND ");
        parts.all(|part| present.contains(&plain(part)))
    });
    if !index.valid || !whole {
        return false;
    }
    let same = |there: &IndexKey, key: &LiveKey| {
        let operators = if key.fragment {
            there.operators == "gin_trgm_ops"
        } else if key.beginning {
            // In the collation C the ordinary order is that of the letters as well; elsewhere only this is.
            there.operators.ends_with("pattern_ops")
        } else {
            !there.operators.ends_with("pattern_ops")
        };
        operators && plain(&there.sql) == plain(&key.sql)
    };
    match wanted.method {
        Method::Inverted => {
            index.method == "gin"
                && keys
                    .iter()
                    .all(|key| index.keys.iter().any(|there| same(there, key)))
        }
        // A tree on the same column finds the rows as well, only larger.
        Method::Blocks => {
            matches!(index.method.as_str(), "brin" | "btree")
                && index
                    .keys
                    .first()
                    .is_some_and(|there| plain(&there.sql) == plain(&keys[0].sql))
        }
        Method::Ordered => {
            let matching = index.method == "btree"
                && index.keys.len() >= keys.len()
                && index
                    .keys
                    .iter()
                    .zip(keys)
                    .all(|(there, key)| same(there, key));
            let mut ordered = index.keys.iter().take(keys.len()).skip(wanted.equal);
            // Read forwards or backwards, but all keys alike, and nulls at the same end.
            let straight = ordered.clone().all(|key| !key.backward && !key.nulls_first);
            let reversed = ordered.all(|key| key.backward && key.nulls_first);
            matching && (straight || reversed)
        }
    }
}

/// An expression without what two ways of writing it may differ in.
fn plain(sql: &str) -> String {
    let sql = sql.to_lowercase();
    let sql = if is_long(&sql) { uncast(&sql) } else { sql };
    sql.replace("text_pattern_ops", "")
        .replace("pg_catalog.", "")
        .replace("'::text", "'")
        .replace([' ', '(', ')', '\n'], "")
}

/// False for one that was made when days alone were read as their beginning.
fn of_same_moment(index: &Index, keys: &[LiveKey]) -> bool {
    let ends = |sql: &str| sql.contains(END_OF_DAY);
    let mut pairs = index.keys.iter().zip(keys);
    pairs.all(|(there, key)| ends(&there.sql) == ends(&key.sql))
}

/// Whether it has constants in it, to which Postgres adds their types.
fn is_long(sql: &str) -> bool {
    let sql = sql.to_lowercase();
    ["case when", "case\n", "nullif("]
        .iter()
        .any(|beginning| sql.contains(beginning))
}

/// A longer expression without the types that Postgres adds to every constant in it, without the branch
/// that is null anyway, and with days for the moments at which they begin.
fn uncast(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once("::") {
        plain.push_str(before);
        rest = TYPES
            .iter()
            .find_map(|name| after.strip_prefix(name))
            .unwrap_or(after);
    }
    plain.push_str(rest);
    plain
        .replace("time '", "'")
        .replace(" 00:00:00+00", "")
        .replace(" else null", "")
        .replace('\'', "")
}

/// Types as Postgres writes them, and as we do; the longer before those they begin like.
const TYPES: &[&str] = &[
    "timestamp with time zone",
    "timestamp without time zone",
    "timestamptz",
    "timestamp",
    "double precision",
    "date",
    "bigint",
    "integer",
    "numeric",
    "real",
    "text",
    "time without time zone",
];
