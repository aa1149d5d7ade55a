//! The audit trail, read and verified.

use futures_util::{Stream, StreamExt as _};
use serde::Deserialize;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::action::BulkEntry;
use crate::domain::audit::{
    AuditFacets, AuditFilter, Chain, Entry, EntryDetail, ExportedEntry, Flaw, Head, Verdict,
};
use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::slice::{Part, Slice};
use crate::statement;
use crate::store::action_record::{CascadeRecord, ChangeRecord, answer};
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const PAGE: Statement = statement!("audit_page.sql");
const LISTED: Statement = statement!("audit_listed.sql");
const LISTED_TOTALS: Statement = totals!("audit_listed.sql");
const FACETS: Statement = statement!("audit_facets.sql");
const RUN: Statement = statement!("audit_run.sql");
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
    let query = bound::<EntryRecord>(PAGE, filter, before, Some(i64::from(part.limit) + 1));
    let records = reading.all(query).await?;
    let slice = Slice::cut(records, part.limit, None, |record| Cursor {
        key: CursorKey::Null,
        id: record.id.to_string(),
    });
    Ok(slice.map(Into::into))
}

/// The arguments of a list of entries.
fn bound<R>(
    statement: Statement,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    statement
        .rows()
        .bind(filter.chain.word())
        .bind(filter.login.clone())
        .bind(filter.action.clone())
        .bind(filter.subject.clone())
        .bind(filter.text.clone())
        .bind(filter.run.clone())
        .bind(filter.from)
        .bind(filter.to)
        .bind(before)
        .bind(limit)
}

/// Every entry, newest first, with what an outsider needs to verify it.
pub fn listed<'r>(
    reading: &'r mut Reading,
    filter: &AuditFilter,
) -> impl Stream<Item = Result<ExportedEntry, StoreError>> + Send + 'r {
    reading
        .stream(bound::<ExportedRecord>(LISTED, filter, None, None))
        .map(|record| Ok(record?.into()))
}

/// How many entries.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    filter: &AuditFilter,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(LISTED_TOTALS, filter, None, None)).await
}

/// What the trail can be filtered by.
///
/// # Errors
/// Whatever the database says.
pub async fn facets(reading: &mut Reading) -> Result<AuditFacets, StoreError> {
    let records: Vec<(String, String, Option<String>)> = reading.all(FACETS.rows()).await?;
    let mut facets = AuditFacets {
        logins: Vec::new(),
        actions: Vec::new(),
    };
    for (what, word, name) in records {
        if what == "login" {
            facets.logins.push((word, name));
        } else {
            facets.actions.push(word);
        }
    }
    Ok(facets)
}

/// The entries of one bulk, the latest first.
///
/// # Errors
/// Whatever the database says.
pub async fn run(
    reading: &mut Reading,
    run: &str,
    login: &str,
    most: i64,
) -> Result<Vec<BulkEntry>, StoreError> {
    let query = RUN.rows::<(i64, String, bool)>();
    let records = reading
        .all(query.bind(run.to_owned()).bind(login.to_owned()).bind(most))
        .await?;
    Ok(records
        .into_iter()
        .map(|(id, name, undone)| BulkEntry { id, name, undone })
        .collect())
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
struct ExportedRecord {
    #[sqlx(flatten)]
    entry: EntryRecord,
    digested: String,
    digest: Option<String>,
    hash_before: Option<String>,
    hash: Option<String>,
    data_digest: String,
    salt: Option<String>,
    data: Option<String>,
}

impl From<ExportedRecord> for ExportedEntry {
    fn from(record: ExportedRecord) -> Self {
        Self {
            entry: record.entry.into(),
            digested: record.digested,
            digest: record.digest,
            hash_before: record.hash_before,
            hash: record.hash,
            data_digest: record.data_digest,
            salt: record.salt,
            data: record.data,
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
