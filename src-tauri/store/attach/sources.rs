//! Where a canonical column comes from in a live table: the first candidate that is there and fits.

mod combined;

pub(super) use combined::empty_for_none;

use crate::store::attach::canonical::{Canonical, Conversion, is_text};
use crate::store::attach::catalogue::{Catalogue, Column, Relation, folded};
use crate::store::attach::ddl::{literal, quoted};
use crate::store::attach::mapping::{From, Tables, View, ViewColumn};

/// Currencies without minor units: Stripe's list of zero-decimal currencies.
const WITHOUT_MINOR: &str = "'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', \
                             'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'";

/// Currencies of a thousand minor units: Stripe's list of three-decimal currencies.
const OF_THOUSAND: &str = "'bhd', 'jod', 'kwd', 'omr', 'tnd'";

/// The tables a view is made from.
pub(super) struct Sources<'c> {
    /// In their order.
    pub(super) tables: Vec<Source<'c>>,
    /// Why there is none, as a sentence.
    pub(super) missing: String,
    /// Tables of that name that are not the ones meant: table and why, as a sentence.
    pub(super) skipped: Vec<(String, String)>,
}

/// A table a view is made from.
#[derive(Clone, Copy)]
pub(super) struct Source<'c> {
    /// What the mapping calls it.
    name: &'static str,
    /// The live table.
    pub(super) table: &'c Relation,
}

/// A canonical column in one table.
pub(super) struct Found {
    /// The expression; a typed null where there is no source.
    pub(super) expression: String,
    /// Live table and column or expression.
    pub(super) source: Option<String>,
    /// Why there is none, or why that is not all, as a sentence.
    pub(super) reason: Option<String>,
}

impl Found {
    /// A typed null.
    pub(super) fn nothing(column: &ViewColumn, reason: String) -> Self {
        Self {
            expression: format!("null::{}", column.canonical.sql()),
            source: None,
            reason: Some(reason),
        }
    }
}

/// The tables that exist and are the ones meant, and the sentence for when there is none.
pub(super) fn of<'c>(view: &View, catalogue: &'c Catalogue) -> Sources<'c> {
    let many = matches!(view.tables, Tables::All(_));
    let names = view.table_names();
    let mut tables = Vec::new();
    let mut skipped = Vec::new();
    for name in names {
        let Some(table) = catalogue.relation(name) else {
            continue;
        };
        let source = Source { name, table };
        let unmet = unreadable(table).or_else(|| {
            view.needs.iter().find_map(|need| {
                let found = source.find(view.column(need)?, "");
                match found.source {
                    Some(_) => None,
                    None => found.reason,
                }
            })
        });
        match unmet {
            Some(why) => skipped.push((table.name.clone(), why)),
            None => tables.push(source),
        }
        if !many && !tables.is_empty() {
            break;
        }
    }
    let missing = skipped.first().map_or_else(
        || not_there(names, catalogue),
        |(_, why): &(String, String)| why.clone(),
    );
    Sources {
        tables,
        missing,
        skipped,
    }
}

/// What no statement could read without failing for it.
fn unreadable(table: &Relation) -> Option<String> {
    let name = &table.name;
    if table.kind == "foreign table" {
        return Some(format!(
            "{name} is a foreign table, and whatever reads it fails whenever its server does"
        ));
    }
    if !table.opens {
        return Some(format!(
            "{name} is a view, and whom it reads as may not read what it is made of"
        ));
    }
    (!table.filled).then(|| {
        format!("{name} is a materialized view that was never filled, and Postgres reads none such")
    })
}

fn not_there(names: &[&str], catalogue: &Catalogue) -> String {
    let sentence = format!("this database has no table {}", names.join(" or "));
    let elsewhere = catalogue
        .elsewhere
        .iter()
        .find(|other| names.iter().any(|name| folded(name) == folded(&other.name)));
    match elsewhere {
        Some(other) => format!(
            "{sentence} in the schema public, and {}.{} is not read",
            other.schema, other.name
        ),
        None => sentence,
    }
}

impl Source<'_> {
    /// The column in this table, or why it is not there. `alias` stands before each live column.
    pub(super) fn find(&self, column: &ViewColumn, alias: &str) -> Found {
        let own = [From::Column(column.name)];
        let candidates = if column.from.is_empty() {
            own.as_slice()
        } else {
            column.from
        };
        let taking = Taking {
            source: self,
            column,
            alias,
        };
        let mut reason = None;
        for candidate in candidates {
            match taking.take(candidate) {
                Some(Ok(found)) => return taking.whole(found),
                // A column of a strange type says more than one that is not there.
                Some(Err(why)) => reason = reason.or(Some(why)),
                None => {}
            }
        }
        let table = &self.table.name;
        let reason = reason.unwrap_or_else(|| {
            let names: Vec<&str> = candidates
                .iter()
                .filter(|candidate| !matches!(candidate, From::Minor(_) | From::Stripes(..)))
                .flat_map(|candidate| self.named(candidate))
                .collect();
            if names.is_empty() {
                format!("the table {table} has no such column")
            } else {
                format!("the table {table} has no column {}", names.join(" or "))
            }
        });
        let mut nothing = Found::nothing(column, reason);
        if column.identity {
            nothing.expression = self.place(alias);
        }
        nothing
    }

    /// The live column that a canonical one comes from by its name.
    pub(super) fn column_of(&self, column: &ViewColumn) -> Option<&Column> {
        let mut names = column.from.iter().filter_map(|candidate| match candidate {
            From::Column(name) => Some(*name),
            _ => None,
        });
        names
            .find_map(|name| self.table.column(name))
            .or_else(|| self.table.column(column.name))
    }

    /// Whether the table itself sees to it that no two rows share this canonical column.
    pub(super) fn keeps_unique(&self, view: &View, name: &str) -> bool {
        view.column(name)
            .and_then(|column| self.column_of(column))
            .is_some_and(|live| self.table.is_unique(&live.name))
    }

    /// What stands for the identity of a row that has none: its place, where it has one, or else what it holds.
    fn place(&self, alias: &str) -> String {
        if !self.table.is_readable() {
            return "''".to_owned();
        }
        match (self.table.has_places(), self.table.in_parts) {
            (true, false) => format!("{alias}ctid::text"),
            // Each part begins to count anew.
            (true, true) => format!("{alias}tableoid::text || {alias}ctid::text"),
            (false, _) => self.content(alias),
        }
    }

    /// A digest of what a row holds, whoever asks and whenever: moments do not depend on the session's time zone, and
    /// spans may be counted from now on.
    fn content(&self, alias: &str) -> String {
        let texts = self.table.columns.iter().filter_map(|column| {
            let live = format!("{alias}{}", quoted(&column.name));
            match column.base.as_str() {
                "interval" => None,
                "timestamp with time zone" => Some(format!("extract(epoch from {live})::text")),
                _ => Some(format!("{live}::text")),
            }
        });
        let texts: Vec<String> = texts.collect();
        format!("pg_catalog.md5(array[{}]::text[]::text)", texts.join(", "))
    }

    /// The columns a candidate would have needed, to name them.
    fn named<'f>(&self, candidate: &'f From) -> Vec<&'f str> {
        match candidate {
            From::Column(name)
            | From::JsonText(name, _)
            | From::Minor(name)
            | From::OrEmpty(name)
            | From::Stripes(name, _)
            | From::OrWeekAfter(name, _) => vec![name],
            From::Of(only, name) if *only == self.name => vec![name],
            From::FirstCounted(sources) => sources.iter().flat_map(|one| self.named(one)).collect(),
            From::Sum(names) => names.first().copied().into_iter().collect(),
            From::Of(..) | From::Key(_) | From::TableName => Vec::new(),
        }
    }
}

/// Whether a view shows this live column as that type: whoever finds rows by what a view shows decides as it does.
pub(super) fn shows(kind: Canonical, live: &Column) -> bool {
    live.readable && kind.convert(live, "", false).is_some()
}

/// What a row is found by, of the texts of its key: one as it is, several so that no two keys are written alike.
pub(super) fn key_written(parts: &[String]) -> String {
    match parts {
        [only] => only.clone(),
        _ => format!("pg_catalog.jsonb_build_array({})::text", parts.join(", ")),
    }
}

/// One column being looked for in one table.
struct Taking<'t> {
    source: &'t Source<'t>,
    column: &'t ViewColumn,
    alias: &'t str,
}

/// A candidate that fits: expression, source, and what it leaves out.
struct Taken {
    sql: String,
    source: String,
    but: Option<String>,
    nullable: bool,
    /// A default may have put its zeros there.
    filled: bool,
}

impl Taking<'_> {
    fn table(&self) -> &Relation {
        self.source.table
    }

    fn qualified(&self, what: &str) -> String {
        format!("{}.{what}", self.table().name)
    }

    /// What stands for nulls and behind ids that may be there twice, and the reason when policies hide rows.
    fn whole(&self, taken: Taken) -> Found {
        let mut but = taken.but;
        let expression = match self.column.required {
            None if self.column.identity && !self.is_key() => {
                but = but.or_else(|| {
                    Some(format!(
                        "{} is not kept unique: the place of its row stands behind it",
                        taken.source
                    ))
                });
                let (sql, place) = (taken.sql, self.source.place(self.alias));
                format!("coalesce({sql} || ' ', '') || {place}")
            }
            None if self.column.identity && taken.nullable => {
                let (sql, table) = (taken.sql, self.table());
                // No column of a view is known to be never null, and to digest each row costs.
                let place = if table.has_places() {
                    self.source.place(self.alias)
                } else {
                    "''".to_owned()
                };
                format!("coalesce({sql}, {place})")
            }
            Some(otherwise) if taken.nullable => format!("coalesce({}, {otherwise})", taken.sql),
            _ => taken.sql,
        };
        let hidden = self.table().rows_hidden.then(|| {
            format!(
                "row level security of {} may hide rows from the login that attached",
                self.table().name
            )
        });
        Found {
            expression,
            source: Some(taken.source),
            reason: but.or(hidden),
        }
    }

    /// Whether what it comes from tells rows apart: as part of a key of the table's, and in a view for all anybody
    /// knows. A key of a table says nothing of those that inherit from it.
    fn is_key(&self) -> bool {
        let table = self.table();
        let inherited = table.in_parts && !table.partitioned;
        table.kind != "table"
            || self.source.column_of(self.column).is_some_and(|live| {
                let mut keys = table.unique_keys.iter();
                !inherited && keys.any(|key| key.contains(&live.name))
            })
    }

    /// A live column in the canonical type, or why not; `None` when it is not there.
    fn one(&self, name: &str) -> Option<Result<(Conversion, &Column), String>> {
        let live = self.table().column(name)?;
        if !live.readable {
            return Some(Err(format!(
                "the login that attaches may not read {}",
                self.qualified(&live.name)
            )));
        }
        let reference = format!("{}{}", self.alias, quoted(&live.name));
        let converted = self
            .column
            .canonical
            .convert(live, &reference, self.column.sorted);
        Some(match converted {
            Some(conversion) => Ok((conversion, live)),
            None => Err(format!(
                "{} is {}; {} was expected",
                self.qualified(&live.name),
                live.declared,
                self.column.canonical.expected()
            )),
        })
    }

    fn plain(&self, name: &str) -> Option<Result<Taken, String>> {
        let (conversion, live) = match self.one(name)? {
            Ok(found) => found,
            Err(why) => return Some(Err(why)),
        };
        let source = self.qualified(&live.name);
        let but = conversion
            .but
            .map(|but| format!("{source} is {}; {but}", live.declared));
        if live.minor_units && self.column.canonical == Canonical::Number {
            return Some(Ok(self.major(&conversion.sql, &live.name)));
        }
        Some(Ok(Taken {
            sql: self.word(live, conversion.sql),
            source,
            but,
            nullable: !live.not_null,
            filled: live.has_default,
        }))
    }

    /// An amount in minor units, in major ones.
    fn major(&self, sql: &str, name: &str) -> Taken {
        let currency = self.table().column("currency").filter(|currency| {
            let letters = is_text(currency) || currency.base == "character";
            currency.readable && (letters || currency.enumerated)
        });
        let unit = match currency {
            Some(currency) => format!(
                "case when pg_catalog.lower({live}::text) in ({WITHOUT_MINOR}) then 1 \
                 when pg_catalog.lower({live}::text) in ({OF_THOUSAND}) then 0.001 else 0.01 end",
                live = format_args!("{}{}", self.alias, quoted(&currency.name)),
            ),
            None => "0.01".to_owned(),
        };
        Taken {
            sql: format!("({sql}) * {unit}"),
            source: format!("{}, in minor units", self.qualified(name)),
            but: None,
            nullable: true,
            filled: false,
        }
    }

    fn take(&self, candidate: &From) -> Option<Result<Taken, String>> {
        match candidate {
            From::Column(name) => self.plain(name),
            From::Of(only, name) if *only == self.source.name => self.plain(name),
            From::Of(..) => None,
            From::FirstCounted(sources) => self.first_counted(sources),
            From::OrWeekAfter(name, other) => self.or_week_after(name, other),
            From::Sum(names) => self.sum(names),
            From::Minor(name) => Some(self.one(name)?.map(|(conversion, live)| {
                let live = &live.name;
                self.major(&conversion.sql, live)
            })),
            From::OrEmpty(name) => self.or_empty(name),
            From::Stripes(name, beginning) => self.stripes(name, beginning),
            From::JsonText(name, key) => self.json_text(name, key),
            From::Key(names) => self.key(names),
            From::TableName => Some(Ok(Taken {
                sql: format!("{}::text", literal(self.source.name)),
                source: format!("the table's name, {}", self.source.name),
                but: None,
                nullable: false,
                filled: false,
            })),
        }
    }

    /// A word in small letters where it is one that means something to us, and as it stands where not.
    fn word(&self, live: &Column, sql: String) -> String {
        let words = self.column.words;
        let small = |word: &String| *word == word.to_lowercase();
        if words.is_empty() || (!live.words.is_empty() && live.words.iter().all(small)) {
            return sql;
        }
        let known: Vec<String> = words.iter().map(|word| literal(word)).collect();
        format!(
            "case when pg_catalog.lower({sql}) in ({}) then pg_catalog.lower({sql}) else {sql} end",
            known.join(", ")
        )
    }

    fn key(&self, names: &[&str]) -> Option<Result<Taken, String>> {
        let columns = self.table().key_of(names)?;
        let mut parts = Vec::new();
        for column in &columns {
            match self.one(&column.name)? {
                Ok((conversion, _)) => parts.push(conversion.sql),
                Err(why) => return Some(Err(why)),
            }
        }
        let live: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        Some(Ok(Taken {
            sql: key_written(&parts),
            source: self.qualified(&live.join(" and ")),
            but: None,
            nullable: columns.iter().any(|column| !column.not_null),
            filled: false,
        }))
    }

    fn json_text(&self, name: &str, key: &str) -> Option<Result<Taken, String>> {
        let live = self.table().column(name).filter(|live| live.readable)?;
        let reference = format!("{}{}", self.alias, quoted(&live.name));
        let json = Canonical::Json.convert(live, &reference, false)?;
        Some(Ok(Taken {
            sql: format!("({} ->> {})", json.sql, literal(key)),
            source: self.qualified(&format!("{} ->> {key}", live.name)),
            but: None,
            nullable: true,
            filled: false,
        }))
    }
}
