//! A canonical column as a live one that can be written, and values of it.

use crate::store::attach::canonical::{Canonical, is_text};
use crate::store::attach::catalogue::{Column, Relation};
use crate::store::attach::ddl::{literal, quoted};
use crate::store::attach::mapping::{From, View};
use crate::store::attach::sources::empty_for_none;

/// Columns that are written and never read: they are in no view.
const WRITE_ONLY: &[(&str, Canonical)] = &[("token", Canonical::Text)];

/// Any uuid, as a regular expression.
const UUID: &str = "'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'";

/// A column that can be written.
pub(super) struct Live<'c> {
    pub(super) canonical: &'static str,
    kind: Canonical,
    /// Words of ours, which a service may spell in its own way.
    words: &'static [&'static str],
    /// An empty text stands for none.
    empty: bool,
    pub(super) column: &'c Column,
}

impl<'c> Live<'c> {
    /// Those of these columns that the table has and that can hold what is meant.
    pub(super) fn all(view: &View, names: &[&'static str], table: &'c Relation) -> Vec<Self> {
        names
            .iter()
            .filter_map(|name| Self::of(view, name, table))
            .collect()
    }

    fn of(view: &View, name: &'static str, table: &'c Relation) -> Option<Self> {
        let (kind, candidates, words) = match view.column(name) {
            Some(column) => (column.canonical, column.from, column.words),
            None => (
                WRITE_ONLY.iter().find(|(only, _)| *only == name)?.1,
                &[][..],
                &[][..],
            ),
        };
        let live = |live: &str| {
            table
                .column(live)
                .filter(|column| !column.generated && !column.minor_units && fits(kind, column))
        };
        let empty = |other: &str| {
            let empty = |from: &From| matches!(from, From::OrEmpty(name) if *name == other);
            candidates.iter().any(empty) && table.column(other).is_some_and(empty_for_none)
        };
        let column = if candidates.is_empty() {
            live(name)?
        } else {
            // The first that is there is the one the view shows; one that is computed has no place to write to.
            candidates.iter().find_map(|candidate| match candidate {
                From::Column(other) | From::OrEmpty(other) => live(other),
                _ => None,
            })?
        };
        Some(Self {
            canonical: name,
            kind,
            words,
            empty: empty(&column.name),
            column,
        })
    }

    /// The key of a table.
    pub(super) fn key(table: &'c Relation, name: &str) -> Result<&'c Column, String> {
        table
            .column(name)
            .filter(|column| fits_key(column))
            .ok_or_else(|| {
                format!(
                    "the table {} has no column {name} to find a row by",
                    table.name
                )
            })
    }

    /// Its value in an object of JSON. A text that is too long and a number that is too large are errors,
    /// never cut: the cast is to the plain type, and the assignment checks.
    pub(super) fn value(&self, object: &str) -> String {
        let key = literal(self.canonical);
        let text = format!("({object} ->> {key})");
        match self.kind {
            Canonical::Json => {
                // JSON's null is no setting.
                format!(
                    "nullif({object} -> {key}, 'null'){}",
                    if self.column.base == "json" {
                        "::json"
                    } else {
                        ""
                    }
                )
            }
            Canonical::Time | Canonical::Deadline
                if self.column.base == "timestamp without time zone" =>
            {
                format!("({text}::timestamp with time zone at time zone 'UTC')")
            }
            _ if self.empty => format!("coalesce({}, '')", cast(self.column, &text)),
            _ => cast(self.column, &text),
        }
    }

    /// [`Self::value`], with words of ours as this service spells them: as its type or its check has them; else as
    /// the row that is written does, or any row where that one has none. `row` stands before the column of that row.
    pub(super) fn spelled(&self, object: &str, table: &Relation, row: Option<&str>) -> String {
        if self.words.is_empty() {
            return self.value(object);
        }
        let text = format!("({object} ->> {})", literal(self.canonical));
        let words: Vec<String> = self.words.iter().map(|word| literal(word)).collect();
        if !self.column.words.is_empty() {
            let other: Vec<String> = self
                .words
                .iter()
                .filter_map(|word| {
                    let theirs = spelling(self.column, word)?;
                    (theirs != *word)
                        .then(|| format!("when {} then {}", literal(word), literal(theirs)))
                })
                .collect();
            if other.is_empty() {
                return self.value(object);
            }
            let sql = format!("(case {text} {} else {text} end)", other.join(" "));
            return cast(self.column, &sql);
        }
        let name = quoted(&self.column.name);
        let any = format!(
            "(select s.{name}::text from public.{} as s where s.{name} is not null limit 1)",
            quoted(&table.name)
        );
        let like = match row {
            Some(row) => format!("coalesce({row}{name}::text, {any})"),
            None => any,
        };
        let sql = format!(
            "(select case when {text} not in ({}) or coalesce(l.word = pg_catalog.lower(l.word), true) then {text} \
             when l.word = pg_catalog.upper(l.word) then pg_catalog.upper({text}) \
             else pg_catalog.initcap({text}) end from (select {like} collate pg_catalog.\"C\") as l (word))",
            words.join(", ")
        );
        cast(self.column, &sql)
    }
}

/// How a column that holds listed words only writes one of ours.
pub(in crate::store::attach) fn spelling<'c>(column: &'c Column, word: &str) -> Option<&'c str> {
    let exact = column.words.iter().find(|theirs| *theirs == word);
    let alike = || {
        column
            .words
            .iter()
            .find(|theirs| theirs.eq_ignore_ascii_case(word))
    };
    exact.or_else(alike).map(String::as_str)
}

/// Whether a row can be found by this column.
pub(super) fn fits_key(column: &Column) -> bool {
    fits(Canonical::Text, column)
}

fn fits(kind: Canonical, column: &Column) -> bool {
    let base = column.base.as_str();
    let integer = matches!(base, "smallint" | "integer" | "bigint");
    match kind {
        Canonical::Text => {
            is_text(column) || column.enumerated || integer || matches!(base, "uuid" | "character")
        }
        Canonical::Uuid => base == "uuid",
        // A float cannot keep money; integers cannot keep cents.
        Canonical::Number => base == "numeric",
        Canonical::Whole => integer || base == "numeric",
        Canonical::YesNo => base == "boolean",
        Canonical::Time | Canonical::Deadline => base.starts_with("timestamp"),
        Canonical::Date => base == "date",
        Canonical::Json => matches!(base, "json" | "jsonb"),
    }
}

/// Text as the column's type, whatever length that is declared with.
pub(super) fn cast(column: &Column, text: &str) -> String {
    match column.base.as_str() {
        "text" => text.to_owned(),
        // Its name alone would be a character of one letter.
        "character" => format!("{text}::pg_catalog.bpchar"),
        base => format!("{text}::{base}"),
    }
}

/// A row by its key; the key came from a view, so it has the column's type.
pub(super) fn key_equals(key: &Column, value: &str) -> String {
    format!("t.{} = {}", quoted(&key.name), cast(key, value))
}

/// Rows by their keys, which may be anything somebody typed.
pub(super) fn key_among(key: &Column, values: &str) -> String {
    let name = quoted(&key.name);
    match key.base.as_str() {
        "text" => format!("t.{name} = any (p_ids)"),
        "uuid" => format!(
            "t.{name} = any (array(select i::uuid from pg_catalog.unnest({values}) as i where i ~ {UUID}))"
        ),
        _ => format!("t.{name}::text = any ({values})"),
    }
}
