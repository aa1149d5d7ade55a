//! What a customer is answered over HTTP: the shapes of the user API, of which its description (`/openapi.json`) is made.
//!
//! Numbers that may have a fraction travel as text, with every digit; months and days are UTC.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was used in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthOfUse {
    /// `2026-11`.
    #[schema(example = "2026-11")]
    pub month: String,
    /// CPU core hours.
    #[schema(example = "12.5")]
    pub cpu_hours: String,
    /// GPU hours.
    pub gpu_hours: String,
    /// Memory, GB times hours.
    pub ram_gb_hours: String,
    /// Storage: a GB kept for thirty days is one.
    pub storage_gb_months: String,
    /// GB sent out.
    pub network_egress_gb: String,
    /// Calls to the feature store.
    pub feature_store_api_calls: i64,
    /// Predictions served.
    pub model_inference_calls: i64,
    /// USD.
    pub total_cost: String,
}

/// What was used on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayOfUse {
    /// `2026-11-26`.
    #[schema(example = "2026-11-26")]
    pub date: String,
    /// CPU core hours.
    pub cpu_hours: String,
    /// GPU hours.
    pub gpu_hours: String,
    /// Memory, GB times hours.
    pub ram_gb_hours: String,
    /// GB kept that day.
    pub storage_gb: String,
    /// GB sent out.
    pub network_egress_gb: String,
    /// Calls to the feature store.
    pub feature_store_api_calls: i64,
    /// Predictions served.
    pub model_inference_calls: i64,
    /// USD.
    pub total_cost: String,
}

/// `GET /api/usage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsageAnswer {
    /// The month that runs; zeros for whoever has used nothing.
    pub current_month: MonthOfUse,
    /// The eleven before it, newest first.
    pub previous_months: Vec<MonthOfUse>,
    /// The month whose days follow.
    pub month: String,
    /// Days on which anything was used, newest first.
    pub days: Vec<DayOfUse>,
}

/// A customer's Hopsworks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instance {
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// `provisioning`, `active`, `stopped`, …
    pub status: Option<String>,
    /// Since when it works.
    pub activated_at: Option<String>,
}

/// The cluster somebody has a seat on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cluster {
    /// Its name.
    pub name: Option<String>,
    /// Where its Hopsworks is.
    pub url: Option<String>,
    /// Where in the world.
    pub region: Option<String>,
    /// `active`, `maintenance`, …
    pub status: Option<String>,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// Its name.
    pub name: Option<String>,
    /// Its Kubernetes namespace.
    pub namespace: Option<String>,
    /// `active` or `inactive`.
    pub status: Option<String>,
}

/// `GET /api/instance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InstanceAnswer {
    /// Their own instance, if they have one.
    pub instance: Option<Instance>,
    /// The cluster they have a seat on.
    pub cluster: Option<Cluster>,
    /// Their login there.
    pub hopsworks_username: Option<String>,
    /// Their projects.
    pub projects: Vec<Project>,
}

/// What the current month costs so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthlyCost {
    /// `2026-11`.
    pub month: String,
    /// USD.
    pub total_cost: String,
}

/// Credits, USD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credits {
    /// Bought.
    pub purchased: String,
    /// Spent of them.
    pub used: String,
    /// Given.
    pub free_granted: String,
    /// Spent of them.
    pub free_used: String,
    /// What is left.
    pub balance: String,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subscription {
    /// Stripe's word: `active`, `past_due`, `canceled`, …
    pub status: Option<String>,
    /// When it renews or ends.
    pub current_period_end: Option<String>,
    /// It ends then.
    pub cancel_at_period_end: bool,
}

/// A charge or an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Charge {
    /// Its number.
    pub number: Option<String>,
    /// In major units of the currency.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// `paid`, `open`, …
    pub status: Option<String>,
    /// What for.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was paid.
    pub paid_at: Option<String>,
    /// Its period.
    pub period_start: Option<String>,
    /// The first moment after its period.
    pub period_end: Option<String>,
    /// Stripe's page of it.
    pub url: Option<String>,
}

/// `GET /api/billing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingAnswer {
    /// `free`, `prepaid`, `postpaid`; null: none yet.
    pub plan: Option<String>,
    /// USD a month.
    pub spending_cap: Option<String>,
    /// Of everything that names no other.
    #[schema(example = "USD")]
    pub currency: String,
    /// So far.
    pub current_month: MonthlyCost,
    /// Zeros for whoever has none.
    pub credits: Credits,
    /// Null without one.
    pub subscription: Option<Subscription>,
    /// The last hundred, newest first.
    pub history: Vec<Charge>,
}

/// `POST /api/auth/sync-user`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncedUser {
    /// The `sub` of the token.
    pub id: String,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: Option<String>,
    /// `active`, `suspended`, `deleted`.
    pub status: Option<String>,
    /// Their plan.
    pub plan: Option<String>,
    /// Who pays for them, where that is somebody else.
    pub account_owner_id: Option<String>,
    /// An invitation was taken up just now.
    pub joined_team: bool,
    /// How often they signed in.
    pub login_count: Option<i64>,
}

/// The body of `POST /api/auth/sync-user`, which may be left out.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct SyncRequest {
    /// The ID token of the same sign-in. Without one the tenant's `/userinfo` is asked. Nothing else in a body
    /// is believed.
    pub id_token: Option<String>,
}

/// Every answer that is no success.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Refusal {
    /// A stable word that programs may act on.
    #[schema(example = "unauthorized")]
    pub code: String,
    /// A sentence for people.
    pub message: String,
}
