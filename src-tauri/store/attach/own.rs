//! Canonical views once more, for customers: they read with the rights of whoever reads, so that the service's
//! own row level security decides what is in them.

use crate::store::attach::derived::Derived;
use crate::store::attach::mapping::{View, accounts, clusters, money, usage};

/// What makes a view read with the caller's rights.
pub(super) const INVOKER: &str = " with (security_invoker = true)";

/// A view for customers.
pub(super) struct Own {
    pub(super) name: &'static str,
    pub(super) view: &'static View,
}

pub(super) const OWN: &[Own] = &[
    Own {
        name: "own_users",
        view: &accounts::OWN_USERS,
    },
    Own {
        name: "own_clusters",
        view: &clusters::OWN_CLUSTERS,
    },
    Own {
        name: "own_cluster_assignments",
        view: &clusters::CLUSTER_ASSIGNMENTS,
    },
    Own {
        name: "own_instances",
        view: &clusters::INSTANCES,
    },
    Own {
        name: "own_user_projects",
        view: &clusters::USER_PROJECTS,
    },
    Own {
        name: "own_usage_daily",
        view: &usage::USAGE_DAILY,
    },
    Own {
        name: "own_user_credits",
        view: &money::USER_CREDITS,
    },
    Own {
        name: "own_invoices",
        view: &money::INVOICES,
    },
    Own {
        name: "own_subscriptions",
        view: &money::SUBSCRIPTIONS,
    },
];

/// What Stripe alone has of a customer, the same on every database: the mirror's own row level security says whose it is.
pub(super) const MIRRORED: &[Derived] = &[
    Derived {
        name: "own_mirror",
        sql: include_str!("own/own_mirror.sql"),
    },
    Derived {
        name: "own_mirror_subscriptions",
        sql: include_str!("own/own_mirror_subscriptions.sql"),
    },
];

/// Only the role that reads as a customer may ask them; a database without Supabase's roles has none.
pub(super) fn grants() -> String {
    let views: Vec<String> = OWN
        .iter()
        .map(|own| own.name)
        .chain(MIRRORED.iter().map(|view| view.name))
        .map(|name| format!("console.{name}"))
        .collect();
    format!(
        "do $$\nbegin\n  if to_regrole('console_as_customer') is not null then\n    grant select on\n      {}\n    to \
         console_as_customer;\n    grant execute on function console.kept_by_service(text), console.stripe_word(text, text) to console_as_customer;\n  end if;\nend\n$$;",
        views.join(",\n      ")
    )
}
