//! Bulks: kept until they come to their end, gone on with, and taken back as a whole.

use serde::Deserialize;
use serde_json::{Map, Value};
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::action::{BulkLeft, DoneToMany, KeptBulk, LeftSubject};
use crate::statement;
use crate::store::action_record::{ManyRecord, answer};
use crate::store::door::{Reading, Statement, Writing};
use crate::store::failure::StoreError;

const OPEN: Statement = statement!("bulk_open.sql");
const END: Statement = statement!("bulk_end.sql");
const LEFT: Statement = statement!("bulks_left.sql");
const UNDO_MANY: Statement = statement!("undo_many.sql");

/// Keeps what a bulk is about to do.
///
/// # Errors
/// [`StoreError::Declined`] when it is nobody elevated, or the key is taken.
pub async fn open(writing: &mut Writing, bulk: &KeptBulk) -> Result<(), StoreError> {
    let query = OPEN
        .command()
        .bind(bulk.run.clone())
        .bind(bulk.action.as_str().to_owned())
        .bind(bulk.subjects.clone())
        .bind(Value::Object(bulk.arguments.clone()).to_string())
        .bind(bulk.reason.clone());
    writing.run(query).await.map(|_| ())
}

/// A bulk came to its end, or is given up.
///
/// # Errors
/// Whatever the database says.
pub async fn end(writing: &mut Writing, run: &str) -> Result<(), StoreError> {
    let query = END.rows::<(bool,)>().bind(run.to_owned());
    writing.one(query).await.map(|_| ())
}

/// What this login left unfinished, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn left(reading: &mut Reading) -> Result<Vec<BulkLeft>, StoreError> {
    let records: Vec<LeftRecord> = reading.all(LEFT.rows()).await?;
    records.into_iter().map(LeftRecord::into_bulk).collect()
}

/// Takes many entries back, each apart, or, dry, shows what that would do.
///
/// # Errors
/// [`StoreError::Declined`] with a rule that stands against all of it.
pub async fn undo_many(
    writing: &mut Writing,
    entries: &[i64],
    reason: Option<&str>,
    run: Option<&str>,
) -> Result<DoneToMany, StoreError> {
    let query = UNDO_MANY.rows::<(String,)>();
    let (text,) = writing
        .one(
            query
                .bind(entries.to_vec())
                .bind(reason.map(str::to_owned))
                .bind(run.is_none())
                .bind(run.map(str::to_owned)),
        )
        .await?;
    Ok(answer::<ManyRecord>(&text)?.into())
}

#[derive(FromRow)]
struct LeftRecord {
    run: String,
    action: String,
    arguments: String,
    reason: String,
    began_at: OffsetDateTime,
    subjects: String,
}

#[derive(Deserialize)]
struct SubjectRecord {
    id: String,
    name: String,
    done: bool,
}

impl LeftRecord {
    fn into_bulk(self) -> Result<BulkLeft, StoreError> {
        let arguments: Map<String, Value> = answer(&self.arguments)?;
        let subjects: Vec<SubjectRecord> = answer(&self.subjects)?;
        Ok(BulkLeft {
            run: self.run,
            action: self.action,
            arguments,
            reason: self.reason,
            began_at: self.began_at,
            subjects: subjects
                .into_iter()
                .map(|subject| LeftSubject {
                    id: subject.id,
                    name: subject.name,
                    done: subject.done,
                })
                .collect(),
        })
    }
}
