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
    /// Canonical columns without which a table of that name is not the one meant.
    pub needs: &'static [&'static str],
    /// The canonical column that tells rows apart, and that others join by: there is a row without it nowhere,
    /// and none twice, whatever the table allows.
    pub key: Option<&'static str>,
    /// The canonical column whose rows must lie in the calendar: others belong to no day and are left out.
    pub dated: Option<&'static str>,
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
    /// Lists are read in its order: what it comes from stays within reach of an index.
    pub sorted: bool,
    /// What stands for a null, where the live column allows one and no program of ours could do without.
    pub required: Option<&'static str>,
    /// Lists go on after it: a row that has none is told apart by its place in the table.
    pub identity: bool,
    /// Words that mean something to us, in small letters: so they are shown, however the table spells them. Others
    /// are shown as they stand.
    pub words: &'static [&'static str],
}

/// Where a canonical column may come from.
#[derive(Debug)]
pub enum From {
    /// A column.
    Column(&'static str),
    /// A text; empty is none, where the column takes no null and is empty by itself.
    OrEmpty(&'static str),
    /// A column, but only of this table.
    Of(&'static str, &'static str),
    /// The sum of these columns; all of them must exist.
    Sum(&'static [&'static str]),
    /// Whichever of these sources exist, the first that is known in a row: for quantities that are counted in other
    /// columns from some day on. A zero that a default filled in is not known while another source says more.
    FirstCounted(&'static [From]),
    /// A time, or a week after another where there is none.
    OrWeekAfter(&'static str, &'static str),
    /// An amount in cents, or whatever the minor units of its currency are: shown in major units.
    Minor(&'static str),
    /// A text, where it is an id of Stripe's that begins so.
    Stripes(&'static str, &'static str),
    /// A text inside a JSON column: column and key.
    JsonText(&'static str, &'static str),
    /// These columns together, where the table itself sees to it that no two rows share them: for rows without an id
    /// of their own. One alone stands as it is, several as an array of JSON.
    Key(&'static [&'static str]),
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
    &money::STRIPE_PRODUCTS,
];

impl View {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static ViewColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Names of the tables it may come from.
    #[must_use]
    pub fn table_names(&self) -> &'static [&'static str] {
        match self.tables {
            Tables::First(names) | Tables::All(names) => names,
        }
    }
}

const fn text(name: &'static str) -> ViewColumn {
    column(name, Canonical::Text)
}

/// The row's own id as a uuid, to look a pasted one up by its index.
const fn row_id() -> ViewColumn {
    column("row_id", Canonical::Uuid).from(&[From::Column("id")])
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

const fn deadline(name: &'static str) -> ViewColumn {
    column(name, Canonical::Deadline)
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
        sorted: false,
        required: None,
        identity: false,
        words: &[],
    }
}

impl ViewColumn {
    const fn from(self, from: &'static [From]) -> Self {
        Self { from, ..self }
    }

    const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    const fn sorted(self) -> Self {
        Self {
            sorted: true,
            ..self
        }
    }

    const fn identity(self) -> Self {
        Self {
            identity: true,
            ..self
        }
    }

    const fn or(self, literal: &'static str) -> Self {
        Self {
            required: Some(literal),
            ..self
        }
    }
}
