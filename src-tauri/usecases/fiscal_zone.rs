//! The fiscal time zone: which there are, and whether the one chosen is one of them.

use crate::domain::fiscal::FiscalZone;
use crate::domain::period::Month;
use crate::store::fiscal;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Reads a name from the settings and asks the database whether it knows that zone.
///
/// # Errors
/// When the name is no zone, with what to do about it, or the database fails.
pub async fn check_fiscal_zone(desk: &Desk, name: &str) -> Result<FiscalZone, DeskError> {
    let unknown = |name: &str| DeskError::Invalid {
        field: "Fiscal time zone",
        problem: format!(
            "{name} is not a time zone this database knows; choose another one in Settings"
        ),
    };
    let zone = FiscalZone::parse(name).map_err(|_| unknown(name))?;
    if zone.is_utc() {
        return Ok(zone);
    }
    let mut reading = desk.store.read().await?;
    let known = fiscal::is_known(&mut reading, &zone).await?;
    reading.end().await?;
    if known { Ok(zone) } else { Err(unknown(name)) }
}

/// The zones this database knows, by name.
///
/// # Errors
/// When the database fails.
pub async fn fiscal_zones(desk: &Desk) -> Result<Vec<String>, DeskError> {
    let mut reading = desk.store.read().await?;
    let zones = fiscal::zones(&mut reading).await?;
    reading.end().await?;
    Ok(zones)
}

/// The fiscal month now.
///
/// # Errors
/// When the database fails.
pub async fn fiscal_month_now(desk: &Desk, zone: &FiscalZone) -> Result<Month, DeskError> {
    let mut reading = desk.store.read().await?;
    let month = fiscal::month_of(&mut reading, desk.now(), zone).await?;
    reading.end().await?;
    Ok(month)
}
