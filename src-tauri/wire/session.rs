//! The workspace that is open and how far opening it has come.

use serde::Serialize;
use ts_rs::TS;

use crate::wire::failure::Failure;
use crate::wire::sign_in::{NotStaff, SignIn, SignedIn};
use crate::wire::workspaces::Workspace;

/// Answer of the command `session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Session {
    pub workspace: Workspace,
    pub state: SessionState,
    /// Version of the console, e.g. `"0.1.0"`.
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum SessionState {
    /// Being opened: what is happening now, and how far it is (0 to 100) when that is known.
    Starting {
        step: String,
        percent: Option<u8>,
    },
    Ready {
        /// `"managed Hopsworks"`.
        product: String,
        /// The login in use.
        login: String,
        /// What this database does not have, one sentence each.
        lacks: Vec<String>,
        /// Null: this workspace has no sign-in.
        signed_in: Option<SignedIn>,
    },
    /// Somebody has to sign in first; there is no data before.
    SignIn(SignIn),
    /// Somebody did, and is nobody of the staff; there is no data.
    NotStaff(NotStaff),
    Failed {
        failure: Failure,
    },
}
