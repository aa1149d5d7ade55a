//! Shows one user: profile, team and credits, each read on its own.

use crate::domain::credits::AccountCredits;
use crate::domain::directory::{Team, UserDetail};
use crate::domain::ids::UserId;
use crate::store::usage;
use crate::store::user_page;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The profile, what decides whether this person can work, and the credits of the account that pays: one
/// statement, since the first line of the page needs all of it.
///
/// # Errors
/// When there is no such user, or the database fails.
pub async fn show_profile(desk: &Desk, id: &UserId) -> Result<UserDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = user_page::detail(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    let mut detail = detail.ok_or_else(|| missing(id))?;
    desk.forget_unrecorded(&mut detail.row.facts);
    Ok(detail)
}

/// The team this user owns or belongs to.
///
/// # Errors
/// As [`show_profile`].
pub async fn show_team(desk: &Desk, id: &UserId) -> Result<Team, DeskError> {
    let mut reading = desk.store.read().await?;
    let team = user_page::team(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    team.ok_or_else(|| missing(id))
}

/// The credits of the account that pays for this user.
///
/// # Errors
/// As [`show_profile`].
pub async fn show_credits(desk: &Desk, id: &UserId) -> Result<AccountCredits, DeskError> {
    let mut reading = desk.store.read().await?;
    let credits = usage::credits(&mut reading, id).await?;
    reading.end().await?;
    credits.ok_or_else(|| missing(id))
}

pub(in crate::usecases) fn missing(id: &UserId) -> DeskError {
    DeskError::NotFound {
        what: "user",
        id: id.to_string(),
    }
}
