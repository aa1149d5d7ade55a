//! Workspaces: the services this console can open.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A service one can open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Workspace {
    /// `"sandbox"` or a uuid.
    pub id: String,
    pub name: String,
    pub kind: WorkspaceKind,
    /// Instead of the kind's; never in production.
    pub colour: Option<WorkspaceColour>,
    /// `"aws-0-eu-west-1.pooler.supabase.com:6543/postgres"`: never a password.
    pub address: String,
    pub login: String,
    pub open: bool,
}

/// Decides the colour of the band: production red, staging amber, sandbox green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WorkspaceKind {
    Production,
    Staging,
    Sandbox,
}

/// A colour of one's own for a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WorkspaceColour {
    Blue,
    Teal,
    Violet,
}

/// What a person types to add a database. The password goes into the keychain and nowhere else.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct WorkspaceForm {
    pub name: String,
    pub kind: WorkspaceKind,
    /// Null for the kind's.
    pub colour: Option<WorkspaceColour>,
    /// `postgresql://login@host:port/database`; a password inside is accepted and taken out.
    pub url: String,
    /// As pasted, not percent-encoded; null when it is in the URL, or stays as it is.
    pub password: Option<String>,
    /// Past the pooler, for what wants a session; null where `url` is enough.
    pub direct_url: Option<String>,
    /// Path of a PEM file with the server's CA; null for the system's roots.
    pub ca_file: Option<String>,
    /// `acme.eu.auth0.com`; null: one opens it without signing in.
    pub auth0_domain: Option<String>,
    /// The console's client id there.
    pub auth0_client_id: Option<String>,
    /// The API there that access tokens are for; null for the tenant's own.
    pub auth0_audience: Option<String>,
    /// Null: live in production, test elsewhere.
    pub stripe_mode: Option<StripeMode>,
    /// `https://<ref>.supabase.co`.
    pub supabase_url: Option<String>,
    /// Null for 30; 0: nobody is signed out for being away.
    pub idle_minutes: Option<u16>,
    /// False: one signs in at each start; null for true.
    pub stay_signed_in: Option<bool>,
    /// Whether one signs in anew before anything is changed; null: in production.
    pub reauthenticate: Option<bool>,
}

/// What the settings say of a workspace, to be changed in a form: all but its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct WorkspaceOnFile {
    pub name: String,
    pub kind: WorkspaceKind,
    pub colour: Option<WorkspaceColour>,
    pub url: String,
    pub direct_url: Option<String>,
    pub ca_file: Option<String>,
    pub auth0_domain: Option<String>,
    pub auth0_client_id: Option<String>,
    pub auth0_audience: Option<String>,
    pub stripe_mode: Option<StripeMode>,
    pub supabase_url: Option<String>,
    pub idle_minutes: Option<u16>,
    pub stay_signed_in: Option<bool>,
    pub reauthenticate: Option<bool>,
}

/// Which of Stripe's modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StripeMode {
    Live,
    Test,
}

/// What a look at a database found, before it is added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct WorkspaceProbe {
    pub address: String,
    pub login: String,
    /// `"PostgreSQL 15.8"`.
    pub server: String,
    /// `"TLS, certificate verified"`, `"loopback: the traffic stays on this machine"`.
    pub transport: String,
    pub product: String,
    /// What this database does not have, one sentence each.
    pub lacks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KeychainStatus {
    pub available: bool,
    /// `"Secret Service"`, `"macOS Keychain"`, `"Windows Credential Manager"`.
    pub name: String,
    /// What is wrong and what to do, when it is not available.
    pub sentence: Option<String>,
}

/// What a new member of staff types: a database, and the one-time code instead of a password.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct EnrolmentForm {
    /// Its password is left out.
    pub workspace: WorkspaceForm,
    /// As handed out by an admin.
    pub code: String,
}

/// A secret that the keychain holds for a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KeychainItem {
    /// Id of the workspace.
    pub workspace: String,
    /// Its name.
    pub name: String,
    pub kind: KeychainItemKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeychainItemKind {
    /// Of the database login; without it the workspace does not open.
    DatabasePassword,
    /// Without it one signs in at each start.
    RefreshToken,
    /// Of the application that may use Auth0's Management API.
    ManagementSecret,
    /// The private key that opens sealed secrets of clusters.
    Identity,
}
