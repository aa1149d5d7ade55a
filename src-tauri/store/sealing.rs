//! Secrets of clusters as they are kept: to whom they are sealed, and the sealed copies themselves.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::sealed::{RecipientOnRecord, SecretKind, SecretOnRecord, There};
use crate::secrets::Secret;
use crate::statement;
use crate::store::door::{Reading, Statement, Store, Writing};
use crate::store::failure::StoreError;

const RECIPIENTS: Statement = statement!("recipients_list.sql");
const ADD: Statement = statement!("recipient_add.sql");
const REMOVE: Statement = statement!("recipient_remove.sql");
const OF: Statement = statement!("sealing_of.sql");
const PLAIN: Statement = statement!("secret_plain.sql");
const SEALED: Statement = statement!("secret_sealed.sql");
const KEEP: Statement = statement!("secret_keep.sql");
const REPLACE: Statement = statement!("secret_replace.sql");
const FORMER: Statement = statement!("secret_former.sql");
const RESTORE: Statement = statement!("secret_restore.sql");
const REMOVE_SECRET: Statement = statement!("secret_remove.sql");
const REPORT: Statement = statement!("secret_report_keys.sql");
const FORGET_OLD: Statement = statement!("secret_forget_old.sql");
const FORGET: Statement = statement!("secret_forget_former.sql");

/// A sealed copy, to be kept.
#[derive(Debug, Clone)]
pub struct SealedCopy {
    /// The cluster.
    pub cluster_id: String,
    /// Which of its secrets.
    pub kind: SecretKind,
    /// What age made of it.
    pub bytes: Vec<u8>,
    /// Public keys it is sealed to.
    pub recipients: Vec<String>,
    /// What the digest begins with.
    pub salt: [u8; 32],
    /// SHA-256 of salt and secret.
    pub digest: [u8; 32],
}

/// What a copy that is to be kept was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeOf {
    /// What the copy before was made of.
    TheSame,
    /// Another secret, or the first. What it replaces is kept.
    Another,
    /// What stands sealed in the service's own column, of this SHA-256. The copy takes its place there.
    StandingThere([u8; 32]),
}

/// Everybody who is a recipient, or was.
///
/// # Errors
/// Whatever the database says.
pub async fn recipients(store: &Store) -> Result<Vec<RecipientOnRecord>, StoreError> {
    let mut reading = store.read().await?;
    let recipients: Vec<RecipientRow> = reading.all(RECIPIENTS.rows()).await?;
    reading.end().await?;
    Ok(recipients.into_iter().map(Into::into).collect())
}

/// Seals to that key from now on.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it.
pub async fn add(store: &Store, key: &str, name: &str, reason: &str) -> Result<(), StoreError> {
    let add = ADD
        .rows::<(String,)>()
        .bind(key.to_owned())
        .bind(name.to_owned())
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    writing.one(add).await?;
    writing.commit().await
}

/// Seals to that key, or to the key of that name, no more.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it.
pub async fn remove(store: &Store, key: &str, reason: &str) -> Result<(), StoreError> {
    let remove = REMOVE
        .rows::<(String,)>()
        .bind(key.to_owned())
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    writing.one(remove).await?;
    writing.commit().await
}

/// What a program's private keys are good for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct KeysHeld {
    /// How many are sealed to.
    pub recipients: i64,
    /// How many of those this program is.
    pub held: i64,
    /// Sealed secrets that it does not open.
    pub unopened: i64,
}

/// Says whose private keys this program holds, and learns what they are good for.
///
/// # Errors
/// Whatever the database says.
pub async fn report_keys(store: &Store, public_keys: Vec<String>) -> Result<KeysHeld, StoreError> {
    let mut writing = store.write_in_background().await?;
    let held = writing.one(REPORT.rows().bind(public_keys)).await?;
    writing.commit().await?;
    Ok(held)
}

/// Forgets what was replaced before then, and all but so many of each; how many.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_old(
    store: &Store,
    keep: i32,
    before: OffsetDateTime,
) -> Result<i64, StoreError> {
    let forget = FORGET_OLD.rows::<(i64,)>().bind(keep).bind(before);
    let mut writing = store.write_in_background().await?;
    let (forgotten,) = writing.one(forget).await?;
    writing.commit().await?;
    Ok(forgotten)
}

/// How the secrets of a cluster, or of all, are kept.
///
/// # Errors
/// Whatever the database says.
pub async fn of(
    reading: &mut Reading,
    cluster: Option<&str>,
) -> Result<Vec<SecretOnRecord>, StoreError> {
    let query = OF.rows().bind(cluster.map(str::to_owned));
    let records: Vec<SecretRow> = reading.all(query).await?;
    Ok(records.into_iter().filter_map(SecretRow::read).collect())
}

/// A secret as the service keeps it, in plain.
///
/// # Errors
/// Whatever the database says.
pub async fn plain(
    store: &Store,
    cluster: &str,
    kind: SecretKind,
) -> Result<Option<Secret<String>>, StoreError> {
    let query = PLAIN.rows().bind(cluster.to_owned());
    let mut reading = store.read().await?;
    let found: Option<(Option<String>, Option<String>)> = reading.optional(query).await?;
    reading.end().await?;
    // Both are wrapped, so that the one that is not wanted is zeroed, too.
    let (key, config) = found.unwrap_or_default();
    let (key, config) = (key.map(Secret::new), config.map(Secret::new));
    Ok(match kind {
        SecretKind::ApiKey => key,
        SecretKind::Kubeconfig => config,
    })
}

/// A secret as it is sealed, with what tells that it is the one that was.
#[derive(Debug, Clone, FromRow)]
pub struct SealedOnRecord {
    /// What age made of it.
    pub sealed: Vec<u8>,
    /// What the digest begins with.
    pub salt: Vec<u8>,
    /// SHA-256 of salt and secret.
    pub digest: Vec<u8>,
}

/// A secret as it is sealed.
///
/// # Errors
/// Whatever the database says.
pub async fn sealed(
    store: &Store,
    cluster: &str,
    kind: SecretKind,
) -> Result<Option<SealedOnRecord>, StoreError> {
    let query = SEALED
        .rows()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned());
    let mut reading = store.read().await?;
    let found = reading.optional(query).await?;
    reading.end().await?;
    Ok(found)
}

/// Keeps a sealed copy in place of the one that was sealed at `expected`; `None`: of none.
///
/// # Errors
/// [`StoreError::Declined`] when a rule of the console refuses it, as when recipients or the copy have changed
/// meanwhile.
pub async fn keep(
    store: &Store,
    copy: SealedCopy,
    expected: Option<OffsetDateTime>,
    made_of: MadeOf,
    reason: &str,
) -> Result<(), StoreError> {
    let keep = KEEP
        .rows::<(String,)>()
        .bind(copy.cluster_id)
        .bind(copy.kind.word().to_owned())
        .bind(copy.bytes)
        .bind(copy.recipients)
        .bind(copy.salt.to_vec())
        .bind(copy.digest.to_vec())
        .bind(expected)
        .bind(made_of != MadeOf::TheSame)
        .bind(reason.to_owned())
        .bind(match made_of {
            MadeOf::StandingThere(digest) => Some(digest.to_vec()),
            MadeOf::TheSame | MadeOf::Another => None,
        });
    let mut writing = store.write().await?;
    writing.one(keep).await?;
    writing.commit().await
}

/// Keeps a new secret, sealed, in place of whatever there was; what it is kept in spite of is on record as a warning.
///
/// # Errors
/// [`StoreError::Declined`] when it is no elevated admin, or recipients have changed meanwhile.
pub async fn replace(
    writing: &mut Writing,
    copy: SealedCopy,
    reason: &str,
    despite: Option<&str>,
) -> Result<(), StoreError> {
    let replace = REPLACE
        .rows::<(String,)>()
        .bind(copy.cluster_id)
        .bind(copy.kind.word().to_owned())
        .bind(copy.bytes)
        .bind(copy.recipients)
        .bind(copy.salt.to_vec())
        .bind(copy.digest.to_vec())
        .bind(reason.to_owned())
        .bind(despite.map(str::to_owned));
    writing.one(replace).await.map(|_| ())
}

/// A secret that was replaced and can come back.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FormerSecret {
    /// The cluster.
    pub cluster_id: String,
    /// `api_key` or `kubeconfig`.
    pub kind: String,
    /// Who sealed it.
    pub sealed_by: String,
    /// When: its name, as it were.
    pub sealed_at: OffsetDateTime,
    /// Who replaced it.
    pub replaced_by: String,
    /// When.
    pub replaced_at: OffsetDateTime,
}

/// What was replaced of all clusters and can come back.
///
/// # Errors
/// Whatever the database says.
pub async fn former(store: &Store) -> Result<Vec<FormerSecret>, StoreError> {
    let mut reading = store.read().await?;
    let former = reading.all(FORMER.rows()).await?;
    reading.end().await?;
    Ok(former)
}

/// Brings back the one that was sealed at that time (`None`: the one before what there is), in exchange for what there is.
///
/// # Errors
/// [`StoreError::Declined`] when there is none.
pub async fn restore(
    store: &Store,
    cluster: &str,
    kind: SecretKind,
    sealed_at: Option<OffsetDateTime>,
    reason: &str,
) -> Result<(), StoreError> {
    let restore = RESTORE
        .rows::<(String,)>()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned())
        .bind(sealed_at)
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    writing.one(restore).await?;
    writing.commit().await
}

/// Removes a sealed copy, and what it replaced.
///
/// # Errors
/// [`StoreError::Declined`] when there is none.
pub async fn remove_copy(
    store: &Store,
    cluster: &str,
    kind: SecretKind,
    reason: &str,
) -> Result<(), StoreError> {
    let remove = REMOVE_SECRET
        .rows::<(String,)>()
        .bind(cluster.to_owned())
        .bind(kind.word().to_owned())
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    writing.one(remove).await?;
    writing.commit().await
}

/// Forgets replaced secrets that former recipients open; how many those were.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_former(store: &Store, reason: &str) -> Result<i64, StoreError> {
    let mut writing = store.write().await?;
    let (forgotten,) = writing
        .one(FORGET.rows::<(i64,)>().bind(reason.to_owned()))
        .await?;
    writing.commit().await?;
    Ok(forgotten)
}

#[derive(FromRow)]
struct RecipientRow {
    public_key: String,
    name: String,
    added_by: String,
    added_at: OffsetDateTime,
    removed_at: Option<OffsetDateTime>,
    held_at: Option<OffsetDateTime>,
}

impl From<RecipientRow> for RecipientOnRecord {
    fn from(row: RecipientRow) -> Self {
        Self {
            public_key: row.public_key,
            name: row.name,
            added_by: row.added_by,
            added_at: row.added_at,
            removed_at: row.removed_at,
            held_at: row.held_at,
        }
    }
}

#[derive(FromRow)]
struct SecretRow {
    cluster_id: String,
    cluster_name: Option<String>,
    is_on_record: bool,
    kind: String,
    there: Option<String>,
    differs: bool,
    recipients: Vec<String>,
    missing: Vec<String>,
    former: Vec<String>,
    is_of_staff: bool,
    sealed_by: Option<String>,
    sealed_at: Option<OffsetDateTime>,
    older: i64,
}

impl SecretRow {
    /// None: of a kind that a newer version knows.
    fn read(self) -> Option<SecretOnRecord> {
        Some(SecretOnRecord {
            kind: SecretKind::of_word(&self.kind)?,
            cluster_id: self.cluster_id,
            cluster_name: self.cluster_name,
            is_on_record: self.is_on_record,
            there: There::of_word(self.there.as_deref()),
            sealed_at: self.sealed_at,
            sealed_by: self.sealed_by,
            differs: self.differs,
            recipients: self.recipients,
            missing: self.missing,
            former: self.former,
            is_of_staff: self.is_of_staff,
            older: self.older,
        })
    }
}
