//! Time zones as this server knows them, and the fiscal month of a moment.

use time::{Date, OffsetDateTime};

use crate::domain::fiscal::FiscalZone;
use crate::domain::period::Month;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const FISCAL_MONTH: Statement = statement!("fiscal_month.sql");
const FISCAL_ZONES: Statement = statement!("fiscal_zones.sql");
const FISCAL_ZONE_KNOWN: Statement = statement!("fiscal_zone_known.sql");

/// The fiscal month that a moment is in.
///
/// # Errors
/// Whatever the database says; a zone it does not know is an error of the statement.
pub async fn month_of(
    reading: &mut Reading,
    moment: OffsetDateTime,
    zone: &FiscalZone,
) -> Result<Month, StoreError> {
    let (first_day,): (Date,) = reading
        .one(
            FISCAL_MONTH
                .rows()
                .bind(moment)
                .bind(zone.name().to_owned()),
        )
        .await?;
    Ok(Month::of_date(first_day))
}

/// The names of all zones this server knows.
///
/// # Errors
/// Whatever the database says.
pub async fn zones(reading: &mut Reading) -> Result<Vec<String>, StoreError> {
    let names: Vec<(String,)> = reading.all(FISCAL_ZONES.rows()).await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Whether this server knows the zone. Reads the server's zone files: ask once, not for every page.
///
/// # Errors
/// Whatever the database says.
pub async fn is_known(reading: &mut Reading, zone: &FiscalZone) -> Result<bool, StoreError> {
    let (known,): (bool,) = reading
        .one(FISCAL_ZONE_KNOWN.rows().bind(zone.name().to_owned()))
        .await?;
    Ok(known)
}
