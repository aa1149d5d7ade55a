//! Seal secrets where the service keeps them, too, and put them back: the plain one gives way only to a copy that was just
//! opened, and is equal to it.
//!
//! Secret and row are held in one transaction, from what is read of them to what is written: whatever changes meanwhile waits,
//! and what was changed before is seen. Each secret by itself: what goes wrong with one, or a program that is killed between
//! two, leaves the others whole.

use sha2::{Digest as _, Sha256};

use crate::domain::sealed::{SecretOnRecord, Standing, There};
use crate::secrets::Secret;
use crate::secrets::sealing::{Identities, SealError, open};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealed_in_place::{self, Place};
use crate::store::sealing::SealedOnRecord;
use crate::usecases::seal_secrets::{
    InPlace, Outcome, Report, Reported, Stopped, is_the_one, on_record, purpose,
};

/// What stands there is sealed, and opens to another one than the copy does. The end of a sentence.
const OLDER: &str = "the service's column holds another sealed one, which is not used: empty it there, or take that one over with \
                     `secrets remove` of the copy and `secrets import`";

/// How it is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Say what would be done, and do nothing.
    pub dry: bool,
    /// Somebody said that nothing but Hopsdesk reads the columns: an effect that is not live is no hindrance.
    pub taken_over: bool,
    /// Why, for the record.
    pub reason: &'a str,
}

/// Seals what stands in plain in the service's own table, where there is a sealed copy of it, or would be one by then.
///
/// # Errors
/// When the database is away.
pub async fn seal_in_place(
    store: &Store,
    identities: &Identities,
    order: Order<'_>,
) -> Result<Vec<Reported>, Stopped> {
    let places = sealed_in_place::places(store, order.taken_over).await?;
    let mut report = Report::default();
    for record in on_record(store).await? {
        let outcome = match record.there {
            _ if !record.is_on_record => continue,
            There::Nothing => continue,
            There::Copy => Ok(Outcome::InPlace(InPlace::Before)),
            There::Foreign => Ok(Outcome::Stands(Standing::Foreign)),
            There::Plain | There::Age => match place_of(&places, &record) {
                Err(why) => Ok(Outcome::InPlace(InPlace::Left(why))),
                Ok(place) if order.dry => Ok(Outcome::InPlace(InPlace::WouldBe(place))),
                Ok(place) => sealed(store, identities, &record, place, order).await,
            },
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

/// Puts back in plain what was sealed in the service's own table, with a copy here or without one, as after detaching and
/// attaching again: whoever gives up Hopsdesk may need it there.
///
/// # Errors
/// When the database is away.
pub async fn put_back(
    store: &Store,
    identities: &Identities,
    order: Order<'_>,
) -> Result<Vec<Reported>, Stopped> {
    let mut report = Report::default();
    for record in on_record(store).await? {
        if !matches!(record.there, There::Copy | There::Age) {
            continue;
        }
        let outcome = if order.dry {
            Ok(Outcome::InPlace(InPlace::WouldBePutBack))
        } else {
            put(store, identities, &record, order.reason).await
        };
        report.add(record, outcome)?;
    }
    Ok(report.0)
}

/// Where it stands, or why it cannot be sealed there.
fn place_of(places: &[Place], record: &SecretOnRecord) -> Result<String, String> {
    let its =
        |place: &&Place| place.cluster_id == record.cluster_id && place.kind == record.kind.word();
    let place = places.iter().find(its);
    let place = place.ok_or_else(|| "the cluster came a moment ago: run it again".to_owned())?;
    if let Some(why) = &place.why {
        return Err(why.clone());
    }
    match record.standing() {
        Standing::Outdated => {
            Err("it is sealed to others than today's recipients: run `secrets reseal` first".to_owned())
        }
        Standing::OfStaff => Err(
            "staff put another one in its place, and this one would be lost: `secrets import --anew` seals it instead"
                .to_owned(),
        ),
        _ => Ok(place.place.clone().unwrap_or_default()),
    }
}

async fn sealed(
    store: &Store,
    identities: &Identities,
    record: &SecretOnRecord,
    place: String,
    order: Order<'_>,
) -> Result<Outcome, StoreError> {
    let its = (record.cluster_id.as_str(), record.kind);
    let mut writing = store.write().await?;
    let held = sealed_in_place::hold(&mut writing, its.0, its.1).await?;
    let Some((there, kept)) = held.and_then(|held| Some((held.there, held.copy?))) else {
        return Ok(Outcome::InPlace(InPlace::Left(
            "it is not sealed yet, or was changed in this moment: run it again".to_owned(),
        )));
    };
    let copy = match copy_of(&kept, record, identities) {
        Ok(copy) => copy,
        Err(error) => return Ok(Outcome::Failed(error)),
    };
    let plain = match record.there {
        There::Plain => Ok(there.clone()),
        _ => opened_there(&there, record, identities),
    };
    match plain {
        Ok(plain) if is_same(&plain, &copy) => {}
        Ok(_) => {
            return Ok(Outcome::InPlace(InPlace::Left(match record.there {
                There::Plain => {
                    "the service has another one than the sealed copy: import it first".to_owned()
                }
                _ => OLDER.to_owned(),
            })));
        }
        // Sealed by somebody whose key is not here.
        Err(_) => return Ok(Outcome::Stands(Standing::Foreign)),
    }
    let proof: [u8; 32] = Sha256::digest(&kept.sealed).into();
    let (taken_over, reason) = (order.taken_over, order.reason);
    sealed_in_place::seal_in_place(&mut writing, its, seen(&there), proof, taken_over, reason)
        .await?;
    writing.commit().await?;
    Ok(Outcome::InPlace(InPlace::SealedNow(place)))
}

async fn put(
    store: &Store,
    identities: &Identities,
    record: &SecretOnRecord,
    reason: &str,
) -> Result<Outcome, StoreError> {
    let its = (record.cluster_id.as_str(), record.kind);
    let mut writing = store.write().await?;
    let Some(held) = sealed_in_place::hold(&mut writing, its.0, its.1).await? else {
        return Ok(Outcome::InPlace(InPlace::Left(
            "it was changed in this moment: run it again".to_owned(),
        )));
    };
    let plain = match opened_there(&held.there, record, identities) {
        Ok(plain) => plain,
        Err(error) => return Ok(Outcome::Failed(error)),
    };
    if let Some(kept) = &held.copy {
        match copy_of(kept, record, identities) {
            Ok(copy) if is_same(&plain, &copy) => {}
            Ok(_) => return Ok(Outcome::InPlace(InPlace::Left(OLDER.to_owned()))),
            Err(error) => return Ok(Outcome::Failed(error)),
        }
    }
    sealed_in_place::put_back(&mut writing, its, seen(&held.there), &plain, reason).await?;
    writing.commit().await?;
    Ok(Outcome::InPlace(InPlace::PutBack))
}

/// What stands sealed in the service's own column, as it is.
fn opened_there(
    there: &Secret<String>,
    record: &SecretOnRecord,
    identities: &Identities,
) -> Result<Secret<String>, SealError> {
    opened(there.expose().trim().as_bytes(), record, identities)
}

/// Blanks around it count for nothing, as in the database.
fn is_same(one: &Secret<String>, other: &Secret<String>) -> bool {
    one.expose().trim_matches(' ') == other.expose().trim_matches(' ')
}

/// What proves to the database that its column was seen, without the secret that may stand there.
fn seen(there: &Secret<String>) -> [u8; 32] {
    Sha256::digest(there.expose()).into()
}

/// What the sealed copy opens to, which is what it was made of.
fn copy_of(
    copy: &SealedOnRecord,
    record: &SecretOnRecord,
    identities: &Identities,
) -> Result<Secret<String>, SealError> {
    let secret = opened(&copy.sealed, record, identities)?;
    if is_the_one(&copy.salt, &copy.digest, &secret) {
        Ok(secret)
    } else {
        Err(SealError::Damaged)
    }
}

fn opened(
    sealed: &[u8],
    record: &SecretOnRecord,
    identities: &Identities,
) -> Result<Secret<String>, SealError> {
    open(sealed, identities, purpose(&record.cluster_id, record.kind))
}
