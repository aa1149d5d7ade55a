//! What Auth0 and Stripe post, and what they are answered, as `/openapi.json` describes it. Bodies are read by
//! `identity::registration` and `payments::facts`, which take more than this: what they do not know is kept as it came.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Somebody registered, as the tenant's action posts it. Other fields are kept and not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registered {
    /// The `sub` under which they sign in.
    #[schema(example = "auth0|65f0c0ffee", min_length = 1)]
    pub user_id: String,
    /// Their address.
    #[schema(example = "ada@example.com", max_length = 254)]
    pub email: String,
    /// The name they gave.
    #[schema(example = "Ada")]
    pub name: Option<String>,
    /// Where they registered from.
    #[schema(example = "192.0.2.7")]
    pub ip: Option<String>,
    /// When, by the tenant's clock.
    #[schema(example = "2026-01-31T12:00:00.000Z", format = DateTime)]
    pub created_at: Option<String>,
}

/// Something happened at Stripe. What is signed is stored, whatever it is: an event without an id is known by its digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StripeEvent {
    /// Its id; a copy of one that was stored changes nothing.
    #[schema(example = "evt_1QyExample")]
    pub id: Option<String>,
    /// What happened.
    #[schema(rename = "type", example = "invoice.paid")]
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// When, in Unix seconds.
    #[schema(example = 1_764_158_400_i64)]
    pub created: Option<i64>,
    /// Whether it is of the live mode.
    pub livemode: Option<bool>,
    /// The object it is about, in any version of the API.
    #[schema(value_type = Object)]
    pub data: Option<Map<String, Value>>,
}

/// Stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// `stored`, or `duplicate` of one that was stored before.
    #[schema(example = "stored")]
    pub code: String,
    /// The same as a sentence.
    pub message: String,
}
