//! Links out of the window: what may be opened, and the setting they need.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::ids::{ClusterId, UserId};
use crate::usecases::outside_address;
use crate::wire::invoices::InvoiceOrigin;

/// What to open in the person's own browser. Addresses are made by the core.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
#[ts(export)]
pub enum OutsideTarget {
    Auth0User { user: String },
    StripeCustomer { user: String },
    StripeRecord { id: String },
    Instance { user: String },
    Hopsworks { cluster: String },
    HostedInvoice { origin: InvoiceOrigin, id: String },
    Supabase,
}

/// What links out of the open workspace need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OutsideSettings {
    /// `"acme.eu.auth0.com"`; null while nobody set it.
    pub auth0_domain: Option<String>,
    /// `"live"` or `"test"`: the mode Stripe's ids are looked up in.
    pub stripe_mode: String,
    /// Null while nobody named the project.
    pub supabase_url: Option<String>,
}

impl OutsideTarget {
    /// What the core is asked for.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self) -> Result<outside_address::OutsideTarget, (&'static str, String)> {
        use outside_address::OutsideTarget as Target;
        let user = |id: String| UserId::parse(&id).map_err(|error| ("User", error.to_string()));
        Ok(match self {
            Self::Auth0User { user: id } => Target::Auth0User(user(id)?),
            Self::StripeCustomer { user: id } => Target::StripeCustomer(user(id)?),
            Self::Supabase => Target::Supabase,
            Self::StripeRecord { id } => Target::StripeRecord(id),
            Self::Instance { user: id } => Target::Instance(user(id)?),
            Self::Hopsworks { cluster } => Target::Hopsworks(
                ClusterId::parse(&cluster).map_err(|error| ("Cluster", error.to_string()))?,
            ),
            Self::HostedInvoice { origin, id } => Target::HostedInvoice(origin.into(), id),
        })
    }
}
