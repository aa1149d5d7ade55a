//! Canonical columns made from several live ones.

use crate::store::attach::canonical::is_text;
use crate::store::attach::catalogue::Column;
use crate::store::attach::ddl::{literal, quoted};
use crate::store::attach::mapping::From;
use crate::store::attach::sources::{Taken, Taking};

/// Whether a column refers to nobody by an empty text, since it takes no null.
pub(in crate::store::attach) fn empty_for_none(live: &Column) -> bool {
    live.not_null && live.has_default && is_text(live)
}

impl Taking<'_> {
    pub(super) fn first_counted(&self, sources: &[From]) -> Option<Result<Taken, String>> {
        let (mut usable, mut wrong) = (Vec::new(), None);
        for one in sources.iter().filter_map(|source| self.take(source)) {
            match one {
                Ok(taken) => usable.push(taken),
                Err(why) => wrong = wrong.or(Some(why)),
            }
        }
        if usable.len() < 2 {
            return usable.pop().map(Ok).or_else(|| wrong.map(Err));
        }
        let last = usable.len() - 1;
        let mut parts: Vec<String> = Vec::new();
        let mut zeros: Vec<String> = Vec::new();
        // As the Schema screen shows it: whose zero gives way is to be seen.
        let mut sources: Vec<String> = Vec::new();
        for (place, taken) in usable.iter().enumerate() {
            if taken.filled && place < last {
                parts.push(format!("nullif({}, 0)", taken.sql));
                zeros.push(taken.sql.clone());
                sources.push(format!("nullif({}, 0)", taken.source));
            } else {
                parts.push(taken.sql.clone());
                sources.push(taken.source.clone());
            }
        }
        // Nobody says more: then zero is zero.
        parts.extend(zeros);
        let sources = sources.join(", ").replace(&self.qualified(""), "");
        Some(Ok(Taken {
            sql: format!("coalesce({})", parts.join(", ")),
            source: self.qualified(&format!("coalesce({sources})")),
            but: usable.iter().find_map(|taken| taken.but.clone()),
            nullable: true,
            filled: usable.iter().all(|taken| taken.filled),
        }))
    }

    /// Seen from a moment that a calendar has, or not at all.
    pub(super) fn or_week_after(&self, name: &str, other: &str) -> Option<Result<Taken, String>> {
        let end = match self.plain(name) {
            Some(Ok(end)) => Some(end),
            Some(Err(why)) => return Some(Err(why)),
            None => None,
        };
        let begins = self.table().column(other).filter(|live| live.readable);
        let week = begins.and_then(|live| {
            let reference = format!("{}{}", self.alias, quoted(&live.name));
            let begin = self.column.canonical.convert(live, &reference, false)?;
            let begin = begin.sql;
            Some((
                // No calendar goes on for ever.
                format!("case when {begin} < '9999-12-20' then {begin} + interval '168 hours' end"),
                self.qualified(&live.name),
            ))
        });
        let (sql, source) = match (end, week) {
            (None, None) => return None,
            (Some(end), None) => (end.sql, end.source),
            (None, Some((sql, begin))) => (sql, format!("{begin} and a week")),
            (Some(end), Some((sql, begin))) => {
                let live = self.table().column(name)?;
                let reference = format!("{}{}", self.alias, quoted(&live.name));
                (
                    // An end that no calendar has is none, and not a week from the beginning.
                    format!(
                        "case when {reference} is null then {sql} else {} end",
                        end.sql
                    ),
                    format!("{}, or {begin} and a week", end.source),
                )
            }
        };
        Some(Ok(Taken {
            sql,
            source,
            but: None,
            nullable: true,
            filled: false,
        }))
    }

    /// What refers to somebody, and cannot be null where it refers to nobody.
    pub(super) fn or_empty(&self, name: &str) -> Option<Result<Taken, String>> {
        let live = self.table().column(name)?;
        let taken = self.plain(name)?;
        if !empty_for_none(live) {
            return Some(taken);
        }
        let source = self.qualified(&live.name);
        Some(taken.map(|taken| Taken {
            sql: format!("nullif({}, '')", taken.sql),
            but: Some(format!(
                "{source} takes no null: an empty text is none, and an index on the column alone does not serve"
            )),
            nullable: true,
            ..taken
        }))
    }

    /// An id of Stripe's that the row itself goes by.
    pub(super) fn stripes(&self, name: &str, beginning: &str) -> Option<Result<Taken, String>> {
        let live = self.table().column(name)?;
        if !live.readable || !is_text(live) {
            return None;
        }
        let id = format!("{}{}::text", self.alias, quoted(&live.name));
        Some(Ok(Taken {
            sql: format!(
                "case when pg_catalog.starts_with({id}, {}) then {id} end",
                literal(beginning)
            ),
            source: format!(
                "{}, where it begins with {beginning}",
                self.qualified(&live.name)
            ),
            but: Some(format!(
                "the table {} has no column for it: ids that begin with {beginning} are Stripe's",
                self.table().name
            )),
            nullable: true,
            filled: false,
        }))
    }

    pub(super) fn sum(&self, names: &[&str]) -> Option<Result<Taken, String>> {
        let mut parts = Vec::new();
        let mut live = Vec::new();
        let mut filled = false;
        for name in names {
            match self.one(name)? {
                Ok((conversion, column)) => {
                    filled |= column.has_default;
                    parts.push(conversion.sql);
                    live.push(column.name.as_str());
                }
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
        Some(Ok(Taken {
            sql,
            source: self.qualified(&live.join(" + ")),
            but: None,
            nullable: true,
            filled,
        }))
    }
}
