//! Proposes the indexes a large service lacks, makes one on consent, and stops making it.

use crate::domain::indexes::{Progress, Proposal};
use crate::store::attach::indexes::make::{self, IndexError};
use crate::store::direct::Direct;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// What is proposed, and what is being made at this moment, by whomever.
///
/// # Errors
/// When the database fails.
pub async fn propose_indexes(desk: &Desk) -> Result<(Vec<Proposal>, Vec<Progress>), DeskError> {
    let proposals = make::look(&desk.store).await?;
    let mut reading = desk.store.read().await?;
    let builds = make::progress(&mut reading).await?;
    reading.end().await?;
    Ok((proposals, builds))
}

/// Makes a proposed index over a session of its own; `started` is told the server process that does it.
/// `false`: it is there already.
///
/// # Errors
/// [`IndexError`]; then nothing is left of it.
pub async fn make_index(
    session: &mut Direct,
    name: &str,
    started: impl FnOnce(i32),
) -> Result<bool, IndexError> {
    started(make::process(session).await?);
    make::make(session, name).await
}

/// Asks the process that makes an index to stop.
///
/// # Errors
/// When the database fails.
pub async fn stop_making(desk: &Desk, process: i32) -> Result<(), DeskError> {
    make::cancel(&desk.store, process).await?;
    Ok(())
}
