//! A workspace: one service that the console can open.

use serde::{Deserialize, Serialize};

/// Decides the colour that is always on screen: production red, staging amber, sandbox green, unless those two
/// have one of their own.
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

/// A colour of one's own for a workspace, to tell two of a kind apart. None of them means anything elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceColour {
    /// As series 1 of a chart.
    Blue,
    /// As series 2.
    Teal,
    /// As series 4.
    Violet,
}

impl WorkspaceKind {
    /// The colour to show instead of the kind's own. Production takes none: it is red, whatever was chosen.
    #[must_use]
    pub const fn shown_in(self, chosen: Option<WorkspaceColour>) -> Option<WorkspaceColour> {
        match self {
            Self::Production => None,
            Self::Staging | Self::Sandbox => chosen,
        }
    }
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
