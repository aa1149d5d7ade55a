//! The list of staff and the switches of effects, as the command line changes them.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::secrets::Secret;
use crate::statement;
use crate::store::door::{Statement, Store};
use crate::store::failure::StoreError;

const LIST: Statement = statement!("staff_list.sql");
const ADD: Statement = statement!("staff_add.sql");
const REVOKE: Statement = statement!("staff_revoke.sql");
const EFFECTS: Statement = statement!("effects_list.sql");
const SET_EFFECT: Statement = statement!("effect_set.sql");

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Member {
    /// Database login.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Auth0 user id of the same person.
    pub sub: String,
    /// support, finance, admin or auditor.
    pub staff_group: String,
    /// Still works here.
    pub active: bool,
    /// When they were added.
    pub added_at: OffsetDateTime,
    /// When they set a password of their own.
    pub enrolled_at: Option<OffsetDateTime>,
    /// When they left.
    pub revoked_at: Option<OffsetDateTime>,
    /// Until when the one-time code works that nobody has used.
    pub code_expires_at: Option<OffsetDateTime>,
}

/// A one-time code: shown once, kept nowhere.
#[derive(Debug)]
pub struct Enrolment {
    /// The code; until it is redeemed it is the login's password.
    pub code: Secret<String>,
    /// Until when it works.
    pub expires_at: OffsetDateTime,
}

/// What became of a login that was revoked.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Revoked {
    /// The login can connect no more.
    pub login_ended: bool,
    /// none, ended or left: what became of its open sessions.
    pub sessions: String,
}

/// The switch of an effect.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Switch {
    /// Which effect.
    pub effect: String,
    /// On which cluster; `None`: everywhere it is not said otherwise.
    pub cluster_id: Option<String>,
    /// off, shadow or live.
    pub mode: String,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: OffsetDateTime,
}

/// Everybody, the active first.
///
/// # Errors
/// Whatever the database says.
pub async fn list(store: &Store) -> Result<Vec<Member>, StoreError> {
    let mut reading = store.read().await?;
    let members = reading.all(LIST.rows()).await?;
    reading.end().await?;
    Ok(members)
}

/// Makes a login that is valid for a day.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it.
pub async fn add(
    store: &Store,
    login: &str,
    sub: &str,
    name: &str,
    group: &str,
) -> Result<Enrolment, StoreError> {
    let mut writing = store.write().await?;
    let added = ADD
        .rows()
        .bind(login.to_owned())
        .bind(sub.to_owned())
        .bind(name.to_owned())
        .bind(group.to_owned());
    let (code, expires_at): (String, OffsetDateTime) = writing.one(added).await?;
    writing.commit().await?;
    Ok(Enrolment {
        code: Secret::new(code),
        expires_at,
    })
}

/// Ends a login.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it.
pub async fn revoke(
    store: &Store,
    login: &str,
    reason: Option<&str>,
) -> Result<Revoked, StoreError> {
    let mut writing = store.write().await?;
    let revoked = REVOKE
        .rows()
        .bind(login.to_owned())
        .bind(reason.map(str::to_owned));
    let revoked = writing.one(revoked).await?;
    writing.commit().await?;
    Ok(revoked)
}

/// Every switch.
///
/// # Errors
/// Whatever the database says.
pub async fn switches(store: &Store) -> Result<Vec<Switch>, StoreError> {
    let mut reading = store.read().await?;
    let switches = reading.all(EFFECTS.rows()).await?;
    reading.end().await?;
    Ok(switches)
}

/// Switches an effect; what it was before.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it.
pub async fn switch(
    store: &Store,
    effect: &str,
    cluster_id: Option<&str>,
    mode: &str,
    reason: &str,
) -> Result<String, StoreError> {
    let mut writing = store.write().await?;
    let switched = SET_EFFECT
        .rows()
        .bind(effect.to_owned())
        .bind(cluster_id.map(str::to_owned))
        .bind(mode.to_owned())
        .bind(reason.to_owned());
    let (before,): (String,) = writing.one(switched).await?;
    writing.commit().await?;
    Ok(before)
}
