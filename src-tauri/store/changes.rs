//! What happened to one user, from everything that is recorded with a time.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::changes::{Change, ChangeKind};
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

/// What happened, newest first. Not counted: nobody asks how many things ever happened.
///
/// # Errors
/// Whatever the database says.
pub async fn of_user(
    reading: &mut Reading,
    id: &UserId,
    part: &Part,
    now: OffsetDateTime,
) -> Result<Slice<Change>, StoreError> {
    let records: Vec<ChangeRecord> = reading.all(bound(CHANGES, id, part).bind(now)).await?;
    Slice::cut(records, part.limit, None, |record| {
        after(Some(record.at), &record.key)
    })
    .try_map(ChangeRecord::into_change)
}

/// Everything that happened, newest first.
pub fn listed<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<Change, StoreError>> + Send + 'r {
    reading
        .stream(whole::<ChangeRecord>(CHANGES, id).bind(now))
        .map(|record| record?.into_change())
}

/// How many things happened.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(whole(CHANGES_TOTALS, id).bind(now)).await
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
        })
    }
}
