//! Audit: what was done, by whom and why, and whether that record is whole.

use time::OffsetDateTime;

use crate::domain::audit::{AuditFacets, AuditFilter, Chain, Entry, EntryDetail, Head, Verdict};
use crate::domain::slice::{Part, Slice};
use crate::store::alerts;
use crate::store::audit;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_user_work::LONGEST_PART;

/// Entries, newest first.
///
/// # Errors
/// When the part is empty or too long, or the database fails.
pub async fn browse_audit(
    desk: &Desk,
    filter: &AuditFilter,
    part: &Part,
) -> Result<Slice<Entry>, DeskError> {
    if part.limit == 0 || part.limit > LONGEST_PART {
        return Err(DeskError::Invalid {
            field: "limit",
            problem: format!("choose from 1 to {LONGEST_PART} rows"),
        });
    }
    let mut reading = desk.store.read().await?;
    let slice = audit::page(&mut reading, filter, part).await?;
    reading.end().await?;
    Ok(slice)
}

/// What the trail can be filtered by.
///
/// # Errors
/// When the database fails.
pub async fn audit_facets(desk: &Desk) -> Result<AuditFacets, DeskError> {
    let mut reading = desk.store.read().await?;
    let facets = audit::facets(&mut reading).await?;
    reading.end().await?;
    Ok(facets)
}

/// One entry with what it says.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn show_entry(desk: &Desk, id: i64) -> Result<EntryDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let entry = audit::entry(&mut reading, id).await?;
    reading.end().await?;
    entry.ok_or_else(|| DeskError::NotFound {
        what: "entry",
        id: id.to_string(),
    })
}

/// Where both chains end, to be remembered outside the database.
///
/// # Errors
/// When the database fails.
pub async fn audit_heads(desk: &Desk) -> Result<Vec<Head>, DeskError> {
    let mut reading = desk.store.read().await?;
    let heads = audit::heads(&mut reading).await?;
    reading.end().await?;
    Ok(heads)
}

/// Checks both chains, link by link, against the heads that were remembered.
///
/// # Errors
/// When the database fails. A chain that is not whole is a verdict, not an error.
pub async fn verify_audit(desk: &Desk, remembered: &[Head]) -> Result<Vec<Verdict>, DeskError> {
    Ok(verify_trail(&desk.store, remembered).await?)
}

/// Checks both chains and, where one is whole, remembers its end for the next time.
///
/// # Errors
/// When the database fails.
pub async fn watch_audit(
    store: &Store,
    remembered: &mut Vec<Head>,
) -> Result<Vec<Verdict>, StoreError> {
    let verdicts = verify_trail(store, remembered).await?;
    for verdict in verdicts.iter().filter(|verdict| verdict.flaw.is_none()) {
        remembered.retain(|head| head.chain != verdict.chain);
        remembered.push(verdict.head.clone());
    }
    Ok(verdicts)
}

/// Keeps what a verification found, for an alert.
///
/// # Errors
/// When the database fails, or the login may not.
pub async fn note_trail(
    store: &Store,
    verdict: &Verdict,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    alerts::note_trail(store, verdict, now).await
}

async fn verify_trail(store: &Store, remembered: &[Head]) -> Result<Vec<Verdict>, StoreError> {
    // A long trail takes longer than a screen may.
    let mut reading = store.snapshot().await?;
    let mut verdicts = Vec::new();
    for chain in Chain::ALL {
        let remembered = remembered.iter().find(|head| head.chain == chain);
        verdicts.push(audit::verify(&mut reading, chain, remembered).await?);
    }
    reading.end().await?;
    Ok(verdicts)
}
