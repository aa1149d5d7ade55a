//! Elevate: the time in which whoever is at the desk may write, with a reason, and for some minutes only.

use crate::domain::staff::WhoIsThere;
use crate::store::staff;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Who is at the desk, and whether they may write.
///
/// # Errors
/// When the database fails.
pub async fn who_is_there(desk: &Desk) -> Result<WhoIsThere, DeskError> {
    let mut reading = desk.store.read().await?;
    let who = staff::who(&mut reading).await?;
    reading.end().await?;
    Ok(who)
}

/// Begins, or begins anew, a time to write.
///
/// # Errors
/// When the database declines: nobody of the staff, an auditor, no good reason, too many minutes.
pub async fn elevate(desk: &Desk, reason: &str, minutes: u8) -> Result<WhoIsThere, DeskError> {
    let mut writing = desk.store.write().await?;
    staff::elevate(&mut writing, reason, i32::from(minutes)).await?;
    writing.commit().await?;
    who_is_there(desk).await
}

/// Ends it.
///
/// # Errors
/// When the database declines or fails.
pub async fn end_elevation(desk: &Desk) -> Result<WhoIsThere, DeskError> {
    let mut writing = desk.store.write().await?;
    staff::end_elevation(&mut writing).await?;
    writing.commit().await?;
    who_is_there(desk).await
}
