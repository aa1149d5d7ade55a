//! What happened to one user, from everything that is recorded with a time.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::changes::{Change, ChangeKind, ChangeTopic};
use crate::domain::ids::UserId;
use crate::domain::slice::{Part, Slice};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::work::{after, bound, whole};
use crate::totals;

const CHANGES: Statement = statement!("user_changes.sql");
const CHANGES_TOTALS: Statement = totals!("user_changes.sql");

/// What happened, newest first; of one topic, or everything. Not counted: nobody asks how many things ever happened.
///
/// # Errors
/// Whatever the database says.
pub async fn of_user(
    reading: &mut Reading,
    id: &UserId,
    topic: Option<ChangeTopic>,
    part: &Part,
    now: OffsetDateTime,
) -> Result<Slice<Change>, StoreError> {
    let query = bound(CHANGES, id, part).bind(now).bind(kinds(topic));
    let records: Vec<ChangeRecord> = reading.all(query).await?;
    Slice::cut(records, part.limit, None, |record| {
        after(Some(record.at), &record.key)
    })
    .try_map(ChangeRecord::into_change)
}

/// Everything that happened, newest first; of one topic, or everything.
pub fn listed<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    topic: Option<ChangeTopic>,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<Change, StoreError>> + Send + 'r {
    reading
        .stream(
            whole::<ChangeRecord>(CHANGES, id)
                .bind(now)
                .bind(kinds(topic)),
        )
        .map(|record| record?.into_change())
}

/// How many things happened; of one topic, or at all.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    id: &UserId,
    topic: Option<ChangeTopic>,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    let query = whole(CHANGES_TOTALS, id).bind(now).bind(kinds(topic));
    reading.all(query).await
}

/// The words of a topic's kinds; `None`: of all.
fn kinds(topic: Option<ChangeTopic>) -> Option<Vec<&'static str>> {
    topic.map(|topic| topic.kinds().iter().map(|kind| kind.word()).collect())
}

#[derive(Debug, FromRow)]
struct ChangeRecord {
    at: OffsetDateTime,
    kind: String,
    key: String,
    subject: Option<String>,
    subject_id: Option<String>,
    detail: Option<String>,
    amount: Option<Decimal>,
    currency: Option<String>,
    by: Option<String>,
}

impl ChangeRecord {
    fn into_change(self) -> Result<Change, StoreError> {
        let kind = ChangeKind::read(&self.kind)
            .ok_or_else(|| StoreError::Impossible(format!("a change `{}`", self.kind)))?;
        Ok(Change {
            key: self.key,
            at: self.at,
            kind,
            subject: self.subject.filter(|subject| !subject.is_empty()),
            subject_id: self.subject_id,
            detail: self.detail.filter(|detail| !detail.is_empty()),
            amount: self.amount,
            currency: self.currency,
            by: self.by,
        })
    }
}
