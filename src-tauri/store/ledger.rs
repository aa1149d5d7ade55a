//! The ledger of an account's credits.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::ids::UserId;
use crate::domain::ledger::{Entry, EntryKind, KindSum, LedgerPage, LedgerSums, RecordedStep};
use crate::domain::moment::{self, Moment};
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const CREDIT_LEDGER_PAGE: Statement = statement!("credit_ledger_page.sql");
const CREDIT_LEDGER_LISTED: Statement = totals!("credit_ledger_page.sql"; "effect");
const CREDIT_LEDGER_SUMS: Statement = statement!("credit_ledger_sums.sql");

/// The page statement with its arguments; without a limit it answers every line. `kinds` are words as
/// recorded, in lower case, the empty one for lines without; none at all means any.
fn bound<R>(
    statement: Statement,
    account: &UserId,
    kinds: &[String],
    after: Option<&Cursor>,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(account.as_str().to_owned())
        .bind((!kinds.is_empty()).then(|| kinds.to_vec()))
        .bind(after.and_then(|cursor| match cursor.key {
            CursorKey::Time(at) => Some(at),
            _ => None,
        }))
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(limit)
}

/// Reads one page, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    account: &UserId,
    kinds: &[String],
    after: Option<&Cursor>,
    limit: u16,
) -> Result<LedgerPage, StoreError> {
    let mut records = reading
        .all(bound::<EntryRecord>(
            CREDIT_LEDGER_PAGE,
            account,
            kinds,
            after,
            Some(i64::from(limit) + 1),
        ))
        .await?;
    let more = records.len() > usize::from(limit);
    records.truncate(limit.into());
    let next = records.last().filter(|_| more).map(|record| Cursor {
        key: record.created_at.map_or(CursorKey::Null, CursorKey::Time),
        id: record.id.clone(),
    });
    Ok(LedgerPage {
        entries: records.into_iter().map(EntryRecord::into_entry).collect(),
        next,
    })
}

/// Every line, newest first, one after another.
pub fn listed<'r>(
    reading: &'r mut Reading,
    account: &UserId,
    kinds: &[String],
) -> impl Stream<Item = Result<Entry, StoreError>> + Send + 'r {
    reading
        .stream(bound::<EntryRecord>(
            CREDIT_LEDGER_PAGE,
            account,
            kinds,
            None,
            None,
        ))
        .map(|record| Ok(record?.into_entry()))
}

/// How many lines, and what they did to the balance together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    account: &UserId,
    kinds: &[String],
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(bound(CREDIT_LEDGER_LISTED, account, kinds, None, None))
        .await
}

/// Reads the ledger as a whole.
///
/// # Errors
/// Whatever the database says.
pub async fn sums(reading: &mut Reading, account: &UserId) -> Result<LedgerSums, StoreError> {
    let records: Vec<SumRecord> = reading
        .all(CREDIT_LEDGER_SUMS.rows().bind(account.as_str().to_owned()))
        .await?;
    let mut sums = LedgerSums {
        opening: records.first().and_then(|record| record.opening),
        first_at: moment::known(records.iter().filter_map(|record| record.first_at).min()),
        last_at: moment::known(records.iter().filter_map(|record| record.last_at).max()),
        ..LedgerSums::default()
    };
    for record in records {
        sums.broken += count(record.broken);
        sums.without_amount += count(record.without_amount);
        sums.unsigned += count(record.unsigned);
        sums.kinds.push(KindSum {
            kind: EntryKind::read(record.r#type.as_deref()),
            word: record.r#type,
            entries: count(record.entries),
            effect: (record.unsigned == 0).then_some(record.effect),
        });
    }
    Ok(sums)
}

/// A row of `credit_ledger_page.sql`.
#[derive(Debug, FromRow)]
pub struct EntryRecord {
    id: String,
    r#type: Option<String>,
    amount: Option<Decimal>,
    effect: Option<Decimal>,
    balance_before: Option<Decimal>,
    balance_after: Option<Decimal>,
    previous_after: Option<Decimal>,
    balance: Option<Decimal>,
    description: Option<String>,
    stripe_payment_intent_id: Option<String>,
    created_at: Option<Moment>,
}

impl EntryRecord {
    /// The line as the screen and an export have it.
    #[must_use]
    pub fn into_entry(self) -> Entry {
        Entry {
            id: self.id,
            at: moment::known(self.created_at),
            kind: EntryKind::read(self.r#type.as_deref()),
            amount: self.amount,
            step: RecordedStep {
                effect: self.effect,
                before: self.balance_before,
                after: self.balance_after,
                previous_after: self.previous_after,
            },
            balance: self.balance,
            description: self.description,
            payment_id: self.stripe_payment_intent_id,
        }
    }
}

#[derive(Debug, FromRow)]
struct SumRecord {
    r#type: Option<String>,
    entries: i64,
    effect: Decimal,
    without_amount: i64,
    unsigned: i64,
    broken: i64,
    opening: Option<Decimal>,
    first_at: Option<Moment>,
    last_at: Option<Moment>,
}

/// Counts are never negative.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
