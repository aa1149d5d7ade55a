//! Act: what staff do to a customer or a cluster, previewed, done, done to many, and taken back.
//!
//! The database decides; nothing here repeats a rule of it.

use serde_json::{Map, Value};

use crate::domain::action::{
    ActionName, Done, DoneToMany, EffectStanding, MOST_SUBJECTS, Note, Offers, Order, SubjectKind,
};
use crate::store::actions;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// What may be done to a subject by whoever is at the desk.
///
/// # Errors
/// When the database declines or fails.
pub async fn offer_actions(
    desk: &Desk,
    kind: SubjectKind,
    subject: Option<&str>,
) -> Result<Offers, DeskError> {
    let mut reading = desk.store.read().await?;
    let offers = actions::offers(&mut reading, kind, subject).await?;
    reading.end().await?;
    Ok(offers)
}

/// Shows exactly what an action would do, and does nothing.
///
/// # Errors
/// When the database declines or fails.
pub async fn preview(desk: &Desk, order: &Order) -> Result<Done, DeskError> {
    perform(desk, order, true).await
}

/// Does an action: change, audit entry and effects in one transaction, or nothing.
///
/// # Errors
/// When the database declines or fails; then nothing was done.
pub async fn act(desk: &Desk, order: &Order) -> Result<Done, DeskError> {
    perform(desk, order, false).await
}

async fn perform(desk: &Desk, order: &Order, dry: bool) -> Result<Done, DeskError> {
    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = actions::act(&mut writing, order, dry).await?;
    writing.commit().await?;
    Ok(done)
}

/// Takes an action back or, dry, shows what that would do.
///
/// # Errors
/// When the world has moved on, or the database declines or fails; then nothing was done.
pub async fn undo(
    desk: &Desk,
    audit_id: i64,
    reason: Option<&str>,
    dry: bool,
) -> Result<Done, DeskError> {
    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = actions::undo(&mut writing, audit_id, reason, dry).await?;
    writing.commit().await?;
    Ok(done)
}

/// An action on many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderForMany {
    /// Which.
    pub action: ActionName,
    /// To whom.
    pub subjects: Vec<String>,
    /// The same for all.
    pub arguments: Map<String, Value>,
    /// The same for all; a dry run needs none.
    pub reason: Option<String>,
    /// Key of this bulk: the same again goes on where an earlier call ended. `None`: a dry run.
    pub run: Option<String>,
}

/// Does an action to many, each apart, or shows what it would do to each.
///
/// # Errors
/// When there are too many, or the database declines or fails for all of them.
pub async fn act_on_many(desk: &Desk, order: &OrderForMany) -> Result<DoneToMany, DeskError> {
    if order.subjects.is_empty() || order.subjects.len() > MOST_SUBJECTS {
        return Err(DeskError::Invalid {
            field: "Subjects",
            problem: format!("choose from 1 to {MOST_SUBJECTS} at a time"),
        });
    }
    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = actions::act_many(
        &mut writing,
        &order.action,
        &order.subjects,
        &order.arguments,
        order.reason.as_deref(),
        order.run.as_deref(),
    )
    .await?;
    writing.commit().await?;
    Ok(done)
}

/// How the effects of an action in other systems stand.
///
/// # Errors
/// When the database fails.
pub async fn follow_effects(desk: &Desk, audit_id: i64) -> Result<Vec<EffectStanding>, DeskError> {
    let mut reading = desk.store.read().await?;
    let effects = actions::effects(&mut reading, audit_id).await?;
    reading.end().await?;
    Ok(effects)
}

/// What staff noted about a subject, newest first.
///
/// # Errors
/// When the database fails.
pub async fn show_notes(
    desk: &Desk,
    kind: SubjectKind,
    subject: &str,
) -> Result<Vec<Note>, DeskError> {
    let mut reading = desk.store.read().await?;
    let notes = actions::notes(&mut reading, kind, subject).await?;
    reading.end().await?;
    Ok(notes)
}
