//! What a row is found by: its id or, where the table has none, the columns that together are unique.

use crate::store::attach::catalogue::{Column, Relation};
use crate::store::attach::ddl::quoted;
use crate::store::attach::mapping::{From, View};
use crate::store::attach::sources::key_written;
use crate::store::attach::writing::column::{Live, fits_key, key_equals};

/// The key of a table, as its view shows it.
pub(super) struct RowKey<'c>(Vec<&'c Column>);

impl<'c> RowKey<'c> {
    /// The key of the view's table.
    ///
    /// # Errors
    /// When nothing tells its rows apart, as a sentence.
    pub(super) fn of(view: &View, table: &'c Relation) -> Result<Self, String> {
        let no_id = match Live::key(table, "id") {
            Ok(id) => return Ok(Self(vec![id])),
            Err(reason) => reason,
        };
        let candidates: Vec<&[&str]> = view
            .column("id")
            .map_or(&[][..], |id| id.from)
            .iter()
            .filter_map(|candidate| match candidate {
                From::Key(names) => Some(*names),
                _ => None,
            })
            .collect();
        let key = candidates
            .iter()
            .filter_map(|names| table.key_of(names))
            .find(|columns| columns.iter().all(|column| fits_key(column)));
        if let Some(columns) = key {
            return Ok(Self(columns));
        }
        // Named as they would be made: of the columns that are there.
        let wanted: Vec<String> = candidates
            .iter()
            .filter_map(|names| {
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
