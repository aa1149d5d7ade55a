//! The search box: one answer list over everything that can be opened.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::finding::link::DeepLink;
use crate::domain::finding::{Finding, Found};
use crate::domain::invoices::InvoiceStanding;
use crate::wire::invoice_words;
use crate::wire::users::UserStatus;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SearchHits {
    /// In the order in which to show them.
    pub hits: Vec<SearchHit>,
    /// There are more users than were sent; the Users list shows them all.
    pub more_users: bool,
    /// Set when the text is an id that names exactly one record: Enter goes there.
    pub exact: bool,
    /// Set when the text is a link into the console.
    pub link: Option<Link>,
}

/// A place in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Link {
    /// `"#/users/auth0%7C1"`.
    pub address: String,
    /// Id of the workspace it is meant for; null for the one that is open.
    pub workspace: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SearchHit {
    /// What the text names this by, where that is not its name: `"Stripe customer"`, `"usage of 2026-11-20"`.
    pub by: Option<String>,
    pub exact: bool,
    #[serde(flatten)]
    pub what: SearchTarget,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SearchTarget {
    User {
        id: String,
        name: Option<String>,
        email: String,
        status: UserStatus,
        /// The service's own word for that, where it is none of ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        status_word: Option<String>,
    },
    /// Goes by its owner's company, else by its owner.
    Team {
        owner_id: String,
        title: String,
        owner: String,
        members: u32,
    },
    Cluster {
        id: String,
        name: String,
        region: Option<String>,
        /// Null for one that is active.
        status: Option<String>,
    },
    Project {
        name: String,
        namespace: Option<String>,
        user_id: String,
        user: Option<String>,
        cluster: Option<String>,
    },
    Invoice {
        /// `"invoices"`, `"billing_history"`, `"subscriptions"`, `"stripe_invoices"`.
        origin: String,
        id: String,
        number: Option<String>,
        /// Where it stands, as its page says, in words; null where no page shows it.
        status: Option<String>,
        user_id: Option<String>,
        user: Option<String>,
    },
}

impl SearchHits {
    /// What was found, and whether the text names exactly one of it.
    #[must_use]
    pub fn new(found: Vec<Found>, more_users: bool, exact: bool, link: Option<DeepLink>) -> Self {
        Self {
            hits: found.into_iter().map(Into::into).collect(),
            more_users,
            exact,
            link: link.map(Into::into),
        }
    }
}

impl From<DeepLink> for Link {
    fn from(link: DeepLink) -> Self {
        Self {
            address: link.address,
            workspace: link.workspace,
        }
    }
}

impl From<Found> for SearchHit {
    fn from(found: Found) -> Self {
        Self {
            by: found.by,
            exact: found.exact,
            what: found.finding.into(),
        }
    }
}

impl From<Finding> for SearchTarget {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::User(person) => Self::User {
                id: person.id.to_string(),
                name: person.name,
                email: person.email,
                status: person.status.into(),
                status_word: person.status_word,
            },
            Finding::Team(team) => Self::Team {
                owner_id: team.owner.id.to_string(),
                title: team.title().to_owned(),
                owner: team
                    .owner
                    .name
                    .clone()
                    .unwrap_or_else(|| team.owner.email.clone()),
                members: team.members,
            },
            Finding::Cluster(cluster) => Self::Cluster {
                id: cluster.id.to_string(),
                name: cluster.name,
                region: cluster.region,
                status: cluster.status.filter(|status| status != "active"),
            },
            Finding::Project(project) => Self::Project {
                name: project.name,
                namespace: project.namespace,
                user_id: project.user_id.to_string(),
                user: project.user,
                cluster: project.cluster,
            },
            Finding::Invoice(invoice) => Self::Invoice {
                origin: invoice.origin,
                id: invoice.id,
                number: invoice.number,
                status: match invoice.standing {
                    Some(InvoiceStanding::Subscription) => {
                        Some(invoice_words::subscription(invoice.status.as_deref()).0)
                    }
                    standing => standing.map(|standing| invoice_words::title(standing).to_owned()),
                }
                .map(|word| word.to_lowercase()),
                user_id: invoice.user_id.map(|id| id.to_string()),
                user: invoice.user,
            },
        }
    }
}
