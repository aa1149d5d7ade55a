//! The audit trail, read and verified.

use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::audit::{AuditFilter, Chain, Entry, EntryDetail, Flaw, Head, Verdict};
use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::slice::{Part, Slice};
use crate::statement;
use crate::store::action_record::{CascadeRecord, ChangeRecord, answer};
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const PAGE: Statement = statement!("audit_page.sql");
const ENTRY: Statement = statement!("audit_entry.sql");
const HEADS: Statement = statement!("audit_heads.sql");
const VERIFY: Statement = statement!("verify_audit.sql");

/// Entries, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    filter: &AuditFilter,
    part: &Part,
) -> Result<Slice<Entry>, StoreError> {
    let before: Option<i64> = part
        .after
        .as_ref()
        .and_then(|cursor| cursor.id.parse().ok());
    let query = PAGE.rows::<EntryRecord>();
    let records = reading
        .all(
            query
                .bind(filter.chain.word())
                .bind(filter.login.clone())
                .bind(filter.action.clone())
                .bind(filter.subject.clone())
                .bind(filter.text.clone())
                .bind(before)
                .bind(i64::from(part.limit) + 1),
        )
        .await?;
    let slice = Slice::cut(records, part.limit, None, |record| Cursor {
        key: CursorKey::Null,
        id: record.id.to_string(),
    });
    Ok(slice.map(Into::into))
}

/// One entry with what it says.
///
/// # Errors
/// Whatever the database says.
pub async fn entry(reading: &mut Reading, id: i64) -> Result<Option<EntryDetail>, StoreError> {
    let record: Option<DetailRecord> = reading.optional(ENTRY.rows().bind(id)).await?;
    record.map(DetailRecord::into_detail).transpose()
}

/// Where both chains end.
///
/// # Errors
/// Whatever the database says.
pub async fn heads(reading: &mut Reading) -> Result<Vec<Head>, StoreError> {
    let records: Vec<(String, i64, String)> = reading.all(HEADS.rows()).await?;
    records
        .into_iter()
        .map(|(chain, seq, hash)| {
            let chain = Chain::ALL
                .into_iter()
                .find(|known| known.word() == chain)
                .ok_or_else(|| StoreError::Impossible(format!("an audit chain `{chain}`")))?;
            Ok(Head { chain, seq, hash })
        })
        .collect()
}

/// Whether a chain is whole and, where a head was remembered, still holds it.
///
/// # Errors
/// Whatever the database says.
pub async fn verify(
    reading: &mut Reading,
    chain: Chain,
    remembered: Option<&Head>,
) -> Result<Verdict, StoreError> {
    let query = VERIFY.rows::<(String,)>();
    let (text,) = reading
        .one(
            query
                .bind(chain.word())
                .bind(remembered.map(|head| head.seq))
                .bind(remembered.map(|head| head.hash.clone())),
        )
        .await?;
    let record: VerdictRecord = answer(&text)?;
    Ok(Verdict {
        chain,
        entries: record.rows,
        head: Head {
            chain,
            seq: record.head.seq,
            hash: record.head.hash,
        },
        flaw: record.problem.map(|problem| Flaw {
            seq: problem.seq,
            audit_id: problem.audit_id,
            message: problem.message,
        }),
    })
}

#[derive(FromRow)]
struct EntryRecord {
    id: i64,
    seq: Option<i64>,
    at: OffsetDateTime,
    login: String,
    staff: String,
    action: String,
    kind: String,
    subject: Option<String>,
    label: Option<String>,
    reason: Option<String>,
    undoes: Option<i64>,
    undone_by: Option<i64>,
    run: Option<String>,
    erased: bool,
}

impl From<EntryRecord> for Entry {
    fn from(record: EntryRecord) -> Self {
        Self {
            id: record.id,
            seq: record.seq,
            at: record.at,
            login: record.login,
            staff: record.staff,
            action: record.action,
            kind: record.kind,
            subject: record.subject,
            label: record.label,
            reason: record.reason,
            undoes: record.undoes,
            undone_by: record.undone_by,
            run: record.run,
            erased: record.erased,
        }
    }
}

#[derive(FromRow)]
struct DetailRecord {
    #[sqlx(flatten)]
    entry: EntryRecord,
    hash: Option<String>,
    changes: Option<String>,
    cascade: Option<String>,
    warnings: Option<String>,
    has_inverse: bool,
}

impl DetailRecord {
    fn into_detail(self) -> Result<EntryDetail, StoreError> {
        let changes: Vec<ChangeRecord> = list(self.changes.as_deref())?;
        let cascade: Vec<CascadeRecord> = list(self.cascade.as_deref())?;
        Ok(EntryDetail {
            entry: self.entry.into(),
            hash: self.hash,
            changes: changes.into_iter().map(Into::into).collect(),
            cascade: cascade.into_iter().map(Into::into).collect(),
            warnings: list(self.warnings.as_deref())?,
            has_inverse: self.has_inverse,
        })
    }
}

/// Entries that have none of it, or were erased, say null.
fn list<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Vec<T>, StoreError> {
    let items: Option<Vec<T>> = text.map_or(Ok(None), answer)?;
    Ok(items.unwrap_or_default())
}

#[derive(Deserialize)]
struct VerdictRecord {
    rows: i64,
    head: HeadRecord,
    problem: Option<FlawRecord>,
}

#[derive(Deserialize)]
struct HeadRecord {
    seq: i64,
    hash: String,
}

#[derive(Deserialize)]
struct FlawRecord {
    seq: Option<i64>,
    audit_id: Option<i64>,
    message: String,
}
