//! A workspace: one service that the console can open.

use serde::{Deserialize, Serialize};

/// Decides the colour that is always on screen: production red, staging amber, sandbox green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceKind {
    /// Customers work here.
    Production,
    /// A copy to try things on.
    Staging,
    /// Invented data.
    Sandbox,
}

/// Stripe keeps what is real and what is tried apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripeMode {
    /// Money moves.
    Live,
    /// None does.
    Test,
}
