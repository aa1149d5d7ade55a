//! Which service a database belongs to, told by its tables.

use crate::store::attach::catalogue::Catalogue;
use crate::store::attach::failure::AttachError;

/// A service we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Managed Hopsworks.
    Managed,
}

impl Product {
    /// As recorded in `console.attachment`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Managed => "managed",
        }
    }
}

/// Marks of the generations, the newest first: a column that no older one has. For people to read;
/// mapping goes by the columns themselves, since real databases sit anywhere in between.
const GENERATIONS: &[(&str, &str, &str)] = &[
    ("users", "is_account_owner", "hopsdesk"),
    ("usage_daily", "opencost_cpu_hours", "third"),
    ("users", "account_owner_id", "second"),
    ("users", "id", "first"),
];

/// Tables beside `users` that only a managed Hopsworks service has.
const MANAGED: &[&str] = &["usage_daily", "user_credits", "hopsworks_clusters"];

/// Tells the product and the nearest generation.
///
/// # Errors
/// [`AttachError::EmptyDatabase`] or [`AttachError::Unrelated`].
pub fn recognise(catalogue: &Catalogue) -> Result<(Product, &'static str), AttachError> {
    let has = |table: &str, column: &str| {
        catalogue
            .relation(table)
            .is_some_and(|relation| relation.column(column).is_some())
    };
    if catalogue.relations.is_empty() {
        return Err(AttachError::EmptyDatabase);
    }
    let managed = MANAGED
        .iter()
        .any(|table| has(table, "id") || has(table, "user_id"));
    if !(managed && has("users", "id") && has("users", "email")) {
        let tables = catalogue.relations.iter();
        return Err(AttachError::Unrelated {
            tables: tables.map(|relation| relation.name.clone()).collect(),
        });
    }
    let generation = GENERATIONS
        .iter()
        .find(|(table, column, _)| has(table, column))
        .map_or("first", |(_, _, generation)| generation);
    Ok((Product::Managed, generation))
}
