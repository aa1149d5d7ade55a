//! Settings: the time zone of the fiscal month.

use std::sync::Arc;

use tauri::State;

use crate::config::workspaces::SandboxEntry;
use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::{Console, is_sandbox};
use crate::desktop::fiscal::zone_on_file;
use crate::usecases::fiscal_zone::{check_fiscal_zone, fiscal_zones};
use crate::wire::fiscal::FiscalSettings;

/// The zone of the open workspace, and those it may choose from.
#[tauri::command]
pub(in crate::desktop) async fn fiscal_settings(
    console: State<'_, Arc<Console>>,
) -> Answer<FiscalSettings> {
    let desk = console.desk()?;
    let zone = zone_on_file(&console.settings()?, &console.open_id());
    let zones = fiscal_zones(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let known = zone == "UTC" || zones.contains(&zone);
    Ok(FiscalSettings {
        problem: (!known).then(|| {
            format!("{zone} is not a time zone this database knows. Choose another one; until then no month can be counted.")
        }),
        zone,
        zones,
    })
}

/// Chooses the zone of the open workspace, and writes it to the settings file.
#[tauri::command]
pub(in crate::desktop) async fn set_fiscal_zone(
    console: State<'_, Arc<Console>>,
    zone: String,
) -> Answer<()> {
    let desk = console.desk()?;
    let workspace = console.open_id();
    let zone = check_fiscal_zone(&desk, &zone)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let _turn = console.settings_lock.lock().await;
    let mut settings = console.settings()?;
    if is_sandbox(&workspace) {
        settings
            .sandbox
            .get_or_insert_with(SandboxEntry::default)
            .fiscal_zone = Some(zone.to_string());
    } else {
        let entry = settings
            .workspaces
            .iter_mut()
            .find(|entry| entry.id == workspace)
            .ok_or_else(|| invalid("Workspace", "it is no longer in the settings"))?;
        entry.fiscal_zone = Some(zone.to_string());
    }
    Ok(console.save(&settings)?)
}
