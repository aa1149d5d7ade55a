//! Read Auth0's users back: whoever registered there and never arrived is registered here, in the way the
//! webhook would have done it.
//!
//! Users are asked for in the order they were made, a page from where the last one ended, so that the API's
//! bound of a thousand results is never near. Those of the last minutes are left to the webhook; everybody
//! else is looked at once, which is why somebody whose row was removed here later does not come back.

use serde_json::{Value, json};
use thiserror::Error;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::domain::clock::Clock;
use crate::domain::registration::parse_time;
use crate::domain::sign_ins::TenantUser;
use crate::identity::management::failure::ManagementError;
use crate::identity::management::{CREATED_PAGE, Management};
use crate::identity::registration::parse;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::inbox::{NewEvent, Origin, Provider, Stored, store_events};
use crate::store::read_back::{Note, Source, Turn, begin, known_users};
use crate::usecases::accept_registration::REGISTERED;

/// Where reading back begins on a database that was never read back for.
const FIRST: Duration = Duration::days(30);

/// The webhook has this long, and Auth0's search this long to know everybody.
const GRACE: Duration = Duration::minutes(10);

/// Between two times that everything is read.
const EVERY: Duration = Duration::minutes(10);

/// After a failure.
const AFTER_FAILURE: Duration = Duration::minutes(2);

/// Pages of one moment that Auth0 gives: a thousand users.
const PAGES: usize = 10;

/// What reading back did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// Users, or events, that were looked at; one at the edge of two pages counts twice.
    pub seen: usize,
    /// Of those, what had never arrived.
    pub filled_in: usize,
    /// Users among them who have no address that could be one, and cannot be registered.
    pub without_address: usize,
    /// Events among them that are too large to be kept: each stands in the inbox as given up.
    pub left_out: usize,
}

/// Why it did not go on. It is noted, and tried again.
#[derive(Debug, Error)]
pub enum ReadBackError {
    /// The tenant.
    #[error(transparent)]
    Tenant(#[from] ManagementError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReadBackError {
    /// What happened, as it may be kept and logged.
    #[must_use]
    pub fn without_data(&self) -> String {
        match self {
            Self::Tenant(error) => error.to_string(),
            Self::Store(error) => error.without_data(),
        }
    }
}

/// Reads back what is due; `None` while nothing is, or another program is at it. Broken off at any point, it
/// goes on from the last page.
///
/// # Errors
/// [`ReadBackError`]
pub async fn read_back_users(
    store: &Store,
    management: &Management,
    clock: &dyn Clock,
) -> Result<Option<ReadBack>, ReadBackError> {
    let Some(turn) = begin(store, Source::Auth0Users, clock.now()).await? else {
        return Ok(None);
    };
    match read(store, management, clock, &turn).await {
        Ok(done) => Ok(Some(done)),
        Err(error) => {
            let now = clock.now();
            let next_at = match &error {
                ReadBackError::Tenant(ManagementError::RateLimited { until }) => *until,
                _ => now + AFTER_FAILURE,
            };
            let failed = Note::failed(error.without_data(), next_at);
            // Where the database is away the turn ends by itself.
            let _ = turn.note(store, now, failed).await;
            Err(error)
        }
    }
}

async fn read(
    store: &Store,
    management: &Management,
    clock: &dyn Clock,
    turn: &Turn,
) -> Result<ReadBack, ReadBackError> {
    let mut done = ReadBack::default();
    let to = clock.now() - GRACE;
    let noted = turn.cursor["from"].as_str().and_then(parse_time);
    let mut from = noted.unwrap_or(to - FIRST);
    let mut page = 0;
    while from < to {
        let users = management.users_created(from, to, page).await?;
        done.seen += users.len();
        let filled_in = fill_in(store, &users, clock.now(), &mut done.without_address).await?;
        done.filled_in += filled_in;
        let whole = users.len() < CREATED_PAGE;
        let last = users.iter().filter_map(|user| user.created_at).max();
        (from, page) = match last {
            _ if whole => (to, 0),
            Some(last) if last > from => (last, 0),
            // A full page of one moment. No tenant makes a thousand users in a millisecond.
            _ if page + 1 < PAGES => (from, page + 1),
            _ => (from + Duration::MILLISECOND, 0),
        };
        let note = Note {
            cursor: Some(json!({ "from": written(from) })),
            covered_until: Some(from),
            filled_in,
            error: None,
            next_at: None,
        };
        if !turn.note(store, clock.now(), note).await? {
            return Ok(done);
        }
    }
    let ended = Note {
        cursor: None,
        covered_until: None,
        filled_in: 0,
        error: None,
        next_at: Some(clock.now() + EVERY),
    };
    turn.note(store, clock.now(), ended).await?;
    Ok(done)
}

/// Stores the registrations of those who are not here; how many were new. One that arrived and waits, or that
/// collides with somebody, is known by its event and stays as it is.
async fn fill_in(
    store: &Store,
    users: &[TenantUser],
    now: OffsetDateTime,
    without_address: &mut usize,
) -> Result<usize, StoreError> {
    let ids: Vec<String> = users
        .iter()
        .map(|user| user.id.as_str().to_owned())
        .collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let known = known_users(store, ids).await?;
    let mut events = Vec::new();
    for user in users
        .iter()
        .filter(|user| !known.iter().any(|id| id == user.id.as_str()))
    {
        match event(user, now) {
            Some(event) => events.push(event),
            None => *without_address += 1,
        }
    }
    if events.is_empty() {
        return Ok(0);
    }
    let stored = store_events(store, &events, Origin::ReadBack).await?;
    Ok(stored.into_iter().filter(|one| *one == Stored::New).count())
}

/// The event that the webhook would have brought; `None` when they have no address. Where they came from is
/// left out: the tenant tells where they signed in last, which is another thing.
fn event(user: &TenantUser, now: OffsetDateTime) -> Option<NewEvent> {
    let body = json!({
        "user_id": user.id.as_str(),
        "email": user.email.as_deref()?,
        "name": user.name,
        "created_at": user.created_at.map(written),
    });
    let body = serde_json::to_vec(&body).ok()?;
    let registration = parse(&body).ok()?;
    Some(NewEvent {
        provider: Provider::Auth0,
        event_id: registration.event_id(),
        received_at: now,
        headers: Value::Object(serde_json::Map::new()),
        body,
        kind: Some(REGISTERED.to_owned()),
        subject: Some(registration.user_id.as_str().to_owned()),
        livemode: None,
    })
}

fn written(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
