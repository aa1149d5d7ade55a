//! Tables and views that are recognised without being read: what each is, in a sentence.

use crate::store::attach::catalogue::{Relation, folded};

/// What a table or view is that no canonical view is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Left over from an older generation, or kept by the service for itself.
    Legacy(&'static str),
    /// A view of the service's own.
    View(&'static str),
    /// Of a tool that the service is made with.
    Tool(&'static str),
}

impl Known {
    /// What it is, as a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Legacy(sentence) | Self::View(sentence) | Self::Tool(sentence) => sentence,
        }
    }
}

const LEGACY: &[(&str, &str)] = &[
    (
        "instances_backup",
        "A copy of the instances of the first generation; instances, where there is such a table, is read instead.",
    ),
    (
        "clusters",
        "The first generation's list of clusters; hopsworks_clusters is read instead.",
    ),
    (
        "usage_metrics",
        "Measurements from before usage_daily; not read.",
    ),
    (
        "user_profiles",
        "Pictures and preferences of the first generation; not read.",
    ),
    (
        "stripe_processed_events",
        "Ids of the Stripe events that the service's own program has handled; not read.",
    ),
    (
        "billing_history_backup",
        "A copy of billing_history; not read.",
    ),
    ("users_backup", "A copy of users; not read."),
    ("usage_daily_backup", "A copy of usage_daily; not read."),
];

const TOOLS: &[(&str, &str)] = &[
    ("_prisma_migrations", "Bookkeeping of Prisma's migrations."),
    ("schema_migrations", "Bookkeeping of migrations."),
    ("knex_migrations", "Bookkeeping of Knex's migrations."),
    ("knex_migrations_lock", "Bookkeeping of Knex's migrations."),
    ("_sqlx_migrations", "Bookkeeping of sqlx's migrations."),
    ("drizzle_migrations", "Bookkeeping of Drizzle's migrations."),
    ("spatial_ref_sys", "Reference data of PostGIS."),
];

/// The table or view, if it is one of these.
#[must_use]
pub fn known(relation: &Relation) -> Option<Known> {
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(name, _)| folded(name) == folded(&relation.name))
            .map(|(_, sentence)| *sentence)
    };
    // Prisma calls its models so: TeamMembers.
    match folded(&relation.name).as_str() {
        "teammembers" => {
            return Some(Known::View(if relation.kind == "table" {
                "The service's own table of members and their owners."
            } else {
                "The service's own view of members and their owners."
            }));
        }
        "accountusage" => {
            return Some(Known::View(if relation.kind == "table" {
                "The service's own table of usage per account and day."
            } else {
                "The service's own view of usage per account and day."
            }));
        }
        "accountusagesummary" => return Some(Known::View(summary(relation))),
        _ => {}
    }
    find(LEGACY)
        .map(Known::Legacy)
        .or_else(|| find(TOOLS).map(Known::Tool))
}

/// `account_usage_summary` has had two shapes that have nothing but the name in common.
fn summary(relation: &Relation) -> &'static str {
    let has = |names: &[&str]| names.iter().any(|name| relation.column(name).is_some());
    let dated = has(&["date", "usage_date"]);
    let of_owners = has(&["account_owner_id", "owner_id", "owner_email", "total_users"]);
    if dated || (has(&["active_users"]) && !of_owners) {
        "The service's own summary, in the shape per date, with its active users."
    } else if of_owners {
        "The service's own summary, in the shape per account, over all time."
    } else {
        "A summary of the service's own, in neither of the two shapes that are known."
    }
}
