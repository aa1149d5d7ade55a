//! Seal secrets of clusters: what is plain, and what is sealed to others than it should be; and see what opens.
//!
//! Each secret is opened or read, sealed and kept by itself, and zeroed before the next: what goes wrong with one
//! holds up no other.

use sha2::{Digest as _, Sha256};

use crate::domain::random::Random;
use crate::domain::sealed::{SecretKind, SecretOnRecord, Standing};
use crate::secrets::Secret;
use crate::secrets::sealing::{Identities, Purpose, Recipient, SealError, open, seal};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealing::{self, SealedCopy};

/// What became of a secret, or what is true of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was sealed just now.
    SealedNow,
    /// Nothing was to be done, or nothing could be.
    Stands(Standing),
    /// It could not be sealed or opened.
    Failed(SealError),
}

/// A secret, and what became of it.
pub type Reported = (SecretOnRecord, Outcome);

/// Seals what is plain and not sealed yet, or has changed since.
///
/// # Errors
/// When the database declines or fails.
pub async fn import(
    store: &Store,
    random: &dyn Random,
    reason: &str,
) -> Result<Vec<Reported>, StoreError> {
    let recipients = active(store).await?;
    let mut reported = Vec::new();
    for record in on_record(store).await? {
        let wanted = record.is_plain && (record.sealed_at.is_none() || record.differs);
        let kind = record.kind;
        let outcome = match wanted {
            true => match sealing::plain(store, &record.cluster_id, kind).await? {
                Some(secret) => {
                    keep(store, random, &record, kind, &secret, &recipients, reason).await?
                }
                None => Outcome::Stands(Standing::Absent),
            },
            _ => Outcome::Stands(record.standing()),
        };
        reported.push((record, outcome));
    }
    Ok(reported)
}

/// Seals anew what is sealed to others than it should be. Needs an identity that opens it.
///
/// # Errors
/// When the database declines or fails.
pub async fn reseal(
    store: &Store,
    random: &dyn Random,
    identities: &Identities,
    reason: &str,
) -> Result<Vec<Reported>, StoreError> {
    let recipients = active(store).await?;
    let mut reported = Vec::new();
    for record in on_record(store).await? {
        let kind = record.kind;
        let outcome = match record.standing() {
            Standing::Outdated => match opened(store, &record, kind, identities).await? {
                Ok(secret) => {
                    keep(store, random, &record, kind, &secret, &recipients, reason).await?
                }
                Err(error) => Outcome::Failed(error),
            },
            _ => Outcome::Stands(record.standing()),
        };
        reported.push((record, outcome));
    }
    Ok(reported)
}

/// Opens everything that is sealed, and says what does not open. Nothing is changed.
///
/// # Errors
/// When the database declines or fails.
pub async fn verify(store: &Store, identities: &Identities) -> Result<Vec<Reported>, StoreError> {
    let mut reported = Vec::new();
    for record in on_record(store).await? {
        let kind = record.kind;
        let outcome = match record.sealed_at {
            Some(_) => match opened(store, &record, kind, identities).await? {
                Ok(_) => Outcome::Stands(record.standing()),
                Err(error) => Outcome::Failed(error),
            },
            _ => Outcome::Stands(record.standing()),
        };
        reported.push((record, outcome));
    }
    Ok(reported)
}

async fn on_record(store: &Store) -> Result<Vec<SecretOnRecord>, StoreError> {
    let mut reading = store.read().await?;
    let records = sealing::of(&mut reading, None).await?;
    reading.end().await?;
    Ok(records)
}

/// Those of today. The database has looked at their form.
async fn active(store: &Store) -> Result<Vec<Recipient>, StoreError> {
    let recipients = sealing::recipients(store).await?.into_iter();
    Ok(recipients
        .filter(|recipient| recipient.removed_at.is_none())
        .filter_map(|recipient| recipient.public_key.parse().ok())
        .collect())
}

async fn opened(
    store: &Store,
    record: &SecretOnRecord,
    kind: SecretKind,
    identities: &Identities,
) -> Result<Result<Secret<String>, SealError>, StoreError> {
    let sealed = sealing::sealed(store, &record.cluster_id, kind).await?;
    let purpose = Purpose {
        cluster: &record.cluster_id,
        kind: kind.word(),
    };
    let sealed = sealed.ok_or(SealError::Damaged);
    Ok(sealed.and_then(|sealed| open(&sealed, identities, purpose)))
}

async fn keep(
    store: &Store,
    random: &dyn Random,
    record: &SecretOnRecord,
    kind: SecretKind,
    secret: &Secret<String>,
    recipients: &[Recipient],
    reason: &str,
) -> Result<Outcome, StoreError> {
    let purpose = Purpose {
        cluster: &record.cluster_id,
        kind: kind.word(),
    };
    let bytes = match seal(secret, recipients, purpose) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Outcome::Failed(error)),
    };
    let mut salt = [0; 32];
    salt[..16].copy_from_slice(&random.bits().to_be_bytes());
    salt[16..].copy_from_slice(&random.bits().to_be_bytes());
    // As the database trims it, too, where it compares.
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update(secret.expose().trim_matches(' '));
    let copy = SealedCopy {
        cluster_id: record.cluster_id.clone(),
        kind,
        bytes,
        recipients: recipients.iter().map(Recipient::to_string).collect(),
        salt,
        digest: digest.finalize().into(),
    };
    sealing::keep(store, copy, reason).await?;
    Ok(Outcome::SealedNow)
}
