//! Actions of staff: asked for, previewed, done, taken back. The database checks all of it.

use serde_json::{Map, Value};
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::action::{
    ActionName, Done, DoneToMany, Effect, EffectStanding, Note, Offers, Order, SubjectKind,
};
use crate::statement;
use crate::store::action_record::{DoneRecord, ManyRecord, OffersRecord, answer};
use crate::store::door::{Reading, Statement, Writing};
use crate::store::failure::StoreError;

const PATIENCE: Statement = statement!("write_patience.sql");
const OFFERS: Statement = statement!("actions_for.sql");
const ACT: Statement = statement!("act.sql");
const ACT_MANY: Statement = statement!("act_many.sql");
const UNDO: Statement = statement!("undo.sql");
const EFFECTS: Statement = statement!("effects_of.sql");
const NOTES: Statement = statement!("notes_of.sql");

/// Bounds what this transaction waits for.
///
/// # Errors
/// Whatever the database says.
pub async fn be_patient(writing: &mut Writing) -> Result<(), StoreError> {
    writing.run(PATIENCE.command()).await.map(|_| ())
}

/// What the login may do to a subject.
///
/// # Errors
/// [`StoreError::Declined`] when it is nobody of the staff, or there is no such subject.
pub async fn offers(
    reading: &mut Reading,
    kind: SubjectKind,
    subject: Option<&str>,
) -> Result<Offers, StoreError> {
    let query = OFFERS.rows::<(String,)>();
    let (text,) = reading
        .one(query.bind(kind.word()).bind(subject.map(str::to_owned)))
        .await?;
    Ok(answer::<OffersRecord>(&text)?.into())
}

/// Does an action or, dry, shows what it would do.
///
/// # Errors
/// [`StoreError::Declined`] with the rule that stands against it.
pub async fn act(writing: &mut Writing, order: &Order, dry: bool) -> Result<Done, StoreError> {
    let query = ACT.rows::<(String,)>();
    let (text,) = writing
        .one(
            query
                .bind(order.action.as_str().to_owned())
                .bind(order.subject.clone())
                .bind(Value::Object(order.arguments.clone()).to_string())
                .bind(order.expected.clone())
                .bind(dry)
                .bind(order.reason.clone()),
        )
        .await?;
    Ok(answer::<DoneRecord>(&text)?.into())
}

/// Does an action to many, each apart; the same key again goes on where an earlier call ended.
///
/// # Errors
/// [`StoreError::Declined`] with a rule that stands against all of it.
pub async fn act_many(
    writing: &mut Writing,
    action: &ActionName,
    subjects: &[String],
    arguments: &Map<String, Value>,
    reason: Option<&str>,
    run: Option<&str>,
) -> Result<DoneToMany, StoreError> {
    let query = ACT_MANY.rows::<(String,)>();
    let (text,) = writing
        .one(
            query
                .bind(action.as_str().to_owned())
                .bind(Value::from(subjects.to_vec()).to_string())
                .bind(Value::Object(arguments.clone()).to_string())
                .bind(reason.map(str::to_owned))
                .bind(run.is_none())
                .bind(run.map(str::to_owned)),
        )
        .await?;
    Ok(answer::<ManyRecord>(&text)?.into())
}

/// Takes an action back or, dry, shows what that would do.
///
/// # Errors
/// [`StoreError::Declined`] when it cannot be taken back any more, and why.
pub async fn undo(
    writing: &mut Writing,
    audit_id: i64,
    reason: Option<&str>,
    dry: bool,
) -> Result<Done, StoreError> {
    let query = UNDO.rows::<(String,)>();
    let (text,) = writing
        .one(
            query
                .bind(audit_id)
                .bind(reason.map(str::to_owned))
                .bind(dry),
        )
        .await?;
    Ok(answer::<DoneRecord>(&text)?.into())
}

/// How the effects of an action stand.
///
/// # Errors
/// Whatever the database says.
pub async fn effects(
    reading: &mut Reading,
    audit_id: i64,
) -> Result<Vec<EffectStanding>, StoreError> {
    let records: Vec<EffectRecord> = reading.all(EFFECTS.rows().bind(audit_id)).await?;
    Ok(records.into_iter().map(Into::into).collect())
}

/// What staff noted about a subject, newest first, 500 at most.
///
/// # Errors
/// Whatever the database says.
pub async fn notes(
    reading: &mut Reading,
    kind: SubjectKind,
    subject: &str,
) -> Result<Vec<Note>, StoreError> {
    let query = NOTES.rows::<NoteRecord>();
    let records = reading
        .all(query.bind(kind.word()).bind(subject.to_owned()))
        .await?;
    Ok(records
        .into_iter()
        .map(|record| Note {
            id: record.id,
            at: record.at,
            staff: record.staff,
            body: record.body,
        })
        .collect())
}

#[derive(FromRow)]
struct EffectRecord {
    system: String,
    kind: String,
    subject: String,
    state: String,
    attempts: i32,
    next_attempt_at: OffsetDateTime,
    last_error: Option<String>,
}

impl From<EffectRecord> for EffectStanding {
    fn from(record: EffectRecord) -> Self {
        Self {
            next_attempt_at: (record.state == "pending").then_some(record.next_attempt_at),
            effect: Effect {
                system: record.system,
                kind: record.kind,
                subject: record.subject,
                state: record.state,
            },
            attempts: record.attempts,
            last_error: record.last_error,
        }
    }
}

#[derive(FromRow)]
struct NoteRecord {
    id: i64,
    at: OffsetDateTime,
    staff: String,
    body: String,
}
