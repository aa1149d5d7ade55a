//! Signing in: what is asked, how far it is, and why somebody may not see anything.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Somebody has to sign in before the workspace opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SignIn {
    /// The Auth0 tenant, by its domain: whom one signs in at.
    pub tenant: String,
    /// The client id there: what one signs in to.
    pub client_id: String,
    /// The sandbox can be opened without.
    pub can_skip: bool,
    /// Why it did not work, or why it is asked now.
    pub note: Option<String>,
    pub step: SignInStep,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "at", rename_all = "snake_case")]
#[ts(export)]
pub enum SignInStep {
    /// Nothing is under way: how?
    Choose,
    /// A code is being asked for.
    Asking,
    /// It waits to be confirmed.
    Code(SignInCode),
    /// The browser was sent on its way, and is waited for.
    Browser,
    /// Somebody signed in; who that is, is being checked.
    Checking,
}

/// A code as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SignInCode {
    /// `"WDJB-MJHT"`.
    pub user_code: String,
    /// Where it is typed on another device.
    pub verification_uri: String,
    /// The address with the code in it, as a picture.
    pub qr: QrCode,
    /// Seconds that are left, when this was answered.
    pub seconds_left: u32,
    pub waiting: SignInWaiting,
}

/// A QR code as one path in a square of `size` modules, quiet zone included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QrCode {
    pub size: u32,
    /// For `d` of an SVG path.
    pub path: String,
}

/// How waiting for the confirmation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInWaiting {
    Pending,
    /// Auth0 asked to be asked less often.
    SlowedDown,
    /// Auth0 cannot be reached at the moment.
    NoNetwork,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SignedIn {
    /// As Auth0 has it: name, else e-mail, else id.
    pub name: String,
    pub email: Option<String>,
    pub tenant: String,
    /// Why they have to sign in again at the next start; null: they stay signed in.
    pub not_kept: Option<String>,
}

/// Somebody signed in who may not see anything here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct NotStaff {
    /// As Auth0 has it.
    pub name: String,
    /// Their id there, which an admin needs.
    pub subject: String,
    pub tenant: String,
    /// Why that is not enough.
    pub why: String,
    /// Whom to ask, by name; empty where the database does not tell.
    pub whom: Vec<String>,
    pub can_skip: bool,
}

/// The two ways to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInMethod {
    /// A code, confirmed in any browser.
    Code,
    /// The browser of this machine.
    Browser,
}

/// Where everybody signs in to a workspace.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct SignInForm {
    /// `acme.eu.auth0.com`.
    pub domain: Option<String>,
    /// The console's client id there; null: nobody has to sign in.
    pub client_id: Option<String>,
    /// The API there that access tokens are for; null for the tenant's own.
    pub audience: Option<String>,
}
