//! Seal secrets of clusters: what is plain, and what is sealed to others than it should be; and see what opens.
//!
//! Each secret is opened or read, sealed and kept by itself, and zeroed before the next: what goes wrong with one
//! holds up no other.

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::domain::random::Random;
use crate::domain::sealed::{SecretKind, SecretOnRecord, Standing, There};
use crate::secrets::Secret;
use crate::secrets::sealing::{Identities, KeyError, Purpose, Recipient, SealError, open, seal};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealing::{self, MadeOf, SealedCopy};

/// What became of a secret, or what is true of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was sealed just now.
    SealedNow,
    /// Nothing was to be done, or nothing could be.
    Stands(Standing),
    /// What stands in the service's own table was seen to.
    InPlace(InPlace),
    /// It could not be sealed or opened.
    Failed(SealError),
    /// The database did not take it; what it said, for people.
    Refused(String),
}

/// What became of what the service's own table holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InPlace {
    /// It was sealed there just now; where that is.
    SealedNow(String),
    /// It would be.
    WouldBe(String),
    /// It was before.
    Before,
    /// It is in plain again since just now.
    PutBack,
    /// It would be.
    WouldBePutBack,
    /// Why it is left as it is; the end of a sentence.
    Left(String),
}

/// A secret, and what became of it.
pub type Reported = (SecretOnRecord, Outcome);

/// What is plain, and sealed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Is sealed again where the plain one is another by now, unless staff put the sealed one in its place.
    WhereItDiffers,
    /// Is sealed again in any case: what was sealed is damaged, or sealed to keys that are lost.
    Always,
}

/// A run that came to no end. What was done before is done.
#[derive(Debug)]
pub struct Stopped {
    /// What became of the secrets before.
    pub reported: Vec<Reported>,
    /// What stopped it.
    pub reason: Reason,
}

/// What stops a run: any other secret would have met it, too.
#[derive(Debug, Error)]
pub enum Reason {
    /// The database is away, or takes no order of this login.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A recipient that we cannot seal to. Without it, what was sealed would be refused.
    #[error(
        "The key of the recipient {name} {problem}. Remove it with `secrets recipients remove`."
    )]
    Recipient {
        /// What people call it.
        name: String,
        /// The end of a sentence.
        problem: KeyError,
    },
}

impl<E: Into<Reason>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self {
            reported: Vec::new(),
            reason: error.into(),
        }
    }
}

/// Seals what is plain and not sealed yet, and again as said.
///
/// # Errors
/// When the database is away, or a recipient cannot be sealed to.
pub async fn import(
    store: &Store,
    random: &dyn Random,
    again: Again,
    reason: &str,
) -> Result<Vec<Reported>, Stopped> {
    let to = active(store).await?;
    let mut report = Report::default();
    for record in on_record(store).await? {
        let wanted = record.sealed_at.is_none()
            || record.standing() == Standing::Differs
            || again == Again::Always;
        let outcome = if record.there == There::Plain && wanted {
            imported(store, random, &record, &to, reason).await
        } else {
            Ok(Outcome::Stands(record.standing()))
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

/// Takes over what stands sealed in the service's own table and has no copy here, as after detaching and attaching again. The
/// new copy takes its place there, and is followed from then on.
///
/// # Errors
/// When the database is away, or a recipient cannot be sealed to.
pub async fn adopt(
    store: &Store,
    random: &dyn Random,
    identities: &Identities,
    reason: &str,
) -> Result<Vec<Reported>, Stopped> {
    let mut report = Report::default();
    for record in on_record(store).await? {
        if record.standing() != Standing::ThereAlone {
            continue;
        }
        let to = active(store).await?;
        let outcome = match sealing::plain(store, &record.cluster_id, record.kind).await {
            Ok(Some(there)) => {
                let purpose = purpose(&record.cluster_id, record.kind);
                let made_of = MadeOf::StandingThere(Sha256::digest(there.expose()).into());
                match open(there.expose().trim().as_bytes(), identities, purpose) {
                    Ok(secret) => {
                        keep(store, random, &record, (&secret, made_of), &to, reason).await
                    }
                    Err(error) => Ok(Outcome::Failed(error)),
                }
            }
            Ok(None) => Ok(Outcome::Stands(Standing::Absent)),
            Err(error) => Err(error),
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

/// Seals anew what is sealed to others than it should be. Needs an identity that opens it.
///
/// # Errors
/// When the database is away, or a recipient cannot be sealed to.
pub async fn reseal(
    store: &Store,
    random: &dyn Random,
    identities: &Identities,
    reason: &str,
) -> Result<Vec<Reported>, Stopped> {
    let to = active(store).await?;
    let mut report = Report::default();
    for record in on_record(store).await? {
        let outcome = match record.standing() {
            Standing::Outdated => match opened(store, &record, identities).await {
                Ok(Ok(secret)) => {
                    let same = (&secret, MadeOf::TheSame);
                    keep(store, random, &record, same, &to, reason).await
                }
                Ok(Err(error)) => Ok(Outcome::Failed(error)),
                Err(error) => Err(error),
            },
            standing => Ok(Outcome::Stands(standing)),
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

/// Opens everything that is sealed, and says what does not open. Nothing is changed.
///
/// # Errors
/// When the database is away.
pub async fn verify(store: &Store, identities: &Identities) -> Result<Vec<Reported>, Stopped> {
    let mut report = Report::default();
    for record in on_record(store).await? {
        let outcome = match record.sealed_at {
            Some(_) => opened(store, &record, identities)
                .await
                .map(|opened| match opened {
                    Ok(_) => Outcome::Stands(record.standing()),
                    Err(error) => Outcome::Failed(error),
                }),
            None => Ok(Outcome::Stands(record.standing())),
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

#[derive(Default)]
pub(in crate::usecases) struct Report(pub(in crate::usecases) Vec<Reported>);

impl Report {
    /// What is refused of one secret is told of that one; only what any other would meet, too, ends the run.
    pub(in crate::usecases) fn add(
        &mut self,
        record: SecretOnRecord,
        outcome: Result<Outcome, StoreError>,
    ) -> Result<(), Stopped> {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(StoreError::Declined { message, .. }) => Outcome::Refused(message),
            Err(error) if error.is_outage() => {
                return Err(Stopped {
                    reported: std::mem::take(&mut self.0),
                    reason: error.into(),
                });
            }
            Err(error) => Outcome::Refused(error.without_data()),
        };
        self.0.push((record, outcome));
        Ok(())
    }
}

async fn imported(
    store: &Store,
    random: &dyn Random,
    record: &SecretOnRecord,
    to: &[Recipient],
    reason: &str,
) -> Result<Outcome, StoreError> {
    match sealing::plain(store, &record.cluster_id, record.kind).await? {
        Some(secret) => {
            let another = (&secret, MadeOf::Another);
            keep(store, random, record, another, to, reason).await
        }
        None => Ok(Outcome::Stands(Standing::Absent)),
    }
}

pub(in crate::usecases) async fn on_record(
    store: &Store,
) -> Result<Vec<SecretOnRecord>, StoreError> {
    let mut reading = store.read().await?;
    let records = sealing::of(&mut reading, None).await?;
    reading.end().await?;
    Ok(records)
}

/// Those of today. The database has looked at their form, and at no checksum.
pub(in crate::usecases) async fn active(store: &Store) -> Result<Vec<Recipient>, Reason> {
    let recipients = sealing::recipients(store).await?.into_iter();
    recipients
        .filter(|recipient| recipient.removed_at.is_none())
        .map(|recipient| {
            let key = recipient.public_key.parse();
            key.map_err(|problem| Reason::Recipient {
                name: recipient.name,
                problem,
            })
        })
        .collect()
}

async fn opened(
    store: &Store,
    record: &SecretOnRecord,
    identities: &Identities,
) -> Result<Result<Secret<String>, SealError>, StoreError> {
    let Some(kept) = sealing::sealed(store, &record.cluster_id, record.kind).await? else {
        return Ok(Err(SealError::Damaged));
    };
    let opened = open(
        &kept.sealed,
        identities,
        purpose(&record.cluster_id, record.kind),
    );
    Ok(opened.and_then(|secret| {
        if is_the_one(&kept.salt, &kept.digest, &secret) {
            Ok(secret)
        } else {
            Err(SealError::Damaged)
        }
    }))
}

async fn keep(
    store: &Store,
    random: &dyn Random,
    record: &SecretOnRecord,
    (secret, made_of): (&Secret<String>, MadeOf),
    recipients: &[Recipient],
    reason: &str,
) -> Result<Outcome, StoreError> {
    match sealed_copy(random, &record.cluster_id, record.kind, secret, recipients) {
        Ok(copy) => {
            sealing::keep(store, copy, record.sealed_at, made_of, reason).await?;
            Ok(Outcome::SealedNow)
        }
        Err(error) => Ok(Outcome::Failed(error)),
    }
}

/// Seals a secret of a cluster to those recipients.
pub(in crate::usecases) fn sealed_copy(
    random: &dyn Random,
    cluster: &str,
    kind: SecretKind,
    secret: &Secret<String>,
    recipients: &[Recipient],
) -> Result<SealedCopy, SealError> {
    let bytes = seal(secret, recipients, purpose(cluster, kind))?;
    let mut salt = [0; 32];
    salt[..16].copy_from_slice(&random.bits().to_be_bytes());
    salt[16..].copy_from_slice(&random.bits().to_be_bytes());
    Ok(SealedCopy {
        cluster_id: cluster.to_owned(),
        kind,
        bytes,
        recipients: recipients.iter().map(Recipient::to_string).collect(),
        salt,
        digest: digest(&salt, secret),
    })
}

/// Whether it is the secret that the copy was made of. One that was sealed for that cluster at another time opens as well,
/// and is not the one on record.
pub(in crate::usecases) fn is_the_one(salt: &[u8], kept: &[u8], secret: &Secret<String>) -> bool {
    digest(salt, secret).as_slice() == kept
}

/// Of the secret as the database trims it, too, where it compares.
fn digest(salt: &[u8], secret: &Secret<String>) -> [u8; 32] {
    let salted = Sha256::new().chain_update(salt);
    salted
        .chain_update(secret.expose().trim_matches(' '))
        .finalize()
        .into()
}

pub(in crate::usecases) fn purpose(cluster: &str, kind: SecretKind) -> Purpose<'_> {
    Purpose {
        cluster,
        kind: kind.word(),
    }
}
