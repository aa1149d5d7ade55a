//! Keep a registration that Auth0 sent, before it is told that we have it.

use serde_json::Value;
use thiserror::Error;
use time::OffsetDateTime;

use crate::domain::registration::EmailAddress;
use crate::identity::registration::{PayloadError, parse};
use crate::store::inbox::{NewEvent, Provider, Stored};
use crate::usecases::store_together::{Gathering, Why};

/// What a registration is called among events.
pub const REGISTERED: &str = "user.registered";

/// Why a registration was not kept.
#[derive(Debug, Error)]
pub enum AcceptError {
    /// The body is no registration.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] Why),
}

/// A registration that is committed.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Whether it was new.
    pub stored: Stored,
    /// The id it is kept under.
    pub event_id: String,
    /// Who registered; prints masked.
    pub email: EmailAddress,
}

/// Reads the body and stores it as it came. After `Ok` it is committed.
///
/// # Errors
/// When the body is no registration, or the database does not take it.
pub async fn accept_registration(
    gathering: &Gathering,
    received_at: OffsetDateTime,
    headers: Value,
    body: Vec<u8>,
) -> Result<Accepted, AcceptError> {
    let registration = parse(&body)?;
    let event_id = registration.event_id();
    let event = NewEvent {
        provider: Provider::Auth0,
        event_id: event_id.clone(),
        received_at,
        headers,
        body,
        kind: Some(REGISTERED.to_owned()),
        subject: Some(registration.user_id.as_str().to_owned()),
        livemode: None,
    };
    Ok(Accepted {
        stored: gathering.store(event).await?,
        event_id,
        email: registration.email,
    })
}
