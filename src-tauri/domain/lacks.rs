//! What a database does not record, so that a screen can say so instead of showing zero.

use std::collections::BTreeMap;

/// Canonical views and columns without a source on this database, each with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacks {
    views: BTreeMap<String, View>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct View {
    /// Set when no column of the view has a source.
    whole: Option<String>,
    columns: BTreeMap<String, String>,
}

impl Lacks {
    /// Collects columns without a source: view, column, reason; `mapped` names the views that have at
    /// least one column with a source.
    #[must_use]
    pub fn collect(
        columns: impl IntoIterator<Item = (String, String, Option<String>)>,
        mapped: &[String],
    ) -> Self {
        let mut lacks = Self::default();
        for (view, column, reason) in columns {
            let whole = !mapped.contains(&view);
            let reason =
                reason.unwrap_or_else(|| format!("This database does not record {column}."));
            let entry = lacks.views.entry(view).or_default();
            if whole && entry.whole.is_none() {
                entry.whole = Some(sentence(&reason));
            }
            entry.columns.insert(column, sentence(&reason));
        }
        lacks
    }

    /// Why a view has no rows at all on this database, as a sentence; `None` when it may have.
    #[must_use]
    pub fn view(&self, view: &str) -> Option<&str> {
        self.views.get(view)?.whole.as_deref()
    }

    /// Why a column is empty throughout, as a sentence; `None` when it may hold something.
    #[must_use]
    pub fn column(&self, view: &str, column: &str) -> Option<&str> {
        self.views
            .get(view)?
            .columns
            .get(column)
            .map(String::as_str)
    }

    /// Why the first of these (view, column) is empty throughout; `None` when all of them may hold something.
    #[must_use]
    pub fn any(&self, needed: &[(&str, &str)]) -> Option<&str> {
        needed
            .iter()
            .find_map(|(view, column)| self.column(view, column))
    }

    /// One sentence for each view that is not there at all.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.views.values().filter_map(|view| view.whole.as_deref())
    }
}

/// Begins with a capital letter and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().trim_end_matches('.').chars();
    let first: String = letters
        .next()
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(view: &str, column: &str, reason: &str) -> (String, String, Option<String>) {
        (view.to_owned(), column.to_owned(), Some(reason.to_owned()))
    }

    #[test]
    fn a_missing_table_and_a_missing_column_are_told_apart() {
        let lacks = Lacks::collect(
            [
                column("invoices", "id", "this database has no table invoices"),
                column(
                    "users",
                    "registration_ip",
                    "users has no column registration_ip",
                ),
            ],
            &["users".to_owned()],
        );
        assert_eq!(
            lacks.view("invoices"),
            Some("This database has no table invoices.")
        );
        assert_eq!(lacks.view("users"), None);
        assert_eq!(
            lacks.column("users", "registration_ip"),
            Some("Users has no column registration_ip.")
        );
        assert_eq!(lacks.sentences().count(), 1);
    }
}
