//! What a row is found by: its id or, where the table has none, the columns that together are unique.

use crate::store::attach::canonical::Canonical;
use crate::store::attach::catalogue::{Column, Relation};
use crate::store::attach::ddl::quoted;
use crate::store::attach::mapping::{From, View};
use crate::store::attach::sources::{key_written, shows};
use crate::store::attach::writing::column::{fits_key, key_equals};

/// The key of a table, as its view shows it.
pub(super) struct RowKey<'c>(Vec<&'c Column>);

impl<'c> RowKey<'c> {
    /// The key of the view's table.
    ///
    /// # Errors
    /// When nothing tells its rows apart, as a sentence.
    pub(super) fn of(view: &View, table: &'c Relation) -> Result<Self, String> {
        let candidates = match view.column("id") {
            Some(id) if !id.from.is_empty() => id.from,
            _ => &[From::Column("id")],
        };
        // The first that the view shows, and no other: by another one, what it shows would be somebody else's row.
        let shown = candidates.iter().find_map(|candidate| {
            let columns = match candidate {
                From::Column(name) => vec![table.column(name)?],
                From::Key(names) => table.key_of(names)?,
                _ => return None,
            };
            let all = columns.iter().all(|column| shows(Canonical::Text, column));
            all.then_some(columns)
        });
        if let Some(columns) = shown {
            return match columns.iter().find(|column| !fits_key(column)) {
                None => Ok(Self(columns)),
                Some(strange) => Err(format!(
                    "{}.{} is {}, and by such a one no row is found to be written",
                    table.name, strange.name, strange.declared
                )),
            };
        }
        let no_id = format!("the table {} has no column id to find a row by", table.name);
        // Named as they would be made: of the columns that are there.
        let wanted: Vec<String> = candidates
            .iter()
            .filter_map(|candidate| {
                let From::Key(names) = candidate else {
                    return None;
                };
                let columns = names.iter().map(|name| table.column(name));
                let columns: Vec<&str> = columns
                    .map(|column| column.map(|column| column.name.as_str()))
                    .collect::<Option<_>>()?;
                Some(columns.join(" and "))
            })
            .collect();
        Err(if wanted.is_empty() {
            no_id
        } else {
            format!(
                "{no_id}, and no unique key of {} that would tell one row from another",
                wanted.join(", or of ")
            )
        })
    }

    /// The condition that a row, called `t`, is the one.
    pub(super) fn equals(&self, value: &str) -> String {
        if let [only] = self.0.as_slice() {
            return key_equals(only, value);
        }
        let parts = self.0.iter().enumerate();
        let parts: Vec<String> = parts
            .map(|(place, column)| key_equals(column, &format!("({value}::jsonb ->> {place})")))
            .collect();
        parts.join(" and ")
    }

    /// What the row is found by, as its view shows it.
    pub(super) fn written(&self, alias: &str) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|column| format!("{alias}{}::text", quoted(&column.name)))
            .collect();
        key_written(&parts)
    }
}
