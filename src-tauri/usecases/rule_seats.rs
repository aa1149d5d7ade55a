//! Rule when seats are given: with the registration, or with the first payment.

use crate::domain::seats::{AssignmentRule, DueOn};
use crate::store::seats;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// When a seat is due, and who said so.
///
/// # Errors
/// When the database fails.
pub async fn show_rule(desk: &Desk) -> Result<AssignmentRule, DeskError> {
    let mut reading = desk.store.read().await?;
    let rule = seats::rule(&mut reading).await?;
    reading.end().await?;
    Ok(rule)
}

/// Says when a seat is due. Whoever waited for a payment stands in line at once where none is needed any more.
///
/// # Errors
/// When the database declines: no elevated admin, no good reason.
pub async fn set_rule(desk: &Desk, due_on: DueOn, reason: &str) -> Result<(), DeskError> {
    seats::set_rule(&desk.store, due_on, reason).await?;
    Ok(())
}
