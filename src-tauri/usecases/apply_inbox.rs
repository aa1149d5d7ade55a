//! Apply the events that wait in the inbox, each once: registrations become users, and what Stripe says becomes
//! its mirror and what follows from it.

use std::mem::take;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::domain::random::Random;
use crate::domain::retry::{Next, Setback};
use crate::domain::seats::Cause;
use crate::identity::registration;
use crate::store::door::{Store, Writing};
use crate::store::failure::StoreError;
use crate::store::inbox::{self, Claimed, Ends, Provider};
use crate::store::registrations::{self, Registered};
use crate::store::seats;
use crate::usecases::apply_stripe_event::{Stripe, apply_stripe_event};

/// How many events share a transaction as long as all goes well.
const BATCH: i32 = 32;

/// `users.registration_source` of those who came this way.
const SOURCE: &str = "auth0";

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Events whose effect is in the database now.
    pub done: usize,
    /// Events that wait for a person: an e-mail address that somebody else has.
    pub conflicts: usize,
    /// Events that failed, or that others were in the way of, and that will be tried again.
    pub put_off: usize,
    /// Events that were given up.
    pub dead: usize,
}

impl Round {
    /// How many events were looked at; none means that nothing is due.
    #[must_use]
    pub fn events(self) -> usize {
        self.done + self.conflicts + self.put_off + self.dead
    }
}

/// Applies events that are due: a batch of them or, where the batch fails, one alone. Any number of
/// workers may do this at once. Call it until nothing is due.
///
/// # Errors
/// When the database is away or not attached: that is no event's fault, so none is counted as failed.
pub async fn apply_inbox(
    store: &Store,
    now: OffsetDateTime,
    random: &dyn Random,
    stripe: Stripe,
) -> Result<Round, StoreError> {
    match apply(store, now, stripe, BATCH).await {
        Ok(round) => Ok(round),
        Err((_, error)) if error.is_outage() => Err(error),
        // The transaction is gone, and nothing of it happened. Alone, the bad event hurts nobody.
        Err((claimed, error)) if claimed.len() == 1 => {
            put_off(store, &claimed[0], &error, now, random).await
        }
        Err(_) => apply_singly(store, now, random, stripe).await,
    }
}

/// One event a transaction, for one batch.
async fn apply_singly(
    store: &Store,
    now: OffsetDateTime,
    random: &dyn Random,
    stripe: Stripe,
) -> Result<Round, StoreError> {
    let mut total = Round::default();
    for _ in 0..BATCH {
        let round = match apply(store, now, stripe, 1).await {
            Ok(round) => round,
            Err((_, error)) if error.is_outage() => return Err(error),
            Err((claimed, error)) => match claimed.first() {
                Some(event) => put_off(store, event, &error, now, random).await?,
                None => return Err(error),
            },
        };
        if round.events() == 0 {
            break;
        }
        total.done += round.done;
        total.conflicts += round.conflicts;
        total.put_off += round.put_off;
        total.dead += round.dead;
    }
    Ok(total)
}

/// What became of an event, and what is worth remembering of that.
pub(in crate::usecases) enum Outcome {
    /// Its effect is there.
    Done(Value),
    /// A person must decide.
    Conflict(Value),
    /// This version of the program can do nothing with it.
    Dead(&'static str),
}

/// Claims, applies and marks in one transaction. A failure tells which events had been claimed.
async fn apply(
    store: &Store,
    now: OffsetDateTime,
    stripe: Stripe,
    limit: i32,
) -> Result<Round, (Vec<Claimed>, StoreError)> {
    let none = |error| (Vec::new(), error);
    let mut writing = store.write().await.map_err(none)?;
    inbox::be_patient(&mut writing).await.map_err(none)?;
    let claimed = inbox::claim(&mut writing, &Provider::ALL, now, limit)
        .await
        .map_err(none)?;
    let mut round = Round::default();
    let applied = async {
        let mut ends = Ends::default();
        for event in &claimed {
            let outcome = match event.provider {
                Provider::Auth0 => register(&mut writing, event).await?,
                Provider::Stripe => apply_stripe_event(&mut writing, event, stripe).await?,
            };
            match outcome {
                Outcome::Done(outcome) => {
                    ends.done(event.id, outcome);
                    round.done += 1;
                }
                Outcome::Conflict(ids) => {
                    ends.conflict(event.id, ids);
                    // At once: a later event of the batch may settle it.
                    take(&mut ends).write(&mut writing, now).await?;
                    round.conflicts += 1;
                }
                Outcome::Dead(why) => {
                    inbox::bury(&mut writing, event, why.to_owned()).await?;
                    round.dead += 1;
                }
            }
        }
        ends.write(&mut writing, now).await?;
        writing.commit().await
    };
    match applied.await {
        Ok(()) => Ok(round),
        Err(error) => Err((claimed, error)),
    }
}

/// A registration becomes a user.
async fn register(writing: &mut Writing, event: &Claimed) -> Result<Outcome, StoreError> {
    let Ok(registration) = registration::parse(&event.body) else {
        // It was valid when it was stored, so only another version of this program helps.
        let why = "the body is no registration to this version of the program";
        return Ok(Outcome::Dead(why));
    };
    let outcome = registrations::upsert(writing, &registration, SOURCE).await?;
    Ok(match outcome {
        Registered::EmailTaken { holder } => Outcome::Conflict(json!({
            "conflict": "email_taken",
            "user_id": registration.user_id.as_str(),
            "holder_id": holder,
        })),
        other => {
            let seat = seats::request(writing, &registration.user_id, Cause::Registration).await?;
            Outcome::Done(outcome_of(&other, seat))
        }
    })
}

/// What became of the user, and whether they wait for a seat since.
fn outcome_of(registered: &Registered, seat: bool) -> Value {
    let word = match registered {
        Registered::Inserted => "inserted",
        Registered::Updated => "updated",
        Registered::Unchanged | Registered::EmailTaken { .. } => "unchanged",
    };
    let mut outcome = json!({ "user": word });
    if seat {
        outcome["seat"] = json!("requested");
    }
    outcome
}

async fn put_off(
    store: &Store,
    event: &Claimed,
    error: &StoreError,
    now: OffsetDateTime,
    random: &dyn Random,
) -> Result<Round, StoreError> {
    let failures = event.attempts + 1;
    let reason = error.without_data();
    let setback = if error.is_contention() {
        Setback::Held
    } else {
        Setback::Failed
    };
    let mut writing = store.write().await?;
    inbox::be_patient(&mut writing).await?;
    let mut round = Round::default();
    match setback.next(failures, random.bits()) {
        Next::Again(pause) => {
            let held = setback == Setback::Held;
            tracing::warn!(event = event.id, failures, held, ?pause, error = %reason, "put an event off");
            let at = now + pause;
            if held {
                inbox::postpone(&mut writing, event, at, reason).await?;
            } else {
                inbox::retry_later(&mut writing, event, at, reason).await?;
            }
            round.put_off = 1;
        }
        Next::GiveUp => {
            tracing::error!(event = event.id, failures, error = %reason, "gave an event up");
            inbox::bury(&mut writing, event, reason).await?;
            round.dead = 1;
        }
    }
    writing.commit().await?;
    Ok(round)
}
