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

/// What tells a generation from the others, a table or `table.column`: databases grow, and keep traces of
/// what they were.
const MARKS: &[(&str, &[&str])] = &[
    (
        "first",
        &[
            "instances",
            "instances_backup",
            "billing_history",
            "invoices",
            "subscriptions",
            "credit_transactions",
            "user_pricing_overrides",
            "feature_groups",
            "model_deployments",
            "clusters",
            "usage_metrics",
            "user_profiles",
        ],
    ),
    ("second", &["users.account_owner_id", "team_invites"]),
    (
        "third",
        &[
            "usage_daily.opencost_cpu_hours",
            "user_projects",
            "project_member_roles",
            "health_check_failures",
            "stripe_processed_events",
            "hopsworks_clusters.region",
        ],
    ),
];

/// The traces of each generation in a database, those that are there: generation and marks. Of the schema
/// that this program makes, which has something of all, nothing but its own mark.
#[must_use]
pub fn marks(catalogue: &Catalogue, generation: &str) -> Vec<(&'static str, String)> {
    let there = |mark: &str| match mark.split_once('.') {
        Some((table, column)) => catalogue
            .relation(table)
            .is_some_and(|relation| relation.column(column).is_some()),
        None => catalogue.relation(mark).is_some(),
    };
    if generation == "hopsdesk" {
        return vec![("hopsdesk", "users.is_account_owner".to_owned())];
    }
    let found = MARKS.iter().map(|(generation, marks)| {
        let marks: Vec<&str> = marks.iter().copied().filter(|mark| there(mark)).collect();
        (*generation, marks.join(", "))
    });
    found.filter(|(_, marks)| !marks.is_empty()).collect()
}

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
