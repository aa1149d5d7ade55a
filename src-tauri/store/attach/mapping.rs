//! The canonical views as data: what each shows, and where in a live database it may come from.
//!
//! A generation of the service is nothing but more candidates in these lists. Candidates are tried in
//! their order; what none of them offers becomes a typed null with a reason.

pub mod accounts;
pub mod clusters;
pub mod money;
pub mod usage;

use crate::store::attach::canonical::Canonical;

/// A canonical view.
#[derive(Debug)]
pub struct View {
    /// Its name in `console`.
    pub name: &'static str,
    /// What a row is; becomes its comment.
    pub about: &'static str,
    /// Tables it may come from.
    pub tables: Tables,
    /// Columns without which a table of that name is not the one meant.
    pub needs: &'static [&'static str],
    /// In their order.
    pub columns: &'static [ViewColumn],
}

/// Tables a view may come from.
#[derive(Debug)]
pub enum Tables {
    /// The first of these that exists: one table under several names.
    First(&'static [&'static str]),
    /// All of these that exist, one after the other: tables that hold parts of one thing.
    All(&'static [&'static str]),
}

/// A column of a canonical view.
#[derive(Debug)]
pub struct ViewColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub canonical: Canonical,
    /// Where it may come from; empty: from the column of the same name.
    pub from: &'static [From],
}

/// Where a canonical column may come from.
#[derive(Debug)]
pub enum From {
    /// A column.
    Column(&'static str),
    /// A column, but only of this table.
    Of(&'static str, &'static str),
    /// Whichever of these columns exist, the first that is not null in a row: for quantities that got a
    /// second name one day, so that rows from before keep theirs.
    FirstKnown(&'static [&'static str]),
    /// The sum of these columns; all of them must exist.
    Sum(&'static [&'static str]),
    /// A text inside a JSON column: column and key.
    JsonText(&'static str, &'static str),
    /// The name of the table itself.
    TableName,
}

/// All views, in the order in which they are made.
pub const VIEWS: &[&View] = &[
    &accounts::USERS,
    &accounts::TEAM_INVITES,
    &accounts::PROJECT_MEMBER_ROLES,
    &accounts::HEALTH_CHECK_FAILURES,
    &clusters::CLUSTERS,
    &clusters::CLUSTER_ASSIGNMENTS,
    &clusters::INSTANCES,
    &clusters::USER_PROJECTS,
    &clusters::FEATURE_GROUPS,
    &clusters::MODEL_DEPLOYMENTS,
    &usage::USAGE_DAILY,
    &money::USER_CREDITS,
    &money::CREDIT_TRANSACTIONS,
    &money::INVOICES,
    &money::SUBSCRIPTIONS,
    &money::PRICE_OVERRIDES,
];

const fn text(name: &'static str) -> ViewColumn {
    column(name, Canonical::Text)
}

const fn number(name: &'static str) -> ViewColumn {
    column(name, Canonical::Number)
}

const fn whole(name: &'static str) -> ViewColumn {
    column(name, Canonical::Whole)
}

const fn yes_no(name: &'static str) -> ViewColumn {
    column(name, Canonical::YesNo)
}

const fn time(name: &'static str) -> ViewColumn {
    column(name, Canonical::Time)
}

const fn date(name: &'static str) -> ViewColumn {
    column(name, Canonical::Date)
}

const fn json(name: &'static str) -> ViewColumn {
    column(name, Canonical::Json)
}

const fn column(name: &'static str, canonical: Canonical) -> ViewColumn {
    ViewColumn {
        name,
        canonical,
        from: &[],
    }
}

impl ViewColumn {
    const fn from(self, from: &'static [From]) -> Self {
        Self { from, ..self }
    }
}
