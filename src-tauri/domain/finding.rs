//! Finding: what a search turns up, and what people type and paste to find it.

pub mod completion;
pub mod link;
pub mod operators;
pub mod outside;
pub mod pasted;
pub mod percent;
pub mod values;
pub mod vocabulary;

use crate::domain::directory::Person;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::invoices::InvoiceStanding;

/// Something that can be opened, and why it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub finding: Finding,
    /// The text names this and nothing else: it is its id, its address, its number.
    pub exact: bool,
    /// What the text is, where it is not the name of what is opened: `invite`, `usage row`, …
    pub by: Option<String>,
}

/// Something that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A user's page.
    User(Person),
    /// A team.
    Team(FoundTeam),
    /// A cluster.
    Cluster(FoundCluster),
    /// A Hopsworks project, which opens as its user.
    Project(FoundProject),
    /// An invoice, a charge or a subscription.
    Invoice(FoundInvoice),
}

/// A team, named after its owner or the owner's company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTeam {
    /// Who pays.
    pub owner: Person,
    /// The owner's company, where recorded.
    pub company: Option<String>,
    /// Members besides the owner, without deleted ones.
    pub members: u32,
}

impl FoundTeam {
    /// As [`crate::domain::directory::TeamRef::title`].
    #[must_use]
    pub fn title(&self) -> &str {
        self.company
            .as_deref()
            .or(self.owner.name.as_deref())
            .unwrap_or(&self.owner.email)
    }
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCluster {
    /// Its id.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub region: Option<String>,
    /// `active`, `inactive`, `maintenance`, `full`.
    pub status: Option<String>,
}

/// A project in Hopsworks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProject {
    /// Its name.
    pub name: String,
    /// Its namespace in Kubernetes.
    pub namespace: Option<String>,
    /// Whose account pays for it.
    pub user_id: UserId,
    /// That user's name, or address where there is none.
    pub user: Option<String>,
    /// The cluster it is on.
    pub cluster: Option<String>,
}

/// A row of one of the tables that hold invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundInvoice {
    /// The table: `invoices`, `billing_history`, `subscriptions`, `stripe_invoices`.
    pub origin: String,
    /// Its id in that table.
    pub id: String,
    /// Its number, where it has one yet.
    pub number: Option<String>,
    /// Where it stands, as its page says; `None` where no page shows it.
    pub standing: Option<InvoiceStanding>,
    /// Of a subscription: Stripe's word for its state.
    pub status: Option<String>,
    /// The account.
    pub user_id: Option<UserId>,
    /// Its name, or address where there is none.
    pub user: Option<String>,
}
