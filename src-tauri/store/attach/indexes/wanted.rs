//! The indexes our statements need on a large service, as data: in canonical names, so that the same list
//! serves every generation.

/// An index we would like to find.
#[derive(Debug)]
pub struct Wanted {
    /// Part of its name, after the table's.
    pub name: &'static str,
    /// The canonical view whose tables it is for.
    pub view: &'static str,
    /// In their order.
    pub keys: &'static [Key],
    /// How many of the first keys are compared for equality: their direction does not matter.
    pub equal: usize,
    /// How it finds things.
    pub method: Method,
    /// Canonical columns that are null in every row these statements ask for: an index of such rows alone does.
    pub without: &'static [&'static str],
    /// What it is for, as a sentence.
    pub reason: &'static str,
}

/// One key of an index.
#[derive(Debug)]
pub enum Key {
    /// A canonical column.
    Column(&'static str),
    /// A canonical column in small letters, compared as a whole.
    Small(&'static str),
    /// A canonical column in small letters, found by how it begins.
    Beginning(&'static str),
    /// A canonical column, found by any three letters of it.
    Fragment(&'static str),
}

impl Key {
    /// The canonical column.
    #[must_use]
    pub fn column(&self) -> &'static str {
        match self {
            Self::Column(name)
            | Self::Small(name)
            | Self::Beginning(name)
            | Self::Fragment(name) => name,
        }
    }
}

/// How an index finds things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// An ordered tree.
    Ordered,
    /// What each block of the table holds at least and at most: tiny, for rows that arrive in order.
    Blocks,
    /// Words or fragments to rows.
    Inverted,
}

impl Method {
    /// As Postgres calls it.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Ordered => "btree",
            Self::Blocks => "brin",
            Self::Inverted => "gin",
        }
    }
}

const fn ordered(
    name: &'static str,
    view: &'static str,
    keys: &'static [Key],
    reason: &'static str,
) -> Wanted {
    Wanted {
        name,
        view,
        keys,
        equal: 0,
        method: Method::Ordered,
        without: &[],
        reason,
    }
}

const fn found_by(
    name: &'static str,
    view: &'static str,
    keys: &'static [Key],
    reason: &'static str,
) -> Wanted {
    Wanted {
        name,
        view,
        keys,
        equal: 1,
        method: Method::Ordered,
        without: &[],
        reason,
    }
}

const fn fragment(
    name: &'static str,
    view: &'static str,
    keys: &'static [Key],
    reason: &'static str,
) -> Wanted {
    Wanted {
        name,
        view,
        keys,
        equal: 1,
        method: Method::Inverted,
        without: &[],
        reason,
    }
}

impl Wanted {
    const fn without(self, without: &'static [&'static str]) -> Self {
        Self { without, ..self }
    }
}

use Key::{Beginning, Column, Fragment, Small};

/// All of them; those for the largest tables and the busiest screens first.
pub const WANTED: &[Wanted] = &[
    found_by(
        "user_date",
        "usage_daily",
        &[Column("user_id"), Column("date")],
        "One person's usage, on their page and in the list of users.",
    ),
    found_by(
        "owner_date",
        "usage_daily",
        &[Column("account_owner_id"), Column("date")],
        "A team's usage, and how long an account's credits last.",
    ),
    Wanted {
        name: "date",
        view: "usage_daily",
        keys: &[Column("date")],
        equal: 1,
        method: Method::Blocks,
        without: &[],
        reason: "The last days of usage, which are read again and again to keep the sums right.",
    },
    found_by("id", "users", &[Column("id")], "A person by id."),
    found_by(
        "email_beginning",
        "users",
        &[Beginning("email")],
        "Search by the beginning of an address, and registrations that must find a taken one.",
    ),
    found_by(
        "name_beginning",
        "users",
        &[Beginning("name")],
        "Search by the beginning of a name.",
    ),
    fragment(
        "email_fragment",
        "users",
        &[Fragment("email")],
        "Search by any part of an address.",
    ),
    fragment(
        "name_fragment",
        "users",
        &[Fragment("name")],
        "Search by any part of a name.",
    ),
    found_by(
        "company_beginning",
        "users",
        &[Beginning("company")],
        "Search by the beginning of a company.",
    )
    .without(&["account_owner_id"]),
    fragment(
        "company_fragment",
        "users",
        &[Fragment("company")],
        "Search by any part of a company.",
    )
    .without(&["account_owner_id"]),
    ordered(
        "created",
        "users",
        &[Column("created_at"), Column("id")],
        "Users, the newest first.",
    ),
    ordered(
        "last_login",
        "users",
        &[Column("last_login_at"), Column("id")],
        "Users by last login.",
    ),
    ordered(
        "name",
        "users",
        &[Column("name"), Column("id")],
        "Users by name.",
    ),
    ordered("email", "users", &[Column("email")], "Users by address."),
    found_by(
        "owner",
        "users",
        &[Column("account_owner_id")],
        "Members of a team.",
    ),
    found_by(
        "stripe_customer",
        "users",
        &[Column("stripe_customer_id")],
        "A Stripe customer's id, pasted into search.",
    ),
    found_by(
        "stripe_test_customer",
        "users",
        &[Column("stripe_test_customer_id")],
        "A Stripe customer's id of the test mode, pasted into search.",
    ),
    found_by(
        "stripe_subscription",
        "users",
        &[Column("stripe_subscription_id")],
        "A Stripe subscription's id, pasted into search.",
    ),
    found_by(
        "hopsworks_username",
        "users",
        &[Column("hopsworks_username")],
        "A Hopsworks username, pasted into search.",
    ),
    found_by(
        "hopsworks_number",
        "users",
        &[Column("hopsworks_user_id")],
        "A user's number in Hopsworks, pasted into search.",
    ),
    found_by(
        "user",
        "user_credits",
        &[Column("user_id")],
        "An account's credits.",
    ),
    found_by(
        "user_created",
        "credit_transactions",
        &[Column("user_id"), Column("created_at")],
        "An account's credit transactions, the newest first.",
    ),
    found_by(
        "user_created",
        "invoices",
        &[Column("user_id"), Column("created_at")],
        "An account's invoices, the newest first.",
    ),
    found_by(
        "payment",
        "credit_transactions",
        &[Column("stripe_payment_intent_id")],
        "A payment for credits, pasted into search.",
    ),
    ordered(
        "created",
        "invoices",
        &[Column("created_at"), Column("id")],
        "Invoices, the newest first.",
    ),
    ordered(
        "amount",
        "invoices",
        &[Column("amount"), Column("id")],
        "Invoices, the dearest first.",
    ),
    ordered(
        "due",
        "invoices",
        &[Column("due_at"), Column("id")],
        "Invoices by their due date.",
    ),
    found_by(
        "status_small",
        "invoices",
        &[Small("status"), Column("created_at"), Column("id")],
        "Open and failed invoices, however the service writes that.",
    ),
    found_by(
        "status_due",
        "invoices",
        &[Small("status"), Column("due_at")],
        "Overdue invoices, however the service writes that.",
    ),
    found_by("id", "invoices", &[Column("id")], "An invoice's page."),
    found_by(
        "stripe_id",
        "invoices",
        &[Column("stripe_invoice_id")],
        "Which of Stripe's invoices the service keeps itself: in the lists, and for a customer's bills.",
    ),
    found_by(
        "payment",
        "invoices",
        &[Column("stripe_payment_intent_id")],
        "A payment, pasted into search.",
    ),
    fragment(
        "number_fragment",
        "invoices",
        &[Fragment("number")],
        "Search by any part of an invoice's number.",
    ),
    found_by(
        "number",
        "invoices",
        &[Column("number")],
        "An invoice's number, pasted into search.",
    ),
    found_by(
        "user",
        "subscriptions",
        &[Column("user_id")],
        "An account's subscriptions.",
    ),
    ordered(
        "created",
        "subscriptions",
        &[Column("created_at"), Column("id")],
        "Subscriptions among the invoices, the newest first.",
    ),
    found_by(
        "user",
        "cluster_assignments",
        &[Column("user_id")],
        "Where somebody works.",
    ),
    found_by(
        "cluster",
        "cluster_assignments",
        &[Column("cluster_id")],
        "Who works on a cluster.",
    ),
    found_by(
        "username",
        "cluster_assignments",
        &[Column("hopsworks_username")],
        "A Hopsworks username that only a seat knows, pasted into search.",
    ),
    found_by(
        "hopsworks_number",
        "cluster_assignments",
        &[Column("hopsworks_user_id")],
        "A number in Hopsworks that only a seat knows, pasted into search.",
    ),
    found_by(
        "owner",
        "team_invites",
        &[Column("account_owner_id")],
        "A team's invites.",
    ),
    found_by(
        "email_beginning",
        "team_invites",
        &[Beginning("email")],
        "Invites of an address.",
    ),
    found_by(
        "user",
        "instances",
        &[Column("user_id")],
        "A customer's instance.",
    ),
    found_by(
        "user",
        "feature_groups",
        &[Column("user_id")],
        "A customer's feature groups.",
    ),
    found_by(
        "user",
        "model_deployments",
        &[Column("user_id")],
        "A customer's deployed models.",
    ),
    found_by(
        "user",
        "user_projects",
        &[Column("user_id")],
        "A customer's projects.",
    ),
    found_by(
        "cluster",
        "user_projects",
        &[Column("cluster_id")],
        "The projects of a cluster, on its page.",
    ),
    fragment(
        "fragment",
        "user_projects",
        &[Fragment("project_name"), Fragment("namespace")],
        "Search by any part of a project's name or namespace.",
    ),
    found_by(
        "member",
        "project_member_roles",
        &[Column("member_id")],
        "A member's roles.",
    ),
    found_by(
        "owner",
        "project_member_roles",
        &[Column("account_owner_id")],
        "The roles an account gave.",
    ),
    found_by(
        "user",
        "health_check_failures",
        &[Column("user_id")],
        "What the checks found about somebody.",
    ),
    found_by(
        "email_small",
        "health_check_failures",
        &[Small("email")],
        "What the checks found about an address.",
    ),
    found_by(
        "user",
        "price_overrides",
        &[Column("user_id")],
        "Prices promised to an account.",
    ),
];
