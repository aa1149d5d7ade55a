//! Show where the next user would go, and why somebody is on their cluster or on none.

use crate::domain::ids::UserId;
use crate::domain::seats::{NextSeat, SeatOf};
use crate::store::seats;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Where somebody new would be placed now.
///
/// # Errors
/// When the database fails.
pub async fn show_next_seat(desk: &Desk) -> Result<NextSeat, DeskError> {
    let mut reading = desk.store.read().await?;
    let next = seats::next(&mut reading, None).await?;
    reading.end().await?;
    Ok(next)
}

/// Where somebody is, and what came of the request for that; for whoever is nowhere, where they would be placed now.
///
/// # Errors
/// When the database fails.
pub async fn show_seat(
    desk: &Desk,
    user: &UserId,
) -> Result<(SeatOf, Option<NextSeat>), DeskError> {
    let mut reading = desk.store.read().await?;
    let seat = seats::seat_of(&mut reading, user).await?;
    let next = match seat.given {
        Some(_) => None,
        None => Some(seats::next(&mut reading, Some(user)).await?),
    };
    reading.end().await?;
    Ok((seat, next))
}
