//! The fiscal time zone of the open workspace, as the settings have it and the database knows it.

use std::sync::{Mutex, PoisonError};

use crate::config::workspaces::Settings;
use crate::desktop::answer::Answer;
use crate::desktop::console::{Console, is_sandbox};
use crate::domain::fiscal::FiscalZone;
use crate::usecases::desk::Desk;
use crate::usecases::fiscal_zone::check_fiscal_zone;

/// The zone that was found good last, by workspace: looking it up reads the server's zone files.
#[derive(Debug, Default)]
pub(in crate::desktop) struct CheckedZone(Mutex<Option<(String, FiscalZone)>>);

impl CheckedZone {
    fn get(&self, workspace: &str, name: &str) -> Option<FiscalZone> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .as_ref()
            .filter(|(of, zone)| of == workspace && zone.name() == name)
            .map(|(_, zone)| zone.clone())
    }

    fn keep(&self, workspace: String, zone: FiscalZone) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((workspace, zone));
    }
}

/// The name in the settings; UTC for whoever chose none.
pub(in crate::desktop) fn zone_on_file(settings: &Settings, workspace: &str) -> String {
    let chosen = if is_sandbox(workspace) {
        settings
            .sandbox
            .as_ref()
            .and_then(|sandbox| sandbox.fiscal_zone.clone())
    } else {
        settings
            .workspaces
            .iter()
            .find(|entry| entry.id == workspace)
            .and_then(|entry| entry.fiscal_zone.clone())
    };
    chosen.unwrap_or_else(|| FiscalZone::utc().to_string())
}

impl Console {
    /// The zone in which the open workspace counts its months.
    ///
    /// # Errors
    /// When the settings cannot be read, or name a zone that the database does not know.
    pub(in crate::desktop) async fn fiscal_zone(&self, desk: &Desk) -> Answer<FiscalZone> {
        let workspace = self.open_id();
        let name = zone_on_file(&self.settings()?, &workspace);
        if let Some(zone) = self.fiscal.get(&workspace, &name) {
            return Ok(zone);
        }
        let zone = check_fiscal_zone(desk, &name)
            .await
            .map_err(|error| self.desk_failure(&error))?;
        self.fiscal.keep(workspace, zone.clone());
        Ok(zone)
    }
}
