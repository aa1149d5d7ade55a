//! The fiscal time zone of a workspace.

use serde::Serialize;
use ts_rs::TS;

/// What Settings shows of the fiscal month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FiscalSettings {
    /// As in the settings file; `"UTC"` where none was chosen.
    pub zone: String,
    /// Why that zone cannot be used, as a sentence; null when it can.
    pub problem: Option<String>,
    /// The zones that this workspace's database knows.
    pub zones: Vec<String>,
}
