//! Shows what somebody has and what happened to them: the smaller panels of the user page, each on its own.

use crate::domain::changes::{Change, ChangeTopic};
use crate::domain::fiscal::FiscalZone;
use crate::domain::ids::UserId;
use crate::domain::slice::{Part, Slice};
use crate::domain::user_invoices::UserInvoice;
use crate::domain::work::{Deployment, FeatureGroup, HealthCheck, PriceOverride, UserProject};
use crate::store::{changes, user_invoices, work};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The most rows a panel may ask for at once.
pub const LONGEST_PART: u16 = 200;

/// Projects this user owns or shares.
///
/// # Errors
/// When the part is empty or too long, or the database fails.
pub async fn show_projects(
    desk: &Desk,
    id: &UserId,
    part: &Part,
) -> Result<Slice<UserProject>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = work::projects(&mut reading, id, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// Feature groups this user made.
///
/// # Errors
/// As [`show_projects`].
pub async fn show_feature_groups(
    desk: &Desk,
    id: &UserId,
    part: &Part,
) -> Result<Slice<FeatureGroup>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = work::feature_groups(&mut reading, id, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// Models this user deployed.
///
/// # Errors
/// As [`show_projects`].
pub async fn show_deployments(
    desk: &Desk,
    id: &UserId,
    part: &Part,
) -> Result<Slice<Deployment>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = work::deployments(&mut reading, id, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// What the service's checks found wrong with this user.
///
/// # Errors
/// As [`show_projects`].
pub async fn show_health_checks(
    desk: &Desk,
    id: &UserId,
    part: &Part,
) -> Result<Slice<HealthCheck>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = work::health_checks(&mut reading, id, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// Invoices and charges of the account that pays for this user, newest first.
///
/// # Errors
/// As [`show_projects`].
pub async fn show_invoices(
    desk: &Desk,
    id: &UserId,
    part: &Part,
    zone: &FiscalZone,
) -> Result<Slice<UserInvoice>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = user_invoices::of_user(&mut reading, id, part, zone, desk.now()).await?;
    reading.end().await?;
    Ok(slice)
}

/// What happened to this user, newest first; of one topic, or everything.
///
/// # Errors
/// As [`show_projects`].
pub async fn show_changes(
    desk: &Desk,
    id: &UserId,
    topic: Option<ChangeTopic>,
    part: &Part,
) -> Result<Slice<Change>, DeskError> {
    within_reason(part)?;
    let mut reading = desk.store.read().await?;
    let slice = changes::of_user(&mut reading, id, topic, part, desk.now()).await?;
    reading.end().await?;
    Ok(slice)
}

/// Prices promised to the account that pays for this user.
///
/// # Errors
/// When the database fails.
pub async fn show_prices(desk: &Desk, id: &UserId) -> Result<Vec<PriceOverride>, DeskError> {
    let mut reading = desk.store.read().await?;
    let prices = work::prices(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    Ok(prices)
}

/// Refuses parts that make no sense.
///
/// # Errors
/// When the part is empty or too long.
pub(in crate::usecases) fn within_reason(part: &Part) -> Result<(), DeskError> {
    if part.limit == 0 || part.limit > LONGEST_PART {
        let problem = format!("must be 1 to {LONGEST_PART}");
        return Err(DeskError::Invalid {
            field: "limit",
            problem,
        });
    }
    Ok(())
}
