//! Keep an event that Stripe signed, before Stripe is told that we have it.

use serde_json::Value;
use thiserror::Error;
use time::OffsetDateTime;

use crate::payments::envelope::{Envelope, envelope};
use crate::payments::signature::{SignatureError, SigningSecrets};
use crate::store::inbox::{NewEvent, Provider, Stored};
use crate::usecases::store_together::{Gathering, Why};

/// Why an event was not kept.
#[derive(Debug, Error)]
pub enum AcceptStripeError {
    /// Stripe did not sign it, or not now.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] Why),
}

/// An event that is committed.
#[derive(Debug, Clone)]
pub struct AcceptedEvent {
    /// Whether it was new.
    pub stored: Stored,
    /// What it says of itself.
    pub envelope: Envelope,
}

/// Verifies the signature and stores the event as it came, whatever it says. After `Ok` it is committed.
///
/// # Errors
/// When the signature is not right, or the database does not take it.
pub async fn accept_stripe_event(
    gathering: &Gathering,
    secrets: &SigningSecrets,
    now: OffsetDateTime,
    signature: &str,
    headers: Value,
    body: Vec<u8>,
) -> Result<AcceptedEvent, AcceptStripeError> {
    secrets.verify(signature, &body, now)?;
    let envelope = envelope(&body);
    let event = NewEvent {
        provider: Provider::Stripe,
        event_id: envelope.id.clone(),
        received_at: now,
        headers,
        body,
        kind: envelope.kind.clone(),
        subject: envelope.subject.clone(),
        livemode: envelope.livemode,
    };
    Ok(AcceptedEvent {
        stored: gathering.store(event).await?,
        envelope,
    })
}
